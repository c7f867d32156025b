import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { buildPage } from '../../../inspector/page/build.ts'
import { record } from '../../../inspector/session/recording.ts'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { tellStory } from '../panels/story.ts'
import { token, viewerServer } from './viewer-server.ts'

test.skipIf(chromiumFile() === undefined)(
  'a page that was left alone for some seconds opens a recording and shows it in every panel when the hub has gone',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'inspector-page-'))
    await buildPage(directory)
    const hub = await viewerServer(directory)
    const browser = await chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(`${hub.url}#token=${token}`)
    const parts = (): Promise<string[]> =>
      page.evaluate(() =>
        performance.getEntriesByType('resource').flatMap(({ name }) => /([\w-]+)-\w+\.js$/.exec(name)?.[1] ?? []),
      )
    const late = ['opened-file', 'exports', 'sequence', 'messages', 'context', 'health', 'coverage']
    await expect.poll(parts, { timeout: 30_000 }).toEqual(expect.arrayContaining(late))
    // The chart's heat and the panel are two parts of one name.
    await expect.poll(async () => (await parts()).filter((name) => name === 'coverage').length).toBe(2)
    await hub.close()

    const { session } = tellStory()
    const content = record(session, session.apps[0]?.key ?? '')
    const dataTransfer = await page.evaluateHandle((text) => {
      const files = new DataTransfer()
      files.items.add(new File([text], 'late.json', { type: 'application/json' }))
      return files
    }, content)
    await page.dispatchEvent('body', 'drop', { dataTransfer })
    await expect.poll(() => page.locator('.chart .state.active').count()).toBeGreaterThan(0)
    for (const name of ['Sequence', 'Messages', 'Context', 'Health', 'Coverage']) {
      await page.getByRole('tab', { name }).click()
      await expect.poll(() => page.getByRole('tabpanel').locator('*').count()).toBeGreaterThan(0)
    }
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: /^Recording/ }).click()
    expect((await download).suggestedFilename()).toMatch(/\.statewire\.json$/)
  },
  60_000,
)
