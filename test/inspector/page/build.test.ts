import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildPage } from '../../../inspector/page/build.ts'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { tellStory } from '../panels/story.ts'
import { token, viewerServer } from './viewer-server.ts'

let directory: string
const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
const packed = (name: string): number => gzipSync(read(name), { level: 9 }).length

/** What a browser asks for until it shows the first screen of an app with a connection. */
async function firstScreen(built: string): Promise<{ readonly asked: readonly string[]; readonly origin: string }> {
  const hub = await viewerServer(built)
  onTestFinished(() => hub.close())
  const { session } = tellStory()
  const [app] = session.apps
  hub.greet = () => [{ app: 'chat-web#1', messages: app === undefined ? [] : session.told(app.key) }]
  const browser = await chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  // What is loaded for later waits for an idle moment: here there is none, however slow the machine is.
  await page.addInitScript(() => Reflect.set(window, 'requestIdleCallback', () => 0))
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${hub.url}#token=${token}`)
  await expect.poll(() => page.locator('.chart .state.active').count()).toBeGreaterThan(0)
  await expect.poll(() => page.getByRole('tabpanel').getByText('connect', { exact: true }).count()).toBeGreaterThan(0)
  await page.waitForLoadState('networkidle')
  return { asked, origin: new URL(hub.url).origin }
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'inspector-page-'))
  await buildPage(directory)
}, 60_000)

describe('the built page', () => {
  test.skipIf(chromiumFile() === undefined)(
    'asks a browser, until chart, tree and events stand, for at most 60 kB of script, and for nothing elsewhere',
    async () => {
      const { asked, origin } = await firstScreen(directory)
      expect(asked.filter((url) => !url.startsWith(origin))).toEqual([])
      const names = asked.map((url) => new URL(url).pathname.slice(1))
      const size = (ending: string, of: readonly string[]): number =>
        of.filter((name) => name.endsWith(ending)).reduce((sum, name) => sum + packed(name), 0)
      const all = readdirSync(directory)
      console.log(`${size('.js', names)} B of script at first, ${size('.js', all)} B with all panels and exports`)
      expect(names).toContain('main.js')
      expect(size('.js', names)).toBeLessThanOrEqual(60_000)
    },
    60_000,
  )

  test('carries at most 90 kB of fonts, and their licences', () => {
    const fonts = readdirSync(join(directory, 'fonts'))
    const size = fonts
      .filter((name) => name.endsWith('.woff2'))
      .reduce((sum, name) => sum + statSync(join(directory, 'fonts', name)).size, 0)
    expect(size).toBeLessThanOrEqual(90_000)
    for (const name of ['inter', 'jetbrains-mono']) {
      expect(fonts).toContain(`${name}.woff2`)
      expect(read(join('fonts', `${name}.LICENSE.txt`))).toContain('SIL OPEN FONT LICENSE')
    }
  })

  test('names no other origin, no inline script and no inline style', () => {
    const html = read('index.html')
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son[a-z]+=|https?:/)
    expect(read('main.css')).not.toMatch(/url\(["']?https?:|@import/)
  })
})
