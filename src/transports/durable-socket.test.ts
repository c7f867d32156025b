import { expect, test } from 'vitest'
import type { Link } from '../link.ts'
import { durable } from './durable.ts'
import { at, type Peer, SUBOK, scripted, WELCOME } from './durable-rig.ts'
import { createSocketPool } from './durable-socket-pool.ts'
import { failureOf, readAll, readSome, recordedRequest, turns, until } from './websocket-rig.ts'

type Answers = (frame: Record<string, unknown>, peer: Peer) => void

/** Aliases are what the path ends with: `rooms/7` is 7. */
const aliasOf = (path: unknown): number => Number(String(path).split('/').at(-1))

const subok = ({ id, s }: Record<string, unknown>, part: object = {}) => ({ ...SUBOK, id, a: aliasOf(s), ...part })

const welcome = { ...WELCOME, limits: { ...WELCOME.limits, subscriptions: 128 } }

const polite: Answers = (frame, peer) => {
  if (frame.t === 'hello') peer.send(welcome)
  if (frame.t === 'sub') peer.send(subok(frame))
}

/** Simulated milliseconds; timers run when time is moved past them. */
function simulated() {
  let now = 0
  const timers = new Map<number, { due: number; act: () => void }>()
  let next = 0
  return {
    now: () => now,
    setTimeout(act: () => void, milliseconds: number) {
      timers.set(++next, { due: now + milliseconds, act })
      return next
    },
    clearTimeout: (id: unknown) => void timers.delete(id as number),
    advance(milliseconds: number) {
      now += milliseconds
      for (const [id, { due, act }] of [...timers]) if (due <= now && timers.delete(id)) act()
    },
  }
}

/** A scripted server, a pool, and what dials a stream of it. */
async function shared(answers: Answers = polite) {
  const clock = simulated()
  const sockets = createSocketPool({ clock })
  const script = await scripted(answers, { sockets })
  const urlOf = (number: number) => String(script.input.url).replace('4%32', String(number))
  const dial = (number: number, request = recordedRequest()): Promise<Link> =>
    durable({ ...script.input, url: urlOf(number) }, request)
  const frames = (t: string) => script.peers.flatMap((peer) => peer.frames.filter((frame) => frame.t === t))
  return { ...script, clock, sockets, dial, frames }
}

const m = (a: number, n: number, ...d: unknown[]) => ({ t: 'm', a, n, d })
const dataOf = (items: readonly { data?: unknown }[]) =>
  items.filter(({ data }) => data !== undefined).map(({ data }) => data)

test('frames go to whom they are for, and one that is for nobody to nobody', async () => {
  const { dial, peers, frames } = await shared()
  const links = await Promise.all([dial(1), dial(2), dial(3)])
  expect(frames('sub').map(({ id }) => id)).toEqual([1, 2, 3])
  const reading = links.map((link) => readAll(link))
  peers[0]?.send(m(2, 1, 'b'), m(9, 1, 'nobody'), m(1, 1, 'a'), { t: 'new', what: 1 }, m(3, 1, 'c'), m(2, 2, 'bb'))
  for (const a of [1, 2, 3]) peers[0]?.send({ t: 'eof', a, n: a === 2 ? 2 : 1 })
  expect((await Promise.all(reading)).map(({ items }) => dataOf(items))).toEqual([['a'], ['b', 'bb'], ['c']])
  expect(peers).toHaveLength(1)
})

test('who has the socket dialled asks together with the greeting, and has a record after one round trip', async () => {
  const { dial, frames } = await shared((frame, peer) => {
    if (frame.t === 'sub') peer.send(welcome, subok(frame), m(aliasOf(frame.s), 1, 'a'))
  })
  const link = await dial(1)
  expect(dataOf(await readSome(link, 1))).toEqual(['a'])
  expect(frames('sub')).toHaveLength(1)
})

test('who has left before the greeting is not asked for', async () => {
  const warm = await shared()
  ;(await warm.dial(1)).close()
  const { dial, frames, sockets } = await shared()
  const request = recordedRequest()
  const failure = failureOf(dial(1, request))
  // Not one turn of the event loop: the socket is being dialled and cannot be open.
  for (let hops = 0; sockets.size === 0 && hops < 1_000; hops++) await Promise.resolve()
  expect(sockets.size).toBe(1)
  const other = dial(2)
  request.abort()
  expect((await failure)?.code).toBe('aborted')
  ;(await other).close()
  expect(frames('sub').map(({ s }) => s)).toEqual(['rooms/2'])
})

test('a ping is answered once, and every channel has heard it', async () => {
  const { dial, peers, clock, frames } = await shared()
  const requests = [recordedRequest(), recordedRequest()]
  await Promise.all(requests.map((request, index) => dial(index + 1, request)))
  clock.advance(500)
  const before = requests.map(({ heardCount }) => heardCount())
  peers[0]?.send({ t: 'ping', k: 5 })
  await until(() => frames('pong').length > 0)
  expect(frames('pong')).toEqual([{ t: 'pong', k: 5 }])
  expect(requests.map(({ heardCount }, index) => heardCount() > (before[index] ?? 0))).toEqual([true, true])
})

test('who asks for a sign of life hears the answer, however many frames came just before', async () => {
  const { dial, peers } = await shared()
  const request = recordedRequest()
  await Promise.all([dial(1), dial(2, request).then((link) => link.ping?.())])
  await until(() => peers[0]?.frames.some(({ t }) => t === 'ping') === true)
  const before = request.heardCount()
  peers[0]?.send({ t: 'pong' })
  await until(() => request.heardCount() > before)
})

test('closing one says so to the server, and the last one closes the socket after the linger', async () => {
  const { dial, peers, clock, frames, sockets } = await shared()
  const [first, second] = await Promise.all([dial(1), dial(2)])
  first?.close()
  await until(() => frames('unsub').length === 1)
  expect(frames('unsub')).toEqual([{ t: 'unsub', id: 1, a: 1 }])
  second?.close()
  clock.advance(249)
  const third = await dial(1)
  clock.advance(1_000)
  expect([peers.length, sockets.size]).toEqual([1, 1])
  third.close()
  clock.advance(250)
  await until(() => peers[0]?.socket.readyState === 3)
  expect(sockets.size).toBe(0)
})

test('a dial that is given up before its answer leaves no subscription behind, and the next one waits for that', async () => {
  let hold = true
  const held: Record<string, unknown>[] = []
  const { dial, peers, frames } = await shared((frame, peer) => {
    if (frame.t === 'sub' && hold) held.push(frame)
    else polite(frame, peer)
  })
  const request = recordedRequest()
  const failure = failureOf(dial(1, request))
  await until(() => held.length === 1)
  request.abort()
  expect(await failure).toMatchObject({ code: 'aborted' })
  hold = false
  const next = dial(1)
  const other = await dial(2)
  // The other stream is there; this one is asked for only when the server has let go of the first.
  expect(frames('sub').map(({ s }) => s)).toEqual(['rooms/1', 'rooms/2'])
  peers[0]?.send(subok(held[0] ?? {}))
  await next
  expect(peers[0]?.frames.map(({ t, id }) => [t, id]).slice(3)).toEqual([
    ['unsub', 1],
    ['sub', 3],
  ])
  other.close()
})

test('who does not read is unsubscribed, and goes on from the last record that was kept', async () => {
  const { dial, peers, frames } = await shared((frame, peer) => {
    // The third `sub` is answered by the test.
    if (frame.t !== 'sub' || frame.id !== 3) polite(frame, peer)
  })
  const [slow, quick] = await Promise.all([dial(1), dial(2)])
  const filler = 'x'.repeat(20_000)
  for (let n = 1; n <= 100; n++) peers[0]?.send(m(1, n, `${n} ${filler}`))
  peers[0]?.send(m(2, 1, 'through'))
  expect(dataOf(await readSome(quick as Link, 1))).toEqual(['through'])
  await until(() => frames('unsub').length > 0)
  expect(frames('unsub')).toEqual([{ t: 'unsub', id: 1, a: 1 }])
  const kept: unknown[] = []
  const reading = slow?.read(({ data }) => {
    if (data !== undefined) kept.push(Number.parseInt(String(data), 10))
    return true
  })
  reading?.catch(() => {})
  await until(() => frames('sub').length === 3)
  const again = frames('sub')[2] ?? {}
  expect(again).toMatchObject({ s: 'rooms/1', o: at(kept.length) })
  expect(kept.length).toBeLessThan(50)
  // What was on its way before the server heard of it is not taken twice.
  peers[0]?.send(m(1, kept.length + 1, 'late'), subok(again, { from: kept.length }))
  const { length } = kept
  peers[0]?.send(m(1, length + 1, String(length + 1)))
  await until(() => kept.length > length)
  expect(kept).toEqual(Array.from({ length: length + 1 }, (_, index) => index + 1))
  slow?.close()
})

test('answers to appends go to the stream they are for, though two use the same producer', async () => {
  const { dial, peers, frames } = await shared()
  const [one, two] = await Promise.all([dial(1), dial(2)])
  const append = (link: Link | undefined) =>
    link?.append?.({ producer: { id: 'p', epoch: 0, sequence: 0 }, records: ['1'] })
  const answers = [append(one), append(two)]
  await until(() => frames('pub').length === 2)
  const key = { pid: 'p', e: 0, q: 0 }
  peers[0]?.send({ t: 'nack', s: 'rooms/2', ...key, code: 'closed' }, { t: 'ack', s: 'rooms/1', ...key, o: at(1) })
  expect(await Promise.all(answers)).toMatchObject([{ kind: 'stored' }, { kind: 'refused' }])
})

test('the refusal of one stream is no matter of the others', async () => {
  const { dial, peers } = await shared((frame, peer) => {
    if (frame.t === 'sub' && frame.s === 'rooms/2') peer.send({ t: 'err', id: frame.id, code: 'not_found', msg: '' })
    else polite(frame, peer)
  })
  const [first, second] = await Promise.allSettled([dial(1), dial(2)])
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'http_status', status: 404 } })
  const link = (first as PromiseFulfilledResult<Link>).value
  peers[0]?.send({ t: 'm', a: 2, n: 'no number' }, m(1, 1, 'a'))
  expect(dataOf(await readSome(link, 1))).toEqual(['a'])
})

test('a frame that is wrong for one stream ends that one; text that is no frame ends them all', async () => {
  const { dial, peers, sockets } = await shared()
  const links = await Promise.all([dial(1), dial(2)])
  const [first, second] = links.map((link) => readAll(link))
  peers[0]?.send({ t: 'm', a: 1, d: ['without a number'] })
  expect((await first)?.failure).toMatchObject({ code: 'bad_frame' })
  const third = readAll(await dial(3))
  peers[0]?.send('not JSON')
  expect((await second)?.failure).toMatchObject({ code: 'bad_frame' })
  expect((await third).failure).toMatchObject({ code: 'bad_frame' })
  expect([peers.length, sockets.size]).toEqual([1, 0])
})

test('a planned end is told to all, and nobody new is put there', async () => {
  const { dial, peers } = await shared()
  const reading = (await Promise.all([dial(1), dial(2)])).map((link) => readAll(link))
  peers[0]?.send({ t: 'bye', code: 4300, afterMs: 700, spreadMs: 0 })
  // Its answer shows that the farewell has arrived.
  peers[0]?.send({ t: 'ping' })
  await until(() => peers[0]?.frames.at(-1)?.t === 'pong')
  const third = await dial(3)
  expect(peers).toHaveLength(2)
  peers[0]?.socket.close(4300, 'draining')
  for (const { failure } of await Promise.all(reading))
    expect(failure).toMatchObject({ code: 'interrupted', closeCode: 4300, retryAfterMs: 700 })
  third.close()
})

test('a socket that has gone silent is not used again', async () => {
  const { dial, peers, clock } = await shared()
  const lost = await dial(1)
  clock.advance(7_600)
  // The watchdog of its connection has had enough; the kernel knows nothing of it.
  lost.close()
  await dial(1)
  expect(peers).toHaveLength(2)
})

test('neither is one that does not answer, nor one that is dialled for too long', async () => {
  const { dial, peers, clock } = await shared()
  const first = await dial(1)
  first.ping?.()
  clock.advance(2_100)
  await dial(2)
  expect(peers).toHaveLength(2)

  const mute = await shared(() => {})
  const waiting = failureOf(mute.dial(1))
  await until(() => mute.frames('hello').length === 1)
  mute.clock.advance(4_900)
  const joined = failureOf(mute.dial(2))
  await turns(20)
  expect(mute.peers).toHaveLength(1)
  mute.clock.advance(200)
  const apart = failureOf(mute.dial(3))
  await until(() => mute.frames('hello').length === 2)
  for (const { socket } of mute.peers) socket.terminate()
  for (const failure of [waiting, joined, apart]) expect((await failure).code).toBe('network')
})

test('a shape that the server does not take is a matter of those who wait for an answer', async () => {
  const { dial, peers, frames } = await shared()
  const [one, two] = await Promise.all([dial(1), dial(2)])
  const number = (sequence: number) => ({ producer: { id: 'p', epoch: 0, sequence }, records: ['1'] })
  const made = one?.append?.(number(0))
  await until(() => frames('pub').length === 1)
  peers[0]?.send({ t: 'err', code: 'too_deep', msg: '' }, { t: 'ping' })
  await until(() => frames('pong').length === 1)
  // As a request, which this server does not answer as a stream server would.
  expect(await made).toMatchObject({ kind: 'refused', error: { status: 404 } })
  const other = two?.append?.(number(0))
  await until(() => frames('pub').length === 2)
  peers[0]?.send({ t: 'ack', s: 'rooms/2', pid: 'p', e: 0, q: 0, o: at(1) })
  expect(await other).toMatchObject({ kind: 'stored' })
})

test('what is no pool is refused, and so is a linger that no timer can keep', async () => {
  const { input } = await scripted(polite)
  const sockets = { linger: 1 } as unknown as ReturnType<typeof createSocketPool>
  expect(await failureOf(durable({ ...input, sockets }, recordedRequest()))).toMatchObject({ code: 'bad_option' })
  for (const linger of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => createSocketPool({ linger })).toThrow(expect.objectContaining({ code: 'bad_option' }))
})
