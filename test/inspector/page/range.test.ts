import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { isRefused, openRecording, type Recording } from '../../../inspector/session/recording.ts'
import { chromiumFile } from '../../engines/installed.ts'
import { type PageRig, picture, startPageRig, violations } from './page-rig.ts'
import { storyServer, token, type ViewerServer } from './viewer-server.ts'
import { leave } from './visit.ts'

let rig: PageRig
let hub: ViewerServer
let page: Page

/** A message every 250 ms, from 1,000 to 20,750. */
const story = (): AppMessage[] => {
  const actor = { kind: 'actor', t: 900, actor: 'c', parent: null, name: 'chat', logic: 'other' } as const
  const state = { definition: null, status: 'active', value: 'open', tags: ['online'], waits: [] } as const
  const frame = { kind: 'frame', actor: 'c', direction: 'in', what: 'message' } as const
  return [
    { kind: 'hello', protocol: 1, name: 'story', runtime: 'node', epoch: 0 },
    { ...actor, ...state },
    ...Array.from({ length: 80 }, (_, n): AppMessage => {
      const told = { seq: n + 1, t: 1_000 + n * 250, bytes: 9, position: null, text: null }
      return { ...frame, ...told }
    }),
  ]
}

const saveButton = () => page.getByRole('button', { name: /^Save / })
const marked = () => page.locator('.marked')
const boxOf = async (selector: string) =>
  (await page.locator(selector).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }

async function opened(colorScheme: 'dark' | 'light'): Promise<void> {
  page = await rig.open({ at: hub, hash: `#token=${token}`, colorScheme })
  await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('chat')
}

async function saved(press: () => Promise<void>): Promise<Recording> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  const recording = openRecording(readFileSync(await download.path(), 'utf8'))
  if (isRefused(recording)) throw new Error(recording.refused)
  return recording
}

const framesOf = ({ messages }: Recording): number[] =>
  messages.flatMap((message) => (message.kind === 'frame' ? [message.t] : []))

describe.skipIf(chromiumFile() === undefined)('a range on the timeline', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startPageRig()
    hub = await storyServer(rig.directory, story())
  }, 60_000)
  afterAll(async () => {
    await hub?.close()
    await rig?.close()
  })
  afterEach(() => leave(rig, page))

  test('is marked, saved and forgotten by the keyboard alone, and said', async () => {
    await opened('dark')
    const slider = page.getByRole('slider', { name: 'Instant shown' })
    await slider.press('Home')
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('1000')
    for (const instant of ['1250', '1500', '1750', '2000']) {
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe(instant)
    }
    await page.keyboard.press('[')
    await expect.poll(() => saveButton().textContent()).toContain('18.8 s')
    await expect.poll(() => page.getByRole('status').textContent()).toMatch(/^Marked 18.8 s from .+ on\./)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('2250')
    await page.keyboard.press(']')
    await expect.poll(() => saveButton().textContent()).toContain('250 ms')
    // An end before its beginning begins with all that is kept.
    await slider.press('Home')
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('1000')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('1250')
    await page.keyboard.press(']')
    await slider.press('End')
    await page.keyboard.press(']')
    await expect.poll(() => saveButton().textContent()).toContain('19.8 s')
    await slider.press('Home')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('1250')
    await page.keyboard.press('[')
    await expect.poll(() => saveButton().textContent()).toContain('19.5 s')
    const recording = await saved(() => saveButton().press('Enter'))
    expect(recording.span).toEqual({ from: 1_250, to: 20_750 })
    expect(framesOf(recording)).toEqual(Array.from({ length: 78 }, (_, n) => 1_500 + n * 250))
    expect(recording.messages).toContainEqual(expect.objectContaining({ kind: 'actor', actor: 'c', t: 1_250 }))
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('button', { name: 'Record' }).count()).toBe(1)
    expect(await marked().isHidden()).toBe(true)
  })

  test.each(['dark', 'light'] as const)('is dragged out with Shift, which zooms nothing, %s', async (colorScheme) => {
    await opened(colorScheme)
    const strip = await boxOf('.strip')
    const [from, to] = [strip.x + strip.width - 500, strip.x + strip.width - 200]
    await page.mouse.move(to, strip.y + 30)
    await page.keyboard.down('Shift')
    await page.mouse.down()
    await page.mouse.move(from, strip.y + 40, { steps: 4 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await saveButton().waitFor()
    await expect.poll(async () => Math.round((await boxOf('.marked')).width / 3)).toBe(100)
    expect(Math.abs((await boxOf('.marked')).x - from)).toBeLessThan(2)
    expect(await page.locator('.timeline-head').textContent()).toContain('last 30 s')
    expect(await violations(page)).toEqual([])
    await picture(page, `range-${colorScheme}`)
    await page.getByRole('button', { name: 'Export' }).click()
    const { span, ...recording } = await saved(() => page.getByRole('menuitem', { name: /^Marked range/ }).click())
    expect(span.to - span.from).toBeGreaterThan(1_000)
    const within = story().flatMap((told) =>
      told.kind === 'frame' && told.t > span.from && told.t <= span.to ? [told.t] : [],
    )
    expect(framesOf({ span, ...recording })).toEqual(within)
    // It stays where its time is when the timeline is zoomed.
    const before = await boxOf('.marked')
    await page.getByRole('slider', { name: 'Instant shown' }).press('-')
    await expect.poll(async () => (await boxOf('.marked')).width).toBeLessThan(before.width)
    await page.getByRole('button', { name: 'Forget the marked range' }).click()
    await expect.poll(() => marked().isHidden()).toBe(true)
  })
})
