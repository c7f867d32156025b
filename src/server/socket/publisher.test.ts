import { expect, test } from 'vitest'
import { StoreError } from '../stores/store.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { eventually, startServer } from '../testing/rig.ts'
import { hold, shapedStore } from '../testing/shaped-store.ts'
import { greet } from '../testing/socket-rig.ts'

const pub = (q: number, more: object = {}) => ({ t: 'pub', s: 'a', pid: 'p', e: 0, q, d: [`value ${q}`], ...more })

test('a publish is acknowledged with the tail, and its repetition as a duplicate', async () => {
  const { url, server } = await startServer()
  const room = server.stream('a')
  const raw = await greet(url)
  for (const q of [0, 1, 1]) raw.send(pub(q))
  await raw.until(({ dup }) => dup === true)
  const ack = { t: 'ack', s: 'a', pid: 'p', e: 0, dup: false }
  const [first, second] = room.read()
  expect(raw.frames.slice(1)).toEqual([
    { ...ack, q: 0, o: first?.offset },
    { ...ack, q: 1, o: second?.offset },
    { ...ack, q: 1, o: second?.offset, dup: true },
  ])
  expect(room.read().map(({ value }) => value)).toEqual(['value 0', 'value 1'])
})

test('a publish that is refused is told why, and appends nothing', async () => {
  const { url, server } = await startServer()
  const room = server.stream('a')
  server.stream('bytes', 'image/png')
  server.stream('text', 'text/plain')
  const raw = await greet(url)
  const cases: [object, object][] = [
    [pub(4), { code: 'gap', want: 0 }],
    [pub(0, { s: 'nothing' }), { code: 'not_found' }],
    [pub(0, { s: 'a//b' }), { code: 'not_found' }],
    [pub(0, { s: 'bytes' }), { code: 'type' }],
    [pub(0, { s: 'text', d: [1] }), { code: 'type' }],
    [pub(0, { d: undefined, b: ['AA=='] }), { code: 'type' }],
  ]
  for (const [frame] of cases) raw.send(frame)
  await eventually(() => raw.frames.length > cases.length)
  expect(raw.frames.slice(1)).toMatchObject(cases.map(([, answer]) => ({ t: 'nack', ...answer })))
  expect(room.tail.seq).toBe(0)
})

test('epochs fence, and an end is final', async () => {
  const { url, server } = await startServer()
  const room = server.stream('a')
  const raw = await greet(url)
  const frames = [
    pub(0),
    pub(5, { e: 1 }),
    pub(0, { e: 1 }),
    pub(1),
    pub(1, { e: 1, d: undefined, close: true }),
    pub(1, { e: 1, d: undefined, close: true }),
    pub(2, { e: 1 }),
  ]
  for (const frame of frames) raw.send(frame)
  await eventually(() => raw.frames.length > frames.length)
  expect(raw.frames.slice(1)).toMatchObject([
    { t: 'ack', e: 0, q: 0 },
    { t: 'nack', code: 'gap', want: 0 },
    { t: 'ack', e: 1, q: 0 },
    { t: 'nack', code: 'fenced', epoch: 1 },
    { t: 'ack', e: 1, q: 1, dup: false },
    { t: 'ack', e: 1, q: 1, dup: true },
    { t: 'nack', code: 'closed' },
  ])
  expect([room.closed, room.tail.seq]).toEqual([true, 2])
})

test('one producer is one over WebSocket and HTTP', async () => {
  const { url, at, server } = await startServer()
  server.stream('a')
  const raw = await greet(url)
  raw.send(pub(0))
  await raw.until(({ t }) => t === 'ack')
  const headers = { 'Content-Type': 'application/json', 'Producer-Id': 'p', 'Producer-Epoch': '0' }
  const post = (seq: number) =>
    fetch(at('a'), { method: 'POST', body: '1', headers: { ...headers, 'Producer-Seq': String(seq) } })
  expect([(await post(0)).status, (await post(1)).status]).toEqual([204, 200])
})

test('a number that comes again with other records is told so, over WebSocket and HTTP, whichever way it came first', async () => {
  const { url, at, server } = await startServer()
  const room = server.stream('a')
  const raw = await greet(url)
  const publish = async (q: number, d: unknown[]) => {
    const before = raw.frames.length
    raw.send(pub(q, { d }))
    await eventually(() => raw.frames.length > before)
    return raw.frames.at(-1)?.differs ?? null
  }
  const post = async (q: number, body: string) => {
    const producer = { 'Producer-Id': 'p', 'Producer-Epoch': '0', 'Producer-Seq': String(q) }
    const headers = { 'Content-Type': 'application/json', ...producer }
    return (await fetch(at('a'), { method: 'POST', body, headers })).headers.get('producer-conflict')
  }
  expect([await publish(0, [{ n: 1 }, 2]), await publish(0, [{ n: 1 }, 2])]).toEqual([null, null])
  expect([await post(0, '[{"n":1},\n 2]'), await post(0, '[{"n":1}]')]).toEqual([null, 'true'])
  expect([await post(1, '"one"'), await post(1, '["one"]'), await publish(1, ['one'])]).toEqual([null, null, null])
  expect([await publish(1, ['other']), await post(1, '["o","ne"]')]).toEqual([true, 'true'])
  expect(room.read().map(({ value }) => value)).toEqual([{ n: 1 }, 2, 'one'])
})

test('records are stored as they were written, and bytes and text as what they are', async () => {
  const { url, at, server } = await startServer({ autoCreate: true })
  const raw = await greet(url)
  raw.send('{"t":"pub","d":[1e400, {"__proto__":-0, "d":[9007199254740993]},"\\ud800"],"s":"a","pid":"p","e":0,"q":0}')
  raw.send(pub(0, { s: 'bytes', d: undefined, b: ['AP8=', ''] }))
  server.stream('text', 'text/plain')
  raw.send(pub(0, { s: 'text', d: ['a\n', ''] }))
  await raw.until(({ t, s }) => t === 'ack' && s === 'text')
  expect(await (await fetch(at('a'))).text()).toBe('[1e400,{"__proto__":-0, "d":[9007199254740993]},"\\ud800"]')
  const valuesOf = (path: string) =>
    server
      .stream(path)
      .read()
      .map(({ value }) => value)
  expect(valuesOf('bytes')).toEqual([Uint8Array.of(0, 255), Uint8Array.of()])
  expect(valuesOf('text')).toEqual(['a\n', ''])
})

test('a publish over a limit of rate or size is told when to come again, and the connection stays', async () => {
  const clock = manualClock()
  const { url, server } = await startServer({
    clock,
    autoCreate: true,
    limits: {
      publishes: { perSecond: 1, burst: 4 },
      bytesIn: { perSecond: 1_000, burst: 1_000 },
      creates: { perSecond: 1, burst: 1 },
      recordsPerAppend: 2,
    },
  })
  const raw = await greet(url, { pingMs: 60_000 })
  const answerTo = async (frame: ReturnType<typeof pub>) => {
    raw.send(frame)
    return raw.until(({ t, pid }) => t !== 'welcome' && pid === frame.pid)
  }
  expect(await answerTo(pub(0, { pid: 'first' }))).toMatchObject({ t: 'ack' })
  expect(await answerTo(pub(0, { pid: 'other', s: 'other' }))).toMatchObject({ code: 'rate', retryMs: 1_000 })
  expect(await answerTo(pub(0, { pid: 'many', d: [1, 2, 3] }))).toMatchObject({ code: 'too_large' })
  const large = await answerTo(pub(0, { pid: 'large', d: ['x'.repeat(900)] }))
  expect(large).toMatchObject({ code: 'rate' })
  expect(large.retryMs).toBeGreaterThan(0)
  expect(await answerTo(pub(0, { pid: 'fifth' }))).toMatchObject({ code: 'rate', retryMs: 1_000 })
  clock.advance(1_000)
  expect(await answerTo(pub(0, { pid: 'later' }))).toMatchObject({ t: 'ack' })
  expect(server.stream('a').tail.seq).toBe(2)
})

test('a producer belongs to who used it first, and there are only so many', async () => {
  const { url, server } = await startServer({
    authenticate: ({ token }) => (token === null ? null : { id: token }),
    allowAnonymous: false,
    limits: { producers: 1 },
  })
  server.stream('a')
  const ada = await greet(url, { token: 'ada' })
  ada.send(pub(0))
  await ada.until(({ t }) => t === 'ack')
  const bob = await greet(url, { token: 'bob' })
  bob.send(pub(1))
  bob.send(pub(0, { pid: 'another' }))
  await eventually(() => bob.frames.length === 3)
  expect(bob.frames.slice(1)).toMatchObject([{ code: 'owned' }, { code: 'rate', retryMs: 60_000 }])
})

test('a stream that was deleted and created again as another sort is found anew', async () => {
  const { url, server } = await startServer({ autoCreate: true })
  const raw = await greet(url)
  const answerTo = async (frame: ReturnType<typeof pub>) => {
    raw.send(frame)
    return raw.until(({ pid }) => pid === frame.pid)
  }
  expect(await answerTo(pub(0, { pid: 'json' }))).toMatchObject({ t: 'ack' })
  server.stream('a').delete()
  server.stream('a', 'text/plain')
  expect(await answerTo(pub(0, { pid: 'text', d: ['plain'] }))).toMatchObject({ t: 'ack' })
  server.stream('a').delete()
  expect(await answerTo(pub(0, { pid: 'gone', d: ['json again'] }))).toMatchObject({ t: 'ack' })
  expect(
    server
      .stream('a')
      .read()
      .map(({ value }) => value),
  ).toEqual(['json again'])
})

test('a store that fails is said with a pause, and the next publish may do better', async () => {
  const failures = [new StoreError('unavailable', 'away'), new StoreError('full', 'no room'), new Error('a bug')]
  const expected = [{ code: 'unavailable', retryMs: 1_000 }, { code: 'quota' }, { code: 'unavailable', retryMs: 1_000 }]
  for (const operation of ['head', 'append'] as const) {
    const left = [...failures]
    const store = shapedStore({
      before(current) {
        const failure = current === operation ? left.shift() : undefined
        return failure === undefined ? undefined : Promise.reject(failure)
      },
    })
    const { url, server, reports } = await startServer({ store })
    const room = server.stream('a')
    const raw = await greet(url)
    for (const [index] of failures.entries()) {
      raw.send(pub(0))
      await eventually(() => raw.frames.length === index + 2)
    }
    raw.send(pub(0))
    await raw.until(({ t }) => t === 'ack')
    expect(raw.frames.slice(1, -1)).toMatchObject(expected)
    expect([reports, room.tail.seq]).toEqual([failures, 1])
  }
})

test('a publish that began before the server stopped is still acknowledged; one that had not is not appended', async () => {
  const stuck = hold()
  const store = shapedStore({ before: (operation) => (operation === 'append' ? stuck.held : undefined) })
  const { url, server } = await startServer({ store })
  const room = server.stream('a')
  const raw = await greet(url)
  raw.send(pub(0))
  raw.send({ t: 'ping' })
  await raw.until(({ t }) => t === 'pong')
  const closed = server.close()
  await raw.until(({ t }) => t === 'bye')
  raw.send(pub(1))
  stuck.release()
  expect(await raw.closed).toEqual({ code: 4300, reason: 'draining ms=0' })
  await closed
  expect(raw.frames.map(({ t }) => t)).toEqual(['welcome', 'pong', 'bye', 'ack'])
  expect(room.tail.seq).toBe(1)
})
