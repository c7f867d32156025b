/**
 * `node test/inspector/page/pictures.ts [directory]`: takes the pictures of the docs, of every view in both themes, in a real
 * browser with a real hub and a real app. Look at them before they are kept.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { type Hub, startHub } from '../../../inspector/hub/hub.ts'
import { buildPage } from '../../../inspector/page/build.ts'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { type ChatRoom, chatRoom } from './chat-room.ts'
import { packed } from './png.ts'

const directory = process.argv[2] ?? fileURLToPath(new URL('../../../docs/inspector/', import.meta.url))

type Theme = 'dark' | 'light'

interface Studio {
  readonly page: Page
  readonly room: ChatRoom
  /** @param of a part of the page. Default all of it. */
  take(name: string, of?: string): Promise<void>
}

async function shoot(page: Page, theme: Theme, name: string, of?: string): Promise<void> {
  // What flashes or slides has come to rest.
  await delay(400)
  const file = packed(await (of === undefined ? page.screenshot() : page.locator(of).screenshot()))
  writeFileSync(join(directory, `${name}-${theme}.png`), file)
  console.log(`${name}-${theme}.png ${Math.round(file.length / 1_000)} kB`)
}

const shows = (page: Page, phase: string): Promise<unknown> =>
  page.locator('.crumbs .pill', { hasText: phase }).waitFor({ timeout: 20_000 })

const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click()

const pick = (page: Page, name: string): Promise<void> =>
  page
    .locator('.left')
    .getByRole('treeitem', { name: new RegExp(name) })
    .first()
    .click()

/** Leaves whatever has the keyboard. */
const calm = (page: Page): Promise<void> =>
  page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  })

const filter = (page: Page, text: string): Promise<void> =>
  page.getByRole('searchbox', { name: 'Filter events' }).fill(text)

/** The newest step into the wait before a try, in the list of events. */
async function openWait(page: Page): Promise<void> {
  await tab(page, 'Events')
  await filter(page, 'kind:step actor:chat-1')
  await page
    .getByRole('option', { name: /reconnecting.waiting/ })
    .first()
    .click()
}

/** Its details; the instant stays. */
async function closeWait(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await filter(page, '')
}

async function live(page: Page): Promise<void> {
  await calm(page)
  await page.keyboard.press('l')
}

async function charts({ page, room, take }: Studio): Promise<void> {
  await pick(page, 'chat-1')
  await shows(page, 'online')
  await room.answer('cut in the middle')
  await shows(page, 'degraded')
  await page.locator('.chart .fill').first().waitFor()
  await delay(1_100)
  await take('timers')
  room.mend()
  await shows(page, 'online')
  await room.answer()
  await take('live')
  await pick(page, 'manager')
  await take('manager')
  await pick(page, 'account')
  await take('failed')
  await pick(page, 'chat-1')
}

async function panels({ page, take }: Studio): Promise<void> {
  const widen = (pixels: number): Promise<void> =>
    page.evaluate((width) => document.documentElement.style.setProperty('--panel-width', `${width}px`), pixels)
  await widen(560)
  await tab(page, 'Messages')
  await take('messages', '.right')
  await page.getByText('AI view').click()
  await take('answer', '.right')
  await tab(page, 'Sequence')
  await take('sequence', '.right')
  await tab(page, 'Context')
  await take('context', '.right')
  await tab(page, 'Health')
  await take('health', '.right')
  await openWait(page)
  await take('events', '.right')
  await closeWait(page)
  await widen(368)
  await live(page)
}

async function instants({ page, take }: Studio): Promise<void> {
  await tab(page, 'Coverage')
  await page.getByRole('switch').click()
  await take('coverage')
  await page.getByRole('switch').click()
  await openWait(page)
  await closeWait(page)
  await shows(page, 'degraded')
  await take('past')
  await live(page)
  await page.keyboard.press('Control+k')
  await take('palette')
  await page.keyboard.press('Escape')
  await page.setViewportSize({ width: 800, height: 900 })
  await take('narrow')
  await page.setViewportSize({ width: 1440, height: 900 })
}

/** Of a recording, in a page that knows no hub. */
async function recording({ page, take }: Studio): Promise<void> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^Recording/ }).click(),
  ])
  const file = join(mkdtempSync(join(tmpdir(), 'inspector-pictures-')), 'chat-web.statewire.json')
  await download.saveAs(file)
  const origin = new URL(page.url()).origin
  await page.goto('about:blank')
  await page.goto(`${origin}/`)
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Open a recording' }).click(),
  ])
  await chooser.setFiles(file)
  await pick(page, 'chat-1')
  await take('recording')
}

async function take(browser: Browser, hub: Hub, lonely: Hub, room: ChatRoom, colorScheme: Theme): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme })
  const page = await context.newPage()
  const studio: Studio = { page, room, take: (name, of) => shoot(page, colorScheme, name, of) }
  await page.goto(lonely.url)
  await page.locator('.empty h2').waitFor()
  await studio.take('empty')
  await page.goto(hub.url)
  await charts(studio)
  await panels(studio)
  await instants(studio)
  await recording(studio)
  await context.close()
}

const built = mkdtempSync(join(tmpdir(), 'inspector-pictures-'))
mkdirSync(directory, { recursive: true })
await buildPage(built)
const [hub, lonely] = await Promise.all([startHub({ page: built }), startHub({ page: built })])
const room = await chatRoom(hub.appUrl)
const browser = await chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
try {
  for (const theme of ['dark', 'light'] as const) await take(browser, hub, lonely, room, theme)
} finally {
  await browser.close()
  await room.close()
  await Promise.all([hub.close(), lonely.close()])
}
