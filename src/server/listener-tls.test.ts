import { once } from 'node:events'
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import { request } from 'node:https'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import {
  certificate,
  everything,
  knock,
  nextBytes,
  SHORT_TIMES,
  startListener,
} from './operations/testing/listening.ts'

let tls: { cert: string; key: string }

beforeAll(async () => {
  tls = await certificate()
})

const GET = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function session(url: string): Promise<ClientHttp2Session> {
  const client = connect(url, { ca: tls.cert })
  client.on('error', () => {})
  onTestFinished(() => client.destroy())
  await once(client, 'connect')
  return client
}

/** One request over HTTP/2. */
async function ask(client: ClientHttp2Session, headers: Record<string, string>) {
  const stream = client.request(headers)
  stream.on('error', () => {})
  const closed = new Promise((resolve) => stream.on('close', resolve))
  let status: number | undefined
  let text = ''
  stream.on('response', (answer) => {
    status = answer[':status']
  })
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  await closed
  return { status, text, code: stream.rstCode }
}

test('HTTP/2, HTTP/1.1 and WebSocket live on one port', async () => {
  const sockets = new WebSocketServer({ noServer: true })
  sockets.on('connection', (socket) => socket.send('hello'))
  const { url, port } = await startListener(
    { tls },
    {
      upgrade: (incoming, socket, head) =>
        sockets.handleUpgrade(incoming, socket, head, (it) => sockets.emit('connection', it)),
    },
  )
  expect(url).toBe(`https://127.0.0.1:${port}`)
  expect((await ask(await session(url), { ':path': '/a' })).text).toBe('2.0 GET /a')
  const [response] = await once(request(`${url}/a`, { ca: tls.cert }).end(), 'response')
  const [body] = await once(response, 'data')
  expect(String(body)).toBe('1.1 GET /a')
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { ca: tls.cert })
  const [greeting] = await once(socket, 'message')
  expect(String(greeting)).toBe('hello')
  socket.terminate()
})

test('without http2 only HTTP/1.1 is offered', async () => {
  const { port } = await startListener({ tls, http2: false })
  const socket = await knock(port, { ALPNProtocols: ['h2', 'http/1.1'] })
  socket.write(GET)
  expect(await nextBytes(socket)).toContain('1.1 GET /a')
})

test('TLS before 1.2 is refused by the handshake, and by the options', async () => {
  const { port } = await startListener({ tls })
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  await expect(knock(port, old)).rejects.toMatchObject({
    code: expect.stringMatching(/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/),
  })
  await expect(startListener({ tls: { ...tls, minVersion: 'TLSv1.1' } })).rejects.toThrow('minVersion')
  await startListener({ tls: { ...tls, minVersion: 'TLSv1.3' } })
})

test('a certificate that is none is said when the server begins to listen', async () => {
  await expect(startListener({ tls: { cert: 'x', key: 'y' } })).rejects.toThrow()
})

test('what is no request is refused over TLS as it is in the clear', async () => {
  const { port } = await startListener({ tls })
  for (const [bytes, status] of [
    ['rubbish\r\n\r\n', '400'],
    [`GET /a HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(17 * 1024)}\r\n\r\n`, '431'],
    ['GET /a HTTP/1.1\r\n\r\n', '400'],
    ['OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', '400'],
    [`GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${'A: b\r\n'.repeat(99)}\r\n`, '431'],
    [`GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${'A: b\r\n'.repeat(2_100)}\r\n`, '431'],
  ] as const) {
    const socket = await knock(port, {})
    const answer = everything(socket)
    socket.write(bytes)
    expect((await answer).slice(9, 12)).toBe(status)
  }
})

test('HTTP/2 is held to the same shape: no TRACE, no CONNECT, 100 headers', async () => {
  const { url } = await startListener({ tls })
  const client = await session(url)
  const headers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, 'b']))
  expect((await ask(client, { ':path': '/a', ...headers(100) })).status).toBe(200)
  expect((await ask(client, { ':path': '/a', ...headers(101) })).status).toBe(431)
  expect((await ask(client, { ':path': '/a', ...headers(500) })).status).not.toBe(200)
  const again = await session(url)
  expect((await ask(again, { ':path': '/a', ':method': 'TRACE' })).status).toBe(405)
  expect((await ask(again, { ':path': 'http://y/a' })).status).not.toBe(200)
  expect((await ask(again, { ':method': 'CONNECT', ':authority': 'x:443' })).status).toBe(405)
  expect((await ask(again, { ':path': '/a' })).status).toBe(200)
})

test('a session that resets its streams over and over is ended, and the others go on', async () => {
  let opened = 0
  const { url } = await startListener(
    { tls },
    {
      request(_request, response) {
        opened++
        response.write('x')
      },
    },
  )
  const [attacker, other] = [await session(url), await session(url)]
  const page = other.request({ ':path': '/a' })
  await once(page, 'response')
  let dismissed = false
  attacker.on('goaway', () => {
    dismissed = true
  })
  while (!dismissed && opened < 3_000) {
    const stream = attacker.request({ ':path': '/a' })
    stream.on('error', () => {})
    // In the same turn it would not even be sent.
    await new Promise(setImmediate)
    stream.close(constants.NGHTTP2_CANCEL)
    await new Promise(setImmediate)
  }
  expect(dismissed).toBe(true)
  // Node 20 has a fixed limit of 1,000.
  expect(opened).toBeLessThan(1_200)
  const again = other.request({ ':path': '/b' })
  expect(String(await once(again, 'data'))).toBe('x')
})

test('a client that shakes hands and says nothing is let go', async () => {
  const { url, port } = await startListener({ tls }, { place: { times: SHORT_TIMES } })
  const quiet = await session(url)
  if (!quiet.closed) await once(quiet, 'close')
  const answer = await everything(await knock(port, {}))
  expect(answer).toContain('408')
  // Below TLS, without a handshake.
  expect(await everything(await knock(port))).toBe('')
})

test('a session that is not used any more is let go, too', async () => {
  const { url } = await startListener({ tls }, { place: { times: SHORT_TIMES } })
  const client = await session(url)
  expect((await ask(client, { ':path': '/a' })).status).toBe(200)
  expect(client.closed).toBe(false)
  if (!client.closed) await once(client, 'close')
})

test('closing lets open streams of HTTP/2 finish, and idle sessions go', async () => {
  const finish: (() => void)[] = []
  const { url, close } = await startListener(
    { tls },
    {
      request(_request, response) {
        response.write('first')
        finish.push(() => response.end(' last'))
      },
    },
  )
  const [busy, idle] = [await session(url), await session(url)]
  const answer = ask(busy, { ':path': '/a' })
  while (finish.length === 0) await new Promise(setImmediate)
  const gone = once(idle, 'close')
  const closed = close()
  await gone
  finish[0]?.()
  expect((await answer).text).toBe('first last')
  await closed
})

test('cutting ends sessions, connections and handshakes at once', async () => {
  const { url, port, close, cut } = await startListener(
    { tls },
    { request: (_request, response) => void response.write('x') },
  )
  const client = await session(url)
  const stream = client.request({ ':path': '/a' })
  stream.on('error', () => {})
  await once(stream, 'response')
  const over11 = await knock(port, {})
  over11.write(GET)
  await nextBytes(over11)
  const handshaking = await knock(port)
  const closed = close()
  cut()
  await closed
  await Promise.all([everything(over11), everything(handshaking)])
})

test('a body over HTTP/2 is asked for when it is read', async () => {
  const { url } = await startListener(
    { tls },
    {
      request(incoming, response) {
        if (incoming.url === '/refused') {
          response.statusCode = 413
          response.end()
        } else incoming.on('data', (chunk) => response.end(`got ${chunk}`))
      },
    },
  )
  const client = await session(url)
  const taken = client.request({ ':path': '/a', ':method': 'POST', expect: '100-continue' })
  await once(taken, 'continue')
  taken.end('abc')
  expect(String(await once(taken, 'data'))).toBe('got abc')
  let continued = false
  const refused = client.request({ ':path': '/refused', ':method': 'POST', expect: '100-continue' })
  refused.on('continue', () => {
    continued = true
  })
  const [headers] = await once(refused, 'response')
  expect([headers[':status'], continued]).toEqual([413, false])
  refused.close()
})
