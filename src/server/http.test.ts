import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createStreamServer } from './index.ts'
import { manualClock } from './testing/manual-clock.ts'
import { eventually, exchangeRaw, mountServer, recordsIn, startServer } from './testing/rig.ts'

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`

describe('the door', () => {
  test('sets the standing headers on every answer, refusals included', async () => {
    const { at, server } = await startServer()
    server.stream('a')
    for (const response of [await fetch(at('a')), await fetch(at('nothing')), await fetch(at('a', '?offset=x'))]) {
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-site',
        vary: 'Origin, Authorization',
        'statewire-protocol': '1',
      })
      expect(response.headers.get('timing-allow-origin')).toBeNull()
    }
  })

  test('refuses other methods with 405 and says which there are', async () => {
    const { at } = await startServer()
    for (const method of ['PATCH', 'PROPFIND']) {
      const response = await fetch(at('a'), { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, POST, DELETE, OPTIONS'])
    }
  })

  test('refuses paths that mean something else once decoded', async () => {
    const { port } = await startServer({ autoCreate: true })
    const bad = ['', 'a/../b', '%2e%2e', 'a//b', 'a%2Fb', 'a%5Cb', 'a%00b', 'a\\b', '%C0%AF', '%', 'a b', 'ä']
    const long = ['x'.repeat(129), Array(9).fill('a').join('/'), Array(5).fill('x'.repeat(120)).join('/')]
    for (const path of [...bad, ...long].map(encodeURI).map((path) => path.replaceAll('%25', '%')))
      expect(await exchangeRaw(port, get(`/v1/stream/${path}`))).toMatch(/^HTTP\/1\.1 400 .*"code":"bad_path"/s)
    expect(await exchangeRaw(port, get('/v1/stream/__ds/x'))).toMatch(/^HTTP\/1\.1 404 /)
    expect(await exchangeRaw(port, get('/v1/stream/a.b_c~d-e/%41'))).toMatch(/^HTTP\/1\.1 404 /)
  })

  test('leaves other paths to others, and our own listener answers those with 404', async () => {
    const streams = createStreamServer({ allowAnonymous: true })
    const outer = createServer(async (req, res) => {
      if (await streams.handle(req, res)) return
      res.end(`mine: ${res.getHeaderNames().length}`)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void outer.close())
    await once(outer, 'listening')
    const { port } = outer.address() as AddressInfo
    expect(await (await fetch(`http://127.0.0.1:${port}/v1/other`)).text()).toBe('mine: 0')
    expect((await fetch(`http://127.0.0.1:${port}/v1/stream/a`)).status).toBe(404)
    const { url } = await startServer()
    expect(await (await fetch(`${url}/favicon.ico`)).json()).toMatchObject({ code: 'no_such_endpoint' })
  })

  test('works behind the compatibility layer of HTTP/2, without the headers that are forbidden there', async () => {
    const streams = createStreamServer({ allowAnonymous: true })
    await streams.stream('a').append(1, 2, ...Array<string>(100).fill('x'.repeat(20_000)))
    await streams.stream('a').close()
    const server = createHttp2Server((req, res) => void streams.handle(req, res)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      session.destroy()
      server.close()
    })
    const ask = async (headers: Record<string, string>, body?: Buffer) => {
      const stream = session.request(headers, { endStream: body === undefined })
      if (body !== undefined) stream.end(body)
      const [answer] = await once(stream, 'response')
      let text = ''
      for await (const chunk of stream.setEncoding('utf8')) text += chunk
      return { status: answer[':status'], text }
    }
    const read = await ask({ ':path': '/v1/stream/a?offset=-1&live=sse' })
    expect([read.status, recordsIn(read.text)]).toMatchObject([200, { length: 102 }])
    const origin = { origin: 'http://elsewhere.example', 'content-type': 'application/json' }
    const post = { ':method': 'POST', ':path': '/v1/stream/a' }
    expect((await ask({ ...post, ...origin }, Buffer.from('1'))).status).toBe(403)
    expect((await ask({ ...post, 'content-type': 'application/json' }, Buffer.alloc(1024 * 1024 + 1))).status).toBe(413)
  })
})

describe('a body over 1 MiB', () => {
  const tooLong = 1024 * 1024 + 1

  test.each([
    ['announced', { 'Content-Length': String(tooLong) }],
    ['in chunks that announce nothing', {}],
  ])('is refused with 413 and not read to its end: %s', async (_how, headers) => {
    const { port, server } = await startServer()
    server.stream('a')
    const options = { port, path: '/v1/stream/a', method: 'POST', agent: false }
    const sending = request({ ...options, headers: { 'Content-Type': 'application/json', ...headers } })
    sending.on('error', () => {})
    sending.write(Buffer.alloc(tooLong - 1, 0x20))
    sending.write(' ')
    const [response] = await once(sending, 'response')
    expect([response.statusCode, response.headers.connection]).toEqual([413, 'close'])
    response.resume()
    await once(response, 'close')
    expect(server.stream('a').tail.seq).toBe(0)
  })

  test('is still good when it is exactly 1 MiB', async () => {
    const { at, server } = await startServer()
    server.stream('a', 'text/plain')
    const headers = { 'Content-Type': 'text/plain' }
    expect((await fetch(at('a'), { method: 'POST', headers, body: 'x'.repeat(1024 * 1024) })).status).toBe(204)
  })
})

test('a body that is announced and does not come is refused with 408 within 30 s, and nothing is appended', async () => {
  const clock = manualClock()
  const { url, server, responses } = await mountServer({ clock })
  const port = Number(new URL(url).port)
  server.stream('a')
  const head =
    'POST /v1/stream/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[1'
  const answer = exchangeRaw(port, head)
  await eventually(() => responses.length === 1)
  await new Promise(setImmediate)
  clock.advance(30_000)
  await eventually(() => responses[0]?.headersSent === true)
  clock.advance(1_000)
  expect(await answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(server.stream('a').tail.seq).toBe(0)
})

describe('a page of another origin', () => {
  const listed = 'https://app.example'
  const preflight = (origin: string) => ({ method: 'OPTIONS', headers: { Origin: origin } })

  test('that is listed may ask, and sees our headers', async () => {
    const { at, server } = await startServer({ origins: [listed] })
    server.stream('a').append(1)
    const before = await fetch(at('a'), preflight(listed))
    expect([before.status, before.headers.get('access-control-allow-origin')]).toEqual([204, listed])
    expect(before.headers.get('access-control-max-age')).toBe('600')
    for (const name of ['last-event-id', 'if-none-match', 'producer-id', 'authorization', 'content-type'])
      expect(before.headers.get('access-control-allow-headers')).toContain(name)
    const read = await fetch(at('a', '?offset=-1&live=long-poll'), { headers: { Origin: listed } })
    expect(read.headers.get('access-control-allow-origin')).toBe(listed)
    expect(read.headers.get('access-control-allow-credentials')).toBeNull()
    for (const name of ['Stream-Next-Offset', 'Stream-Reset', 'Producer-Expected-Seq', 'ETag', 'Retry-After'])
      expect(read.headers.get('access-control-expose-headers')).toContain(name)
  })

  test.each(['https://app.example.evil.example', 'https://evil.example', 'http://app.example', 'null', 'garbage'])(
    'that is not learns nothing: %s',
    async (origin) => {
      const { at, server } = await startServer({ origins: [listed] })
      server.stream('a').append(1)
      const before = await fetch(at('a'), preflight(origin))
      expect([before.status, before.headers.get('access-control-allow-origin')]).toEqual([204, null])
      const plain = await fetch(at('a'), { headers: { Origin: origin } })
      expect([plain.status, plain.headers.get('access-control-allow-origin')]).toEqual([200, null])
      for (const init of [{ method: 'POST', body: '1' }, { method: 'PUT' }, { method: 'DELETE' }])
        expect((await fetch(at('a'), { ...init, headers: { Origin: origin } })).status).toBe(403)
      expect((await fetch(at('a', '?offset=-1&live=sse'), { headers: { Origin: origin } })).status).toBe(403)
      expect(server.stream('a').tail.seq).toBe(1)
    },
  )

  test('is recognised as our own by its host', async () => {
    const { at, url, server } = await startServer()
    server.stream('a').append(1)
    const headers = { Origin: url, 'Content-Type': 'application/json' }
    expect((await fetch(at('a'), { method: 'POST', headers, body: '2' })).status).toBe(204)
  })
})
