import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { chromiumFile } from '../../engines/installed.ts'
import { type PageRig, picture, startPageRig } from './page-rig.ts'
import { storyServer, token, type ViewerServer } from './viewer-server.ts'
import { leave } from './visit.ts'

let rig: PageRig
let hub: ViewerServer
let page: Page

/** A connection that was busy, slept for 40 s and was busy again, up to `t` 60,000; then nothing more is told of it. */
const story = (): AppMessage[] => {
  const actor = { kind: 'actor', actor: 'c', parent: null, name: 'chat', logic: 'other', definition: null } as const
  const state = { status: 'active', value: 'open', tags: ['online'], waits: [] } as const
  const frame = {
    kind: 'frame',
    actor: 'c',
    direction: 'in',
    what: 'message',
    bytes: 9,
    position: null,
    text: null,
  } as const
  const at = [
    ...Array.from({ length: 40 }, (_, n) => 5_000 + n * 100),
    ...Array.from({ length: 40 }, (_, n) => 49_000 + n * 250),
  ]
  return [
    { kind: 'hello', protocol: 1, name: 'story', runtime: 'node', epoch: 0 },
    { ...actor, ...state, t: 4_900 },
    ...at.map((t, index): AppMessage => ({ ...frame, t, seq: index + 1 })),
  ]
}
const head = () => page.locator('.timeline-head').textContent()
const slider = () => page.getByRole('slider', { name: 'Instant shown' })
const press = async (...keys: readonly string[]): Promise<void> => {
  await slider().focus()
  for (const key of keys) await page.keyboard.press(key)
}

describe.skipIf(chromiumFile() === undefined)('the timeline', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startPageRig()
    hub = await storyServer(rig.directory, story())
  }, 60_000)
  afterAll(async () => {
    await hub?.close()
    await rig?.close()
  })
  afterEach(() => leave(rig, page))

  test.each(['dark', 'light'] as const)('leaves out what was empty and says how much, %s', async (colorScheme) => {
    page = await rig.open({ at: hub, hash: `#token=${token}`, colorScheme })
    await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('chat')
    await expect.poll(head).toContain('last 30 s')
    await press('-', '-')
    await expect.poll(head).toContain('last 1 min 8 s')
    await expect.poll(head).toContain('40.1 s of nothing left out')
    await picture(page, `timeline-gap-${colorScheme}`)
  })

  test('is moved, zoomed and reset by keys, and goes to its ends', async () => {
    page = await rig.open({ at: hub, hash: `#token=${token}` })
    await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('chat')
    await press('+')
    await expect.poll(head).toContain('last 20 s')
    await press('PageUp')
    await expect.poll(head).not.toContain('last')
    await press('0')
    await expect.poll(head).toContain('last 30 s')
    await press('Home')
    await expect.poll(() => slider().getAttribute('aria-valuenow')).toBe('5000')
    await press('End')
    await expect.poll(() => slider().getAttribute('aria-valuetext')).toBe('live')
  })
})
