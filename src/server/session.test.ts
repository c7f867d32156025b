import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { manualClock } from './testing/manual-clock.ts'
import { eventually, startServer } from './testing/rig.ts'
import { greet, openSocket } from './testing/socket-rig.ts'

/** Status and problem of an upgrade that is refused. */
async function refusedUpgrade(url: string, protocols: string[], headers: Record<string, string> = {}) {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers })
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, problem: JSON.parse(body) }
}

describe('the greeting', () => {
  test('needs our sub-protocol, our path, and an origin that is allowed', async () => {
    const { url } = await startServer({ origins: ['https://app.example'] })
    for (const protocols of [[], ['other'], ['statewire.v1.cbor']]) {
      const { status, problem } = await refusedUpgrade(`${url}/v1/ws`, protocols)
      expect([status, problem.code]).toEqual([400, 'sub_protocol_required'])
      expect(problem.title).toContain('statewire.v1.json')
    }
    const ours = ['statewire.v1.json']
    expect((await refusedUpgrade(`${url}/v1/other`, ours)).status).toBe(404)
    for (const Origin of ['null', 'https://app.example.evil.example'])
      expect((await refusedUpgrade(`${url}/v1/ws`, ours, { Origin })).status).toBe(403)
    const { socket } = await openSocket(url, { headers: { Origin: 'https://app.example' } })
    expect([socket.protocol, socket.extensions]).toEqual(['statewire.v1.json', ''])
  })

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
    const { url } = await startServer({ clock })
    const { closed } = await openSocket(url)
    clock.advance(10_000)
    expect(await closed).toEqual({ code: 4211, reason: 'hello_timeout' })
    await eventually(() => clock.pending === 0)
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

  test('that asks for what comes later is refused, and the connection stays', async () => {
    const { url } = await startServer()
    const raw = await greet(url)
    raw.send({ t: 'auth', token: 'secret' })
    expect(await raw.until(({ t }) => t === 'err')).toMatchObject({ code: 'unsupported' })
  })
})

describe('liveness', () => {
  test('the server asks after an interval of silence, and closes with 4210 after two intervals and 5 s', async () => {
    const clock = manualClock()
    const { url } = await startServer({ clock })
    const raw = await greet(url, { pingMs: 2_000 })
    const pings = () => raw.frames.filter(({ t }) => t === 'ping').length
    clock.advance(1_999)
    expect(pings()).toBe(0)
    clock.advance(1)
    await eventually(() => pings() === 1)
    clock.advance(7_000 - 1)
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
    clock.advance(1)
    expect(await raw.closed).toEqual({ code: 4210, reason: 'no_pong' })
    await eventually(() => clock.pending === 0)
  })

  test('any frame of the client counts, and a client that only listens is asked while records flow', async () => {
    const clock = manualClock()
    const { url, server } = await startServer({ clock })
    const room = server.stream('a')
    const raw = await greet(url, { pingMs: 1_000 })
    raw.send({ t: 'sub', id: 1, s: 'a', o: '-1' })
    await raw.until(({ t }) => t === 'live')
    for (let second = 1; second <= 20; second++) {
      clock.advance(500)
      room.append(second)
      await raw.until(({ t, n }) => t === 'm' && n === second)
      clock.advance(500)
      await eventually(() => raw.frames.filter(({ t }) => t === 'ping').length === second)
      raw.send({ t: 'pong' })
      raw.send({ t: 'ping', k: second })
      await raw.until(({ t, k }) => t === 'pong' && k === second)
    }
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
  })
})
