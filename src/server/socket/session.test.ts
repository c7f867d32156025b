import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { manualClock } from '../testing/manual-clock.ts'
import { eventually, mountServer, startServer } from '../testing/rig.ts'
import { greet, openSocket } from '../testing/socket-rig.ts'

describe('the greeting', () => {
  test('is answered with the agreed interval and the limits', async () => {
    const { url } = await startServer()
    for (const [asked, agreed] of [
      [undefined, 5_000],
      [0, 1_000],
      [7_000, 7_000],
      [999_999, 60_000],
    ]) {
      const { frames } = await greet(url, { pingMs: asked })
      expect(frames).toEqual([
        {
          t: 'welcome',
          v: 1,
          conn: expect.any(String),
          pingMs: agreed,
          limits: { frameBytes: 65_536, subscriptions: 128, records: 1000, unacknowledged: 64 },
        },
      ])
    }
  })

  test('has to come within 10 s', async () => {
    const clock = manualClock()
    const { url, server } = await startServer({ clock })
    const { closed } = await openSocket(url)
    clock.advance(10_000)
    expect(await closed).toEqual({ code: 4211, reason: 'hello_timeout' })
    await eventually(() => server.connections === 0)
  })

  test.each([
    ['another frame', { t: 'ping' }, 4000],
    ['an unknown frame', { t: 'what' }, 4000],
    ['a hello with a wrong field', { t: 'hello', v: 1, agent: 5 }, 4000],
    ['another version', { t: 'hello', v: 2 }, 4026],
  ])('is refused when it is %s', async (_what, frame, code) => {
    const { url } = await startServer()
    const raw = await openSocket(url)
    raw.send(frame)
    expect((await raw.closed).code).toBe(code)
  })

  test('comes once', async () => {
    const { url } = await startServer()
    const raw = await greet(url)
    raw.send({ t: 'hello', v: 1 })
    expect((await raw.closed).code).toBe(4000)
  })
})

describe('a frame that is wrong', () => {
  test.each(['', 'x', '[]', 'null', '42', '"t"'])('beyond talking to closes with 4000: %j', async (text) => {
    const { url } = await startServer()
    const raw = await greet(url)
    raw.send(text)
    expect((await raw.closed).code).toBe(4000)
  })

  test('in binary closes with 1003, over 64 KiB with 1009, with bad UTF-8 with 1007', async () => {
    const { url } = await startServer()
    const binary = await greet(url)
    binary.socket.send(new Uint8Array([1]))
    expect((await binary.closed).code).toBe(1003)
    const large = await greet(url)
    const ping = '{"t":"ping"}'
    large.send(ping.padEnd(65_536))
    await large.until((frame) => frame.t === 'pong')
    large.send(ping.padEnd(65_537))
    expect((await large.closed).code).toBe(1009)
    const broken = await greet(url)
    broken.socket.send(new Uint8Array([0xff]), { binary: false })
    expect((await broken.closed).code).toBe(1007)
    const pieces = await greet(url)
    for (let piece = 0; piece < 100; piece++) pieces.socket.send('', { fin: false })
    expect([1008, 1009]).toContain((await pieces.closed).code)
  })

  test('in one field is told which, never what was in it', async () => {
    const { url } = await startServer()
    const good = { t: 'sub', id: 1, s: 'a', o: '-1' }
    const pub = { t: 'pub', s: 'a', pid: 'p', e: 0, q: 0, d: [1] }
    const wrong: [unknown, string][] = [
      [{ ...good, s: undefined }, 's'],
      [{ ...good, secret: 'hunter2' }, 'secret'],
      [{ ...good, o: 5 }, 'o'],
      [{ ...good, id: -1 }, 'id'],
      [{ ...good, id: 2 ** 53 }, 'id'],
      [{ ...good, id: '1' }, 'id'],
      ['{"t":"sub","id":1e309,"s":"a","o":"-1"}', 'id'],
      [{ ...good, max: 0 }, 'max'],
      [{ ...pub, d: [] }, 'd'],
      [{ ...pub, d: undefined }, 'd'],
      [{ ...pub, b: ['AA=='] }, 'd'],
      [{ ...pub, d: undefined, b: ['?'] }, 'b'],
      [{ ...pub, pid: 'a b' }, 'pid'],
      [{ ...pub, q: 1.5 }, 'q'],
      [{ t: 'unsub', id: 1 }, 'a'],
      [{ id: 3 }, 't'],
      [{ t: 7 }, 't'],
      [{ t: 'ping', k: {} }, 'k'],
    ]
    for (const [frame, field] of wrong) {
      const raw = await greet(url)
      raw.send(frame)
      const error = await raw.until(({ t }) => t === 'err')
      expect(error).toMatchObject({ code: 'bad_frame', msg: `The field ${field} is not right.` })
      expect(JSON.stringify(error)).not.toContain('hunter2')
      expect(raw.socket.readyState).toBe(WebSocket.OPEN)
      raw.socket.terminate()
    }
  })

  test('of unknown type or too deep is answered, and ten within 10 s are too many', async () => {
    const clock = manualClock()
    const { url } = await startServer({ clock })
    const raw = await greet(url, { pingMs: 60_000 })
    raw.send({ t: 'what', id: 3 })
    expect(await raw.until(({ t }) => t === 'err')).toMatchObject({ id: 3, code: 'unknown_type' })
    raw.send({ t: 'constructor' })
    raw.send(`{"t":"ping","k":${'['.repeat(33)}${']'.repeat(33)}}`.replace('"k":', '"k":['))
    raw.send('['.repeat(60_000))
    await eventually(() => raw.frames.filter(({ code }) => code === 'too_deep').length === 2)
    clock.advance(10_000)
    for (let count = 0; count < 9; count++) raw.send({ t: 'what' })
    raw.send({ t: 'ping', k: 'still here' })
    expect(await raw.until(({ t }) => t === 'pong')).toEqual({ t: 'pong', k: 'still here' })
    raw.send({ t: 'what' })
    expect((await raw.closed).code).toBe(4000)
  })
})

describe('too many frames', () => {
  const limits = { frames: { perSecond: 10, burst: 20 } }

  test.each([
    ['pings of the protocol', (socket: WebSocket) => socket.ping()],
    ['pongs of the protocol', (socket: WebSocket) => socket.pong()],
    ['frames of ours', (socket: WebSocket) => socket.send('{"t":"ping"}')],
  ])('end the connection with a pause, when they are %s', async (_what, send) => {
    const { url, server } = await startServer({ limits, clock: manualClock() })
    const bystander = await greet(url)
    const raw = await greet(url)
    // The greeting was the first.
    for (let count = 1; count < 20; count++) send(raw.socket)
    raw.socket.ping()
    expect(await raw.closed).toEqual({ code: 4229, reason: 'rate_limited ms=100' })
    bystander.send({ t: 'ping', k: 1 })
    await bystander.until(({ t }) => t === 'pong')
    await eventually(() => server.connections === 1)
  })

  test('are read no further when they go on all the same, and the peer hears why', async () => {
    const { url, sockets } = await mountServer({ limits })
    const raw = await greet(url)
    // Below `ws`, which would stop when it is told to close.
    const { _socket: stream } = raw.socket as unknown as { readonly _socket: Socket }
    const pings = Buffer.concat(Array<Buffer>(10_000).fill(Buffer.from([0x89, 0x80, 0, 0, 0, 0])))
    const flood = (): void => {
      while (stream.writable && stream.write(pings));
    }
    stream.on('drain', flood)
    flood()
    await eventually(() => sockets[0]?.isPaused() === true)
    sockets[0]?.destroy()
    expect((await raw.closed).code).toBe(4229)
  })
})
