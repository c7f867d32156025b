import { expect } from 'vitest'
import type { StreamStore } from '../../src/server/stores/store.ts'
import { eventsIn, openRead, type RawEvent } from '../../src/server/testing/rig.ts'
import { badInput } from './bad-input.ts'
import { expectProblem } from './expectations.ts'
import { GOOD_UPGRADE } from './raw-peer.ts'
import { type Rig, STEADY, TOKENS } from './rig.ts'
import { watchedStore } from './watched-store.ts'

const PATH = 'bad/target'
const MIB = 1024 * 1024

badInput('B55', 'the 129th subscription is refused, and one that ends makes room', async (rig) => {
  const peer = await rig.greet()
  for (let id = 0; id < 129; id++) {
    await rig.seed(`bad/${id}`, '[]')
    peer.say({ t: 'sub', id, s: `bad/${id}`, o: '-1' })
  }
  expect(await peer.until(({ id }) => id === 128)).toMatchObject({ t: 'err', code: 'limit' })
  const [first] = rig.frames('subok')
  expect(rig.frames('subok')).toHaveLength(128)
  peer.say({ t: 'unsub', id: 200, a: first?.a })
  peer.say({ t: 'sub', id: 201, s: 'bad/128', o: '-1' })
  expect(await peer.until(({ id }) => id === 201)).toMatchObject({ t: 'subok' })
})

badInput('B55', 'a second subscription to the same stream is refused, and the first goes on', async (rig) => {
  await rig.seed(PATH, '["kept"]')
  const peer = await rig.greet()
  for (const id of [1, 2]) peer.say({ t: 'sub', id, s: PATH, o: '-1' })
  expect(await peer.until(({ id }) => id === 2)).toMatchObject({ t: 'err', code: 'already_subscribed' })
  expect(await peer.until(({ t }) => t === 'm')).toMatchObject({ d: ['kept'] })
})

/** A store that appends nothing to our stream until it is told to. */
function heldStore() {
  const waiting: (() => void)[] = []
  let isHeld = true
  const before = (operation: string, path: string) =>
    isHeld && operation === 'append' && path === PATH
      ? new Promise<void>((resolve) => waiting.push(resolve))
      : undefined
  const release = (): void => {
    isHeld = false
    for (const go of waiting.splice(0)) go()
  }
  return { waiting, release, wrap: (inner: StreamStore) => watchedStore(inner, before) }
}

const held = heldStore()

badInput(
  'B56',
  'what comes after 64 unanswered pub frames is not read from the socket, and nothing is closed',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    const peer = await rig.greet()
    const record = 'x'.repeat(60_000)
    const count = 400
    for (let q = 0; q < count; q++) peer.say({ t: 'pub', s: PATH, pid: 'p', e: 0, q, d: [record] })
    await rig.bystanders.beats(20)
    // 64 frames of 60,000 bytes are 3.7 MiB; what the socket and the parser hold comes on top, and 24 MB were sent.
    expect(rig.serverSideOf(peer.socket).bytesRead).toBeLessThan(6 * MIB)
    expect(held.waiting.length).toBeGreaterThan(0)
    expect(held.waiting.length).toBeLessThanOrEqual(64)
    held.release()
    await peer.until(({ t, q }) => t === 'ack' && q === count - 1)
    expect(JSON.parse(await rig.stored(PATH))).toHaveLength(1 + count)
  },
  { changes: [PATH], store: held.wrap },
)

/** A socket that has been given three records. */
async function readThree(rig: Rig) {
  await rig.seed(PATH, '[1,2,3]')
  const peer = await rig.greet()
  peer.say({ t: 'sub', id: 1, s: PATH, o: '-1' })
  const { a } = await peer.until(({ t }) => t === 'live')
  const answer = async (n: unknown) => {
    const before = peer.received.length
    peer.say({ t: 'seen', a, n })
    const k = `after ${before}`
    peer.say({ t: 'ping', k })
    await peer.until((frame) => frame.k === k)
    return peer.received.slice(before, -1)
  }
  return { answer }
}

badInput('B57', 'seen beyond what was sent is refused', async (rig) => {
  const { answer } = await readThree(rig)
  for (const n of [4, 2 ** 53 - 1])
    expect(await answer(n)).toEqual([expect.objectContaining({ t: 'err', code: 'bad_frame' })])
})

badInput('B57', 'seen that goes backwards, repeats itself or is of no subscription is ignored', async (rig) => {
  const { answer } = await readThree(rig)
  for (const n of [3, 1, 3, 0]) expect(await answer(n)).toEqual([])
})

/** Texts that would be events of their own, were they written into the stream as they are. */
const FORGERIES = [
  'a\n\nevent: control\ndata: {"streamClosed":true}\n\n',
  'a\r\n\r\nevent: control\r\ndata: {"streamClosed":true}\r\n\r\n',
  'a\r\revent: control\rdata: {"streamClosed":true}\r\r',
  '\nid: 9\nretry: 1\n: comment\nevent: control\n',
  'data: nested\n\n',
]

badInput(
  'B58',
  'text that reads like SSE is delivered as data, and forges no event',
  async (rig) => {
    await rig.seed(PATH, FORGERIES[0] ?? '', 'text/plain')
    for (const body of FORGERIES.slice(1))
      await rig.ask('POST', `/v1/stream/${PATH}`, { headers: ['Content-Type: text/plain'], body })
    const { data, events } = await eventsOf(rig)
    // A line end is a line end to SSE: which of the three it was, the wire does not say.
    expect(data.join('')).toBe(FORGERIES.map((text) => text.replace(/\r\n?/g, '\n')).join(''))
    expectNoForgery(events)
  },
  { changes: [PATH] },
)

badInput('B58', 'JSON that reads like SSE is delivered as data, and forges no event', async (rig) => {
  await rig.seed(PATH, JSON.stringify(FORGERIES))
  const { data, events } = await eventsOf(rig)
  expect(data.flatMap((text) => JSON.parse(text))).toEqual(FORGERIES)
  expectNoForgery(events)
})

async function eventsOf(rig: Rig) {
  const url = `http://127.0.0.1:${rig.port}/v1/stream/${PATH}?offset=-1&live=sse`
  const read = await openRead(url, { authorization: `Bearer ${TOKENS.mallory}` })
  const events = eventsIn(await read.until((text) => text.includes('"upToDate":true') && text.endsWith('\n\n')))
  read.close()
  return { events, data: events.filter(({ event }) => event === 'data').map(({ data }) => data) }
}

function expectNoForgery(events: readonly RawEvent[]): void {
  const controls = events.filter(({ event }) => event === 'control')
  expect(controls.length).toBe(events.filter(({ event }) => event === 'data').length)
  for (const { id, data } of controls) {
    const control: Record<string, unknown> = JSON.parse(data)
    expect(control.streamNextOffset).toBe(id)
    expect(control.streamClosed).toBeUndefined()
  }
}

// Without a long-poll among the bystanders: between two polls it holds no place, and mallory would take it.
const FULL = { limits: { connections: 4 }, crowd: { longPolls: 0 } }

badInput(
  'B59',
  'the connection after the last is refused with 503 and Retry-After, whatever it is',
  async (rig) => {
    const bearer = `Authorization: Bearer ${TOKENS.mallory}`
    const upgrade = [...GOOD_UPGRADE, bearer]
    const first = [(await rig.shakeHands(upgrade)).peer, (await rig.shakeHands(upgrade)).peer]
    for (const peer of first) {
      peer.say({ t: 'hello', v: 1, pingMs: 60_000 })
      await peer.until(({ t }) => t === 'welcome')
    }
    const refused = [(await rig.shakeHands(upgrade)).answer]
    for (const live of ['sse', 'ndjson', 'long-poll'])
      refused.push(await rig.ask('GET', `/v1/stream/${STEADY}?offset=now&live=${live}`))
    for (const answer of refused) {
      expectProblem(answer, 503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    // Reading a page and appending hold no place.
    expect((await rig.ask('GET', `/v1/stream/${STEADY}?offset=-1`)).status).toBe(200)
    for (const peer of first) peer.socket.destroy()
    await expect.poll(async () => (await rig.shakeHands(upgrade)).answer.status).toBe(101)
  },
  FULL,
)

badInput(
  'B59',
  'whoever holds as many as one may is refused more with 429, and others are not',
  async (rig) => {
    const upgrade = (token: string) => [...GOOD_UPGRADE, `Authorization: Bearer ${token}`]
    for (let count = 0; count < 5; count++) {
      const { peer, answer } = await rig.shakeHands(upgrade(TOKENS.mallory))
      expect(answer.status).toBe(101)
      peer.say({ t: 'hello', v: 1, pingMs: 60_000 })
      await peer.until(({ t }) => t === 'welcome')
    }
    const { answer } = await rig.shakeHands(upgrade(TOKENS.mallory))
    expectProblem(answer, 429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await rig.shakeHands(upgrade(TOKENS.trudy))).answer.status).toBe(101)
  },
  { limits: { connectionsPerPrincipal: 5 } },
)
