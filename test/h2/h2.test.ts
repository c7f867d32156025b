/**
 * HTTP/2 over TLS, against `node:http2`: from a real browser and from Node.
 *
 * @module
 */
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import { durableConnection } from '../../src/durable.ts'
import { httpStreamConnection } from '../../src/http-stream.ts'
import { sseConnection } from '../../src/sse.ts'
import { chromiumFile, chromiumFlags } from '../engines/installed.ts'
import { type Rig, startRig } from '../rigs/rig.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'
import type { Wish } from './page.ts'

let rig: Rig

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [new URL('./page.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  })
  rig = await startRig(
    new Map([
      [
        '/',
        {
          type: 'text/html',
          body: '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>',
        },
      ],
      ['/page.js', { type: 'text/javascript', body: bundle.outputFiles[0]?.text ?? '' }],
      ['/favicon.ico', { type: 'image/x-icon', body: '' }],
    ]),
  )
})

afterAll(() => rig.close())

/** A room reached over TLS and steered without: Node's own `fetch` does not trust the certificate. */
function freshRoom(): RoomClient & { readonly name: string } {
  const name = roomName()
  return { name, ...openRoom(rig.rigTlsUrl, rig.rigUrl, name) }
}

function wishes({ url }: RoomClient): readonly Wish[] {
  return [
    { transport: 'sse', input: { url: `${url}/sse` } },
    { transport: 'ndjson', input: { url: `${url}/ndjson` } },
    { transport: 'durable', input: { url: `${url}/v1/stream/log`, via: 'sse' } },
    { transport: 'durable', input: { url: `${url}/v1/stream/log`, via: 'ndjson' } },
    { transport: 'durable', input: { url: `${url}/v1/stream/log`, via: 'long-poll' } },
  ]
}

const texts = ['grüße', '日本語 🐎', 'three']
const ndjson = texts.map((data, index) => JSON.stringify({ position: index + 1, data }))

/** Whether all requests of a room came over HTTP/2. */
function overHttp2({ requests }: Awaited<ReturnType<RoomClient['order']>>): boolean {
  return requests.length > 0 && requests.every(({ httpVersion }) => httpVersion === '2.0')
}

describe('a browser over HTTP/2', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const executablePath = chromiumFile()
    if (executablePath === undefined) throw new Error('This test drives a Chromium, and there is none on this machine.')
    browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    page = await context.newPage()
    await page.goto(`${rig.rigTlsUrl}/`)
    await page.waitForFunction(() => globalThis.errands !== undefined)
  })

  afterAll(() => browser?.close())

  it('receives an event stream, NDJSON and durable streams', async () => {
    const room = freshRoom()
    await room.order({ append: texts })
    const received = await page.evaluate(([list]) => globalThis.errands.receive(list, 3), [wishes(room)] as const)
    expect(received).toEqual([texts, ndjson, texts, texts, texts])
    expect(await page.evaluate(() => globalThis.errands.nextHopProtocol())).toBe('h2')
    expect(overHttp2(await room.until(({ open }) => open.length === 0))).toBe(true)
  })

  it('keeps twelve streams open at once over one connection', async () => {
    const room = freshRoom()
    await room.order({ append: texts })
    const list = Array.from({ length: 12 }, (): Wish => ({ transport: 'sse', input: { url: `${room.url}/sse` } }))
    const receiving = page.evaluate(([all]) => globalThis.errands.receive(all, 4), [list] as const)
    await room.until(({ open }) => open.length === 12)
    expect(rig.sessions()).toBe(1)
    await room.order({ append: ['for all'] })
    expect(await receiving).toEqual(list.map(() => [...texts, 'for all']))
    expect((await room.until(({ open }) => open.length === 0)).requests).toHaveLength(12)
  })

  it('uploads a stream piece by piece', async () => {
    const room = freshRoom()
    const pieces = ['first ', 'second ', 'third']
    expect(
      await page.evaluate(([name, list]) => globalThis.errands.upload(name, list), [room.name, pieces] as const),
    ).toBe('done')
    const state = await room.until(({ received }) => received.length === 1)
    expect(state.received[0]?.body).toBe('first second third')
    expect(overHttp2(state)).toBe(true)
  })
})

describe('Node over HTTP/2', () => {
  const logics = { sse: sseConnection, ndjson: httpStreamConnection, durable: durableConnection }

  /** One object for all: sessions are shared between those who trust the same. */
  let tls: { readonly ca: string }

  beforeAll(() => {
    tls = { ca: rig.certificate }
  })

  function receive({ transport, input }: Wish) {
    const actor = createActor(logics[transport] as typeof sseConnection, {
      input: { ...input, tls, backoff: { base: 5, cap: 20 } },
    })
    onTestFinished(() => void actor.stop())
    const messages: unknown[] = []
    let look = (): void => {}
    actor.on('message', ({ message }) => {
      messages.push(message.data)
      look()
    })
    actor.start()
    actor.send({ type: 'connect' })
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => {
        look = () => void (messages.length >= count && resolve())
        look()
      })
    return { actor, messages, until }
  }

  it('negotiates it by ALPN and receives an event stream, NDJSON and durable streams over one session', async () => {
    const room = freshRoom()
    await room.order({ append: texts })
    const before = rig.sessions()
    const all = wishes(room).map(receive)
    await Promise.all(all.map(({ until }) => until(3)))
    expect(all.map(({ messages }) => messages)).toEqual([texts, ndjson, texts, texts, texts])
    expect(rig.sessions()).toBe(before + 1)
    for (const { actor } of all) actor.send({ type: 'close' })
    expect(overHttp2(await room.until(({ open }) => open.length === 0))).toBe(true)
  })

  it('goes on exactly where it was when a stream is reset', async () => {
    const room = freshRoom()
    await room.order({ append: texts })
    const { messages, until } = receive({ transport: 'sse', input: { url: `${room.url}/sse` } })
    await until(3)
    await room.order({ cut: true })
    await room.order({ append: ['after'] })
    await until(4)
    expect(messages).toEqual([...texts, 'after'])
    expect((await room.until(({ open }) => open.length === 1)).requests.map(({ position }) => position)).toEqual([
      null,
      '3',
    ])
  })
})
