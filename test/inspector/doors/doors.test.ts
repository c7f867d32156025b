import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startHub } from '../../../inspector/hub/hub.ts'
import { bounds } from '../../../inspector/protocol/bounds.ts'
import { chromiumFile } from '../../engines/installed.ts'
import { token } from '../page/viewer-server.ts'
import { type DoorsRig, inspectorOf, startDoorsRig, tell } from './doors-rig.ts'

let rig: DoorsRig

const places = ['popup', 'frame'] as const
const url = (door: string): string => `${rig.inspector.url}?${door}`

async function opened(door: 'standard' | 'window', place: (typeof places)[number]) {
  const app = await rig.open()
  onTestFinished(() => app.context.close())
  await tell(app.page, door === 'standard' ? 'standard' : 'ours', url(door), place)
  const inspector = await inspectorOf(rig, app)
  const lit = (name: string) =>
    expect.poll(() => inspector.locator('.chart .state.active', { hasText: name }).count()).toBe(1)
  const names = () => inspector.locator('.left').getByRole('treeitem').allTextContents()
  return { ...app, inspector, lit, names }
}

/** As the standard would say it. */
const standard = (name: string, more: object = {}) => ({
  _version: '0.7.2',
  type: '@xstate.actor',
  name,
  sessionId: name,
  createdAt: '1700000000000',
  id: null,
  rootId: name,
  snapshot: { status: 'active', value: 'on', context: {} },
  ...more,
})

describe.skipIf(chromiumFile() === undefined)('another window', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startDoorsRig()
  }, 60_000)
  afterAll(() => rig?.close())

  test.each(places)('that has the standard inspector is followed from a %s, with what it did before', async (place) => {
    const { page, lit, names, inspector, complaints } = await opened('standard', place)
    await lit('green')
    await tell(page, 'send', 'stop')
    await lit('red')
    expect(await names()).toEqual([expect.stringContaining('light'), expect.stringContaining('light')])
    await inspector.getByRole('tab', { name: 'Events' }).click()
    expect(await inspector.getByRole('tabpanel').getByText('stop', { exact: true }).count()).toBeGreaterThan(0)
    await tell(page, 'post', { type: '@statelyai.disconnected' })
    await expect.poll(() => inspector.locator('button.pill').textContent()).toBe('Gone')
    expect(complaints).toEqual([])
  })

  test.each(places)('with a postMessageLink is followed from a %s, and asked', async (place) => {
    const { page, lit, inspector, complaints } = await opened('window', place)
    await lit('green')
    await tell(page, 'send', 'stop')
    await lit('red')
    await inspector.getByRole('tab', { name: 'Context' }).click()
    await expect.poll(() => inspector.getByRole('tabpanel').textContent()).not.toMatch(/asked|waiting/i)
    expect(complaints).toEqual([])
  })

  test('says nonsense and the page lives on, showing what makes sense', async () => {
    const { page, names, lit, inspector, complaints } = await opened('standard', 'popup')
    await lit('green')
    const markup = '<img src=x onerror="document.title=1">'
    const nonsense: unknown[] = [
      null,
      7,
      'text',
      [],
      { type: '@xstate.actor' },
      { ...standard('late'), createdAt: 'yesterday' },
      { ...standard('nobody'), sessionId: {} },
      { ...standard('asleep'), type: '@xstate.sleep' },
      { ...standard('broken'), definition: '{"states":' },
      {
        ...standard('huge'),
        definition: JSON.stringify({ states: { a: { description: 'x'.repeat(bounds.definitionBytes) } } }),
      },
      {
        ...standard('deep'),
        snapshot: { status: 'active', value: JSON.parse(`${'{"a":'.repeat(60)}"b"${'}'.repeat(60)}`) },
      },
      { ...standard('x'.repeat(100_000)) },
      standard(markup),
      JSON.parse(
        '{"_version":"1","type":"@xstate.event","sessionId":"__proto__","createdAt":"1","event":{"type":"__proto__"}}',
      ),
      {
        statewire: 'app',
        app: 'ours',
        messages: [{ kind: 'hello', protocol: 1, name: 'ours', runtime: 'node', epoch: 0 }],
      },
    ]
    for (const message of nonsense) await tell(page, 'post', message)
    await tell(page, 'send', 'stop')
    await lit('red')
    const rows = await names()
    expect(rows).toContainEqual(expect.stringContaining(markup))
    for (const refused of ['late', 'nobody', 'asleep', 'ours'])
      expect(rows).not.toContainEqual(expect.stringContaining(refused))
    expect(await inspector.title()).toBe('statewire inspector')
    expect(await inspector.locator('img').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('is heard alone: neither a stranger beside it, nor another page that has taken its place', async () => {
    const { page, names, lit, inspector } = await opened('standard', 'popup')
    await lit('green')
    const turnTo = async (origin: string): Promise<void> => {
      await page.evaluate((url) => {
        location.href = url
      }, origin)
      await page.waitForURL(`${origin}/`)
      await inspector.evaluate(() => opener.postMessage('here', '*'))
      await expect.poll(() => tell(page, 'knowsInspector')).toBe(true)
    }
    await tell(page, 'postFromStranger', standard('stranger'))
    await turnTo(rig.origins.other)
    await tell(page, 'post', standard('usurper'))
    await turnTo(rig.origins.app)
    await tell(page, 'post', standard('back'))
    await expect.poll(names).toContainEqual(expect.stringContaining('back'))
    expect(await names()).not.toContainEqual(expect.stringMatching(/stranger|usurper/))
  })

  test('cannot look at the hub through a page that it holds, even with its token', async () => {
    const { page, context } = await rig.open()
    onTestFinished(() => context.close())
    const before = rig.inspector.tokens.length
    await tell(page, 'standard', `${url('standard')}#token=${token}`, 'frame')
    const inspector = await inspectorOf(rig, { context, page })
    await expect.poll(() => inspector.locator('.chart .state.active').count()).toBe(1)
    expect(rig.inspector.tokens).toHaveLength(before)
    expect(inspector.url()).not.toContain('token')
  })

  test('holds the page of a real hub in a frame by that door, and by no other', async () => {
    const hub = await startHub({ page: rig.directory })
    onTestFinished(() => hub.close())
    const { page, context, complaints } = await rig.open()
    onTestFinished(() => context.close())
    const { origin } = new URL(hub.url)
    await tell(page, 'standard', `${origin}/?standard`, 'frame')
    const inspector = await inspectorOf({ inspector: hub }, { context, page })
    await expect.poll(() => inspector.locator('.chart .state.active').allTextContents()).toEqual(['green'])
    await page.evaluate((url) => {
      const frame = document.createElement('iframe')
      frame.src = url
      document.body.append(frame)
    }, hub.url)
    await expect.poll(() => page.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/')
    expect(complaints).toEqual([])
  })

  test('that there is not is missed in words', async () => {
    const context = await rig.browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(url('standard'))
    await expect.poll(() => page.locator('.empty h2').textContent()).toBe('No window to listen to')
    expect(await page.locator('.lines pre').textContent()).toContain(
      `createBrowserInspector({ url: '${url('standard')}' })`,
    )
  })
})
