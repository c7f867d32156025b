import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { chromiumFile, firefoxFile } from '../engines/installed.ts'
import { startTabbed, type TabbedBrowser } from '../outbox/browsers.ts'
import { type Rig, startRig } from '../rigs/rig.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'
import { type ReactVersion, rendererOf, scriptOf } from './bundles.ts'
import { eventually } from './eventually.ts'

const pages = new Map<string, { type: string; body: string }>()
let rig: Rig
beforeAll(async () => {
  rig = await startRig(pages)
})
afterAll(() => rig.close())

const newRoom = () => openRoom(rig.rigUrl, rig.rigOtherUrl, roomName())

/** Serves a page with this HTML in it. @returns its address */
function serve(script: string, html: string): string {
  const path = `/${roomName()}`
  const body = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="place">${html}</div><script src="${path}.js"></script>`
  pages.set(path, { type: 'text/html', body })
  pages.set(`${path}.js`, { type: 'text/javascript', body: script })
  return rig.rigUrl + path
}

describe.each<ReactVersion>([18, 19])('React %i on the server', (react) => {
  test('opens nothing and leaves nothing behind, as text and as a stream', { timeout: 60_000 }, async () => {
    const { rendered, streamed } = await rendererOf(react)
    const room = newRoom()
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const [text, stream] = [rendered(`${room.url}/sse`), await streamed(`${room.url}/sse`)]
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before)
    expect(text).toContain('<output>idle: </output>')
    expect(text).toContain('later')
    expect(stream.match(/<output>idle: <\/output>/g)).toHaveLength(2)
    expect((await room.until(() => true)).requests).toEqual([])
  })
})

const engines = [
  ['chromium', chromiumFile()],
  ['firefox', firefoxFile()],
] as const
/** CI has a quarter of an hour. */
const wanted = process.env.CI === 'true' ? engines.slice(0, 1) : engines
const installed = wanted.flatMap(([engine, file]) => (file === undefined ? [] : [engine]))

describe.each(installed)('in %s', (engine) => {
  let browser: TabbedBrowser
  beforeAll(async () => {
    browser = await startTabbed(engine)
  }, 60_000)
  afterAll(() => browser?.close())

  /** A tab with the page in it, and what it prints as a warning or an error. */
  async function open(react: ReactVersion, html = '') {
    const page = await browser.open(serve(await scriptOf(react), html))
    onTestFinished(() => page.close())
    const complaints: string[] = []
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    expect(await page.evaluate(() => window.page.version)).toMatch(new RegExp(`^${react}\\.`))
    return { page, complaints, texts: () => page.locator('output').allTextContents() }
  }

  const sockets = (room: RoomClient, count: number) => room.until((state) => state.open.length === count)

  describe.each<ReactVersion>([18, 19])('React %i', { timeout: 60_000 }, (react) => {
    test('connects, shows messages, resumes after a cut, changes rooms and leaves no socket behind', async () => {
      const [room, other] = [newRoom(), newRoom()]
      await room.order({ append: ['one'] })
      await other.order({ append: ['new'] })
      const { complaints, page, texts } = await open(react)
      await page.evaluate((url) => window.page.start(url), `${room.url}/sse`)
      await eventually(texts).toEqual(['connected: one'])
      await sockets(room, 1)
      await room.order({ cut: true, append: ['two'] })
      await eventually(texts).toEqual(['connected: one two'])
      const { requests } = await sockets(room, 1)
      expect(requests.map(({ position }) => position)).toEqual([null, '1'])

      await page.evaluate((url) => window.page.show(url), `${other.url}/sse`)
      await eventually(texts).toEqual(['connected: new'])
      await sockets(room, 0)
      await sockets(other, 1)
      await page.evaluate(() => window.page.unmount())
      await sockets(other, 0)
      // A cut line is the browser's own complaint.
      expect(complaints.filter((text) => !/net::ERR|NetworkError|interrupted while/.test(text))).toEqual([])
    })

    test('takes over what the server rendered without a mismatch, also where the connection is up before', async () => {
      const room = newRoom()
      await room.order({ append: ['one'] })
      const { streamed } = await rendererOf(react)
      const { complaints, page, texts } = await open(react, await streamed(`${room.url}/sse`))
      expect(await texts()).toEqual(['idle: ', 'idle: '])
      expect((await room.until(() => true)).requests).toEqual([])

      await page.evaluate((url) => window.page.start(url), `${room.url}/sse`)
      await eventually(texts).toEqual(['connected: one', 'idle: '])
      await sockets(room, 1)
      await page.evaluate(() => window.page.open())
      await eventually(texts).toEqual(['connected: one', 'connected: '])
      await room.order({ append: ['two'] })
      await eventually(texts).toEqual(['connected: one two', 'connected: two'])
      const { requests } = await sockets(room, 1)
      expect(requests).toHaveLength(1)
      expect(await page.evaluate(() => window.page.mended)).toEqual([])
      expect(complaints).toEqual([])
      await page.evaluate(() => window.page.unmount())
      await sockets(room, 0)
    })
  })
})
