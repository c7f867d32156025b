import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { webSocket } from './websocket.ts'
import {
  bareServer,
  type Cleanup,
  failureOf,
  readSome,
  recordedRequest,
  socketServer,
  switching,
  turns,
  until,
} from './websocket-rig.ts'

const cleanups: Cleanup[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(...args: Parameters<typeof socketServer>) {
  const server = await socketServer(...args)
  cleanups.push(server.close)
  return server
}

async function serveBare(...args: Parameters<typeof bareServer>) {
  const server = await bareServer(...args)
  cleanups.push(server.close)
  return server
}

describe('closing', () => {
  test('is idempotent, settles a pending read, tells the server code and reason, and drops what is late', async () => {
    const { url, connections } = await serve((socket) => socket.on('close', () => {}))
    const link = await webSocket({ url }, recordedRequest())
    const closed = new Promise((resolve) =>
      connections[0]?.on('close', (code, reason) => resolve([code, String(reason)])),
    )
    const seen: unknown[] = []
    const reading = link.read((item) => seen.push(item) > 0)
    reading.catch(() => {})
    for (let n = 0; n < 100; n++) connections[0]?.send('late')
    link.close(4321, 'r'.repeat(200))
    link.close()
    await expect(reading).rejects.toMatchObject({ code: 'aborted' })
    expect(await closed).toEqual([4321, 'r'.repeat(123)])
    expect(seen).toEqual([])
    await expect(link.read(() => true)).rejects.toMatchObject({ code: 'aborted' })
  })

  test.each([1006, 999, 5000])('with %i, a code that nobody may send, closes all the same', async (code) => {
    const { url, connections } = await serve()
    const link = await webSocket({ url }, recordedRequest())
    link.close(code)
    await until(() => connections[0]?.readyState === 3)
  })

  test('reaches a server that is not being read', async () => {
    const { url, connections, open } = await serve((socket) => {
      for (let n = 0; n < 300; n++) socket.send('x'.repeat(65_536))
    })
    const link = await webSocket({ url }, recordedRequest())
    await readSome(link, 1)
    link.close(1000)
    await until(() => connections[0]?.readyState === 3)
    expect(await open()).toBe(0)
  })

  test('waits no more than 5 s for the server to close too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let bare: import('node:net').Socket | undefined
    const { url } = await serveBare((socket, accept) => {
      bare = socket
      socket.write(switching(accept))
    })
    const link = await webSocket({ url }, recordedRequest())
    let gone = false
    bare?.on('close', () => {
      gone = true
    })
    const frame = new Promise((resolve) => bare?.once('data', resolve))
    link.close(1000)
    await frame
    vi.advanceTimersByTime(4999)
    await turns(20)
    expect(gone).toBe(false)
    vi.advanceTimersByTime(1)
    await until(() => gone)
  })
})

describe('getting connected', () => {
  test('sends headers and query, and names the granted sub-protocol', async () => {
    const seen: unknown[] = []
    const { url } = await serve(
      (_socket, { headers, url: path }) =>
        seen.push([headers.authorization, headers['sec-websocket-extensions'], path]),
      {
        handleProtocols: (offered) => (offered.has('b') ? 'b' : false),
      },
    )
    const headers = async ({ attempt }: { attempt: number }) => ({ Authorization: `Bearer ${attempt}` })
    const input = { url: url.replace('ws:', 'http:'), protocols: ['a', 'b'], headers, query: { room: 'é 1' } }
    const link = await webSocket(input, recordedRequest({ attempt: 3 }))
    expect(link.protocol).toBe('websocket:b')
    expect(seen).toEqual([['Bearer 3', undefined, '/?room=%C3%A9+1']])
    link.close()
  })

  test('fails clearly when the server grants no sub-protocol, or one that nobody asked for', async () => {
    const { url, open } = await serve(undefined, { handleProtocols: () => false })
    expect(await failureOf(webSocket({ url, protocols: 'a' }, recordedRequest()))).toMatchObject({
      code: 'unsupported',
    })
    const liar = await serveBare((socket, accept) => socket.write(switching(accept, 'Sec-WebSocket-Protocol: z')))
    expect(await failureOf(webSocket({ url: liar.url, protocols: 'a' }, recordedRequest()))).toMatchObject({
      code: 'unsupported',
    })
    await until(() => liar.sockets.size === 0)
    expect(await open()).toBe(0)
  })

  test.each([
    [
      'HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n',
      { code: 'http_status', status: 503, retryAfterMs: 7000 },
    ],
    ['HTTP/1.1 401 No\r\nContent-Length: 6\r\n\r\nsecret', { code: 'http_status', status: 401 }],
    [
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<!do',
      { code: 'http_status', status: 200 },
    ],
    [
      'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n',
      { code: 'redirect_refused', status: 302 },
    ],
    [switching('wrong'), { code: 'not_a_stream_server' }],
    ['SSH-2.0-OpenSSH_9.2\r\n', { code: 'network' }],
  ])('an answer of %j is a typed error and leaves no socket', async (answer, expected) => {
    const server = await serveBare((socket) => socket.write(answer))
    expect(await failureOf(webSocket({ url: server.url }, recordedRequest()))).toMatchObject(expected)
    await until(() => server.sockets.size === 0)
  })

  test('refused, reset and half-dead servers are `network`', async () => {
    const server = await socketServer()
    await server.close()
    expect(await failureOf(webSocket({ url: server.url }, recordedRequest()))).toMatchObject({ code: 'network' })
    const reset = await serveBare((socket) => socket.resetAndDestroy())
    expect(await failureOf(webSocket({ url: reset.url }, recordedRequest()))).toMatchObject({ code: 'network' })
  })

  test('an unknown certificate is `tls`, a trusted one is not', async () => {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    const https = createTlsServer({ key: pems.private, cert: pems.cert })
    const server = new WebSocketServer({ server: https })
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => {
      for (const client of server.clients) client.terminate()
      https.close()
    })
    server.on('connection', (socket) => socket.send('safe'))
    const url = `wss://127.0.0.1:${(https.address() as AddressInfo).port}/`
    expect(await failureOf(webSocket({ url }, recordedRequest()))).toMatchObject({ code: 'tls' })
    const link = await webSocket({ url, tls: { ca: pems.cert } }, recordedRequest())
    expect((await readSome(link, 1))[0]?.data).toBe('safe')
    link.close()
  })
})

describe('giving up', () => {
  test('before, during and after the handshake leaves no socket', async () => {
    const before = recordedRequest()
    before.abort()
    const { url, open, connections } = await serve()
    expect(await failureOf(webSocket({ url }, before))).toMatchObject({ code: 'aborted' })
    expect(connections).toHaveLength(0)

    const early = recordedRequest()
    const dialling = failureOf(webSocket({ url }, early))
    early.abort()
    expect(await dialling).toMatchObject({ code: 'aborted' })

    const silent = await serveBare(() => during.abort())
    const during = recordedRequest()
    expect(await failureOf(webSocket({ url: silent.url }, during))).toMatchObject({ code: 'aborted' })
    await until(() => silent.sockets.size === 0)

    const after = recordedRequest()
    const link = await webSocket({ url }, after)
    const reading = link.read(() => true)
    after.abort()
    await expect(reading).rejects.toMatchObject({ code: 'aborted' })
    await until(() => connections.every((socket) => socket.readyState === 3))
    expect(await open()).toBe(0)
  })
})
