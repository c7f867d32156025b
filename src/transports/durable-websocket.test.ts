import { expect, onTestFinished, test } from 'vitest'
import type { TransportError } from '../errors.ts'
import { WEBSOCKET_PROTOCOL } from '../wire/names.ts'
import { durable } from './durable.ts'
import type { DurableInput } from './durable-input.ts'
import { at, dialled, type Peer, polite, SUBOK, scripted, WELCOME } from './durable-rig.ts'
import { failureOf, readAll, readSome, recordedRequest, socketServer, until } from './websocket-rig.ts'

const messages = (items: readonly { data?: unknown; position?: string | undefined }[]) =>
  items.filter((item) => item.data !== undefined).map(({ data, position }) => [data, position])

test('the greeting names version, heartbeat, stream and place; the socket stands beside the stream', async () => {
  const { link, peer, server } = await dialled(polite(), recordedRequest({ heartbeatInterval: 200, position: at(4) }))
  expect(peer.frames).toEqual([
    { t: 'hello', v: 1, agent: 'statewire', pingMs: 1000 },
    { t: 'sub', id: 1, s: 'rooms/42', o: at(4) },
  ])
  expect(server.connections).toHaveLength(1)
  expect(link.protocol).toBe(`durable:websocket:${WEBSOCKET_PROTOCOL}`)
  link.close()
})

test('a server whose heartbeat is not wanted is not asked for one', async () => {
  const { link, peer } = await dialled(polite(), recordedRequest({ heartbeatInterval: Number.POSITIVE_INFINITY }))
  expect(peer.frames[0]).toEqual({ t: 'hello', v: 1, agent: 'statewire' })
  link.close()
})

test('the stream is asked for together with the greeting: who comes back waits for one round trip, not for two', async () => {
  const { link } = await dialled(({ t }, peer) => {
    if (t === 'sub') peer.send(WELCOME, SUBOK, { t: 'm', a: 7, n: 1, d: ['a'] })
  })
  expect((await readSome(link, 1)).map(({ data }) => data)).toEqual(['a'])
  link.close()
})

test('repeated records are dropped, overlapping ones in part', async () => {
  const frames = [
    { t: 'm', a: 7, n: 1, d: ['a', 'b'] },
    { t: 'm', a: 7, n: 1, d: ['a', 'b'] },
    { t: 'live', a: 7 },
    { t: 'm', a: 7, n: 2, d: ['b', 'c'] },
    { t: 'm', a: 8, n: 1, d: ['of another stream'] },
    { t: 'm', a: 7, n: 4, d: [] },
    { t: 'something new', a: 7 },
    { t: 'm', a: 7, n: 4, b: ['AP8='] },
    { t: 'term', a: 7, term: 2, n: 4 },
    { t: 'm', a: 7, n: 5, d: ['e'] },
    { t: 'eof', a: 7, n: 5 },
  ]
  const { link } = await dialled(polite(SUBOK, ...frames))
  const { items, failure } = await readAll(link)
  expect(failure).toBeUndefined()
  expect(messages(items)).toEqual([
    ['a', at(1)],
    ['b', at(2)],
    ['c', at(3)],
    [new Uint8Array([0, 255]), at(4)],
    ['e', at(5, 2)],
  ])
})

test('a server that begins before the place asked for repeats nothing, one that begins behind it loses nothing', async () => {
  const early = await dialled(
    polite({ ...SUBOK, from: 1 }, { t: 'm', a: 7, n: 2, d: ['b', 'c', 'd'] }),
    recordedRequest({ position: at(2) }),
  )
  expect((await readSome(early.link, 2)).map(({ data }) => data)).toEqual(['c', 'd'])
  early.link.close()

  let subs = 0
  const late = await dialled(
    ({ t, id, o }, peer) => {
      if (t === 'hello') peer.send(WELCOME)
      if (t !== 'sub') return
      subs++
      if (subs === 1) peer.send({ ...SUBOK, from: 5 }, { t: 'm', a: 7, n: 6, d: ['f'] })
      else
        peer.send(
          { t: 'm', a: 7, n: 1, d: ['stale'] },
          { ...SUBOK, id, from: o === at(2) ? 2 : 0 },
          { t: 'm', a: 7, n: 3, d: ['c', 'd'] },
        )
    },
    recordedRequest({ position: at(2) }),
  )
  expect((await readSome(late.link, 2)).map(({ data }) => data)).toEqual(['c', 'd'])
  late.link.close()
})

test('a hole is never delivered: the subscription is taken up again from the last record', async () => {
  let subs = 0
  const { link, peer } = await dialled(({ t, id }, to) => {
    if (t === 'hello') to.send(WELCOME)
    if (t !== 'sub') return
    subs++
    if (subs === 1)
      to.send(
        SUBOK,
        { t: 'm', a: 7, n: 1, d: ['a'] },
        { t: 'm', a: 7, n: 3, d: ['c'] },
        { t: 'm', a: 7, n: 4, d: ['d'] },
      )
    else to.send({ ...SUBOK, id, from: 1 }, { t: 'm', a: 7, n: 2, d: ['b', 'c', 'd'] }, { t: 'eof', a: 7, n: 4 })
  })
  const { items, failure } = await readAll(link)
  expect(failure).toBeUndefined()
  expect(messages(items).map(([data]) => data)).toEqual(['a', 'b', 'c', 'd'])
  expect(peer.frames.slice(2)).toEqual([
    { t: 'unsub', id: 1, a: 7 },
    { t: 'sub', id: 2, s: 'rooms/42', o: at(1) },
  ])
})

test('an end that names records which never came is a hole as well', async () => {
  const { link, peer } = await dialled(polite(SUBOK, { t: 'm', a: 7, n: 1, d: ['a'] }, { t: 'eof', a: 7, n: 3 }))
  const reading = readAll(link)
  await until(() => peer.frames.length === 4)
  expect(peer.frames[3]).toEqual({ t: 'sub', id: 2, s: 'rooms/42', o: at(1) })
  link.close()
  expect((await reading).failure).toMatchObject({ code: 'aborted' })
})

test('a server that keeps leaving records out is broken', async () => {
  const { link } = await dialled(({ t, id }, peer) => {
    if (t === 'hello') peer.send(WELCOME)
    if (t === 'sub') peer.send({ ...SUBOK, id }, { t: 'm', a: 7, n: 2, d: ['b'] })
  })
  expect((await readAll(link)).failure).toMatchObject({ code: 'bad_frame' })
})

test.each([
  ['text that is not JSON', 'x'],
  ['an array', '[]'],
  ['null', 'null'],
  ['a frame without a type', '{}'],
  ['records without a number', { t: 'm', a: 7, d: ['x'] }],
  ['a fractional number', { t: 'm', a: 7, n: 1.5, d: ['x'] }],
  ['records that are no list', { t: 'm', a: 7, n: 1, d: 'x' }],
  ['bytes that are not base64', { t: 'm', a: 7, n: 1, b: ['%'] }],
  ['an end without a number', { t: 'eof', a: 7 }],
])('%s is `bad_frame`, after everything before it', async (_name, frame) => {
  const { link } = await dialled(polite(SUBOK, { t: 'm', a: 7, n: 1, d: ['a'] }, frame === null ? '' : frame))
  const script = readAll(link)
  const { items, failure } = await script
  expect(messages(items).map(([data]) => data)).toEqual(['a'])
  expect(failure).toMatchObject({ code: 'bad_frame' })
})

test('binary is `bad_frame`', async () => {
  const { link, peer } = await dialled(polite())
  peer.socket.send(Buffer.from('{}'))
  expect((await readAll(link)).failure).toMatchObject({ code: 'bad_frame' })
})

test('a ping is answered with its key, and ours is sent as a frame', async () => {
  const { link, peer } = await dialled(polite())
  const reading = readAll(link)
  peer.send({ t: 'ping', k: 'x' })
  await until(() => peer.frames.length === 3)
  link.ping?.()
  await until(() => peer.frames.length === 4)
  expect(peer.frames.slice(2)).toEqual([{ t: 'pong', k: 'x' }, { t: 'ping' }])
  link.close()
  await reading
})

test.each([
  [
    'a close',
    (peer: Peer) => peer.socket.close(4300, 'draining'),
    { code: 'interrupted', closeCode: 4300, retryAfterMs: 700 },
  ],
  [
    'a longer pause in the reason',
    (peer: Peer) => peer.socket.close(4300, 'draining ms=900'),
    { closeCode: 4300, retryAfterMs: 900 },
  ],
  ['a cut', (peer: Peer) => peer.socket.terminate(), { code: 'interrupted', retryAfterMs: 700 }],
  ['a clean end', (peer: Peer) => peer.socket.close(1000), { code: 'interrupted', retryAfterMs: 700 }],
])('the pause that `bye` asks for holds after %s', async (_name, leave, expected) => {
  const { link, peer } = await dialled(polite())
  peer.socket.send(JSON.stringify({ t: 'bye', code: 4300, afterMs: 700, spreadMs: 0 }), () => leave(peer))
  expect((await readAll(link)).failure).toMatchObject(expected)
})

test('the spread of `bye` is drawn here', async () => {
  const { link, peer } = await dialled(polite())
  peer.socket.send(JSON.stringify({ t: 'bye', code: 4300, afterMs: 700, spreadMs: 1000 }), () =>
    peer.socket.close(4300),
  )
  const { retryAfterMs = 0 } = (await readAll(link)).failure as TransportError
  expect(retryAfterMs).toBeGreaterThanOrEqual(700)
  expect(retryAfterMs).toBeLessThan(1700)
})

test.each([
  [
    { t: 'err', id: 1, code: 'not_found', msg: '' },
    { code: 'http_status', status: 404 },
  ],
  [
    { t: 'err', id: 1, code: 'limit', msg: '', retryMs: 50 },
    { code: 'http_status', status: 429, retryAfterMs: 50 },
  ],
  [
    { t: 'err', id: 1, code: 'from the future', msg: 'secret' },
    { code: 'http_status', status: 400 },
  ],
  [
    { t: 'reset', id: 1, why: 'trimmed', earliest: at(5), tail: at(9), lost: 3 },
    { code: 'gap', lost: 3 },
  ],
  [
    { ...SUBOK, gen: '0000000000000000' },
    { code: 'gap', lost: null },
  ],
  [{ ...SUBOK, gen: 'x' }, { code: 'bad_frame' }],
  [{ ...SUBOK, from: -1 }, { code: 'bad_frame' }],
])('an answer of %j to `sub` fails the dial and closes the socket', async (answer, expected) => {
  const { input, peers } = await scripted(polite(answer))
  const failure = await failureOf(durable(input, recordedRequest({ position: at(2) })))
  expect(failure).toMatchObject(expected)
  expect(String(failure)).not.toContain('secret')
  await until(() => peers[0]?.socket.readyState === 3)
})

test('a reset while records flow is a gap, or under another policy a cut whose redial follows it', async () => {
  const reset = { t: 'reset', a: 7, why: 'trimmed', earliest: at(5), tail: at(9), lost: 3 }
  const { link } = await dialled(polite(SUBOK, { t: 'm', a: 7, n: 1, d: ['a'] }, reset))
  expect((await readAll(link)).failure).toMatchObject({ code: 'gap', lost: 3 })
  const other = await dialled(polite(SUBOK, { t: 'm', a: 7, n: 1, d: ['a'] }, reset), recordedRequest(), {
    onGap: 'restart',
  })
  expect((await readAll(other.link)).failure).toMatchObject({ code: 'interrupted' })
})

test('a server that resets every fresh start is given up with `gap`', async () => {
  const { input, peers } = await scripted(
    polite({ t: 'reset', id: 1, why: 'trimmed', earliest: at(5), tail: at(9), lost: 3 }),
    { onGap: 'restart' },
  )
  expect(await failureOf(durable(input, recordedRequest({ position: at(1) })))).toMatchObject({ code: 'gap' })
  expect(peers.length).toBeLessThan(6)
})

test('hanging up at any stage of the greeting is typed, and giving up at any stage leaves no socket', async () => {
  for (const stage of ['hello', 'sub']) {
    const rude = await scripted(({ t }, peer) => {
      if (t === 'hello' && stage !== 'hello') peer.send(WELCOME)
      if (t === stage) peer.socket.close(1000)
    })
    expect(await failureOf(durable(rude.input, recordedRequest()))).toMatchObject({ code: 'interrupted' })
    const request = recordedRequest()
    const silent = await scripted(({ t }, peer) => {
      if (t === 'hello' && stage !== 'hello') peer.send(WELCOME)
      if (t === stage) request.abort()
    })
    expect(await failureOf(durable(silent.input, request))).toMatchObject({ code: 'aborted' })
    await until(() => silent.peers[0]?.socket.readyState === 3)
    expect(await silent.server.open()).toBe(0)
  }
})

test.each<[string, Parameters<typeof socketServer>]>([
  ['one without our sub-protocol', [undefined, { handleProtocols: () => false }]],
  ['one that echoes', [(socket) => socket.on('message', (data) => socket.send(String(data)))]],
  ['one that talks of something else', [(socket) => socket.send('hello there')]],
])('another kind of WebSocket server, %s, is `not_a_stream_server`', async (_name, how) => {
  const server = await socketServer(...how)
  onTestFinished(() => server.close())
  const input: DurableInput = { url: `${server.url.replace('ws:', 'http:')}v1/stream/x`, via: 'websocket' }
  expect(await failureOf(durable(input, recordedRequest()))).toMatchObject({ code: 'not_a_stream_server' })
  await until(() => server.connections.every((socket) => socket.readyState === 3))
})

test('a bearer token greets instead of standing in a header, which no page could set, and is made anew for each attempt', async () => {
  const { link, peer, server } = await dialled(polite(), recordedRequest({ attempt: 3 }), {
    headers: ({ attempt }) => ({ Authorization: `Bearer secret-${attempt}`, 'X-App': '1' }),
  })
  expect(peer.frames[0]).toMatchObject({ t: 'hello', token: 'secret-3' })
  expect(server.requests[0]?.headers).toMatchObject({ 'x-app': '1' })
  expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
  link.close()
})
