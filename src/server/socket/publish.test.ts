import { expect, test } from 'vitest'
import { startServer } from '../testing/rig.ts'
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
  raw.send({ t: 'ping' })
  await raw.until(({ t }) => t === 'pong')
  expect(raw.frames.slice(1, -1)).toMatchObject(cases.map(([, answer]) => ({ t: 'nack', ...answer })))
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
  raw.send({ t: 'ping' })
  await raw.until(({ t }) => t === 'pong')
  expect(raw.frames.slice(1, -1)).toMatchObject([
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

test('records are stored as they were written, and bytes and text as what they are', async () => {
  const { url, at, server } = await startServer({ autoCreate: true })
  const raw = await greet(url)
  raw.send('{"t":"pub","d":[1e400, {"__proto__":-0, "d":[9007199254740993]},"\\ud800"],"s":"a","pid":"p","e":0,"q":0}')
  raw.send(pub(0, { s: 'bytes', d: undefined, b: ['AP8=', ''] }))
  server.stream('text', 'text/plain')
  raw.send(pub(0, { s: 'text', d: ['a\n', ''] }))
  await raw.until(({ t, s }) => t === 'ack' && s === 'text')
  expect(await (await fetch(at('a'))).text()).toBe('[1e400,{"__proto__":-0, "d":[9007199254740993]},"\\ud800"]')
  expect(
    server
      .stream('bytes')
      .read()
      .map(({ value }) => value),
  ).toEqual([Buffer.from([0, 255]), Buffer.from([])])
  expect(
    server
      .stream('text')
      .read()
      .map(({ value }) => value),
  ).toEqual(['a\n', ''])
})
