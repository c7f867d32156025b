import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { everything, knock, nextBytes, SHORT_TIMES, say, startListener } from './operations/testing/listening.ts'

const GET = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'
const LAST_GET = 'GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

function status(answer: string): string {
  return answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3)
}

test('an ordinary request reaches its door', async () => {
  const { port, url } = await startListener()
  expect(url).toBe(`http://127.0.0.1:${port}`)
  expect(await (await fetch(`${url}/a`)).text()).toBe('1.1 GET /a')
})

test.each([
  ['TRACE', 'TRACE /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', '405'],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: localhost\r\n\r\n', '405'],
  ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', '400'],
  ['an absolute target', 'GET http://y/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', '400'],
  ['HTTP/0.9', 'GET /a\r\n\r\n', '400'],
  ['no Host', 'GET /a HTTP/1.1\r\nConnection: close\r\n\r\n', '400'],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400'],
  ['a header with NUL', 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n', '400'],
  ['a bare CR in a header', 'GET /a HTTP/1.1\r\nHost: localhost\r\nA: b\rc: d\r\n\r\n', '400'],
  ['a space before the colon', 'GET /a HTTP/1.1\r\nHost : x\r\n\r\n', '400'],
  [
    'two lengths that differ',
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    '400',
  ],
  [
    'a length and a transfer encoding',
    'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  ['a header block of 17 KiB', `GET /a HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(17 * 1024)}\r\n\r\n`, '431'],
  [
    '101 headers',
    `GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${Array.from({ length: 99 }, (_, at) => `A${at}: b\r\n`).join('')}\r\n`,
    '431',
  ],
  [
    'an expectation nobody knows',
    'GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: tea\r\n\r\n',
    '417',
  ],
])('%s is refused, and the door never hears of it', async (_what, bytes, expected) => {
  let heard = 0
  const { port, url } = await startListener({}, { request: (_request, response) => void response.end(`${++heard}`) })
  const answer = await say(port, bytes)
  expect(status(answer)).toBe(expected)
  expect(await (await fetch(`${url}/b`)).text()).toBe('1')
})

test('100 headers are taken', async () => {
  const { port } = await startListener()
  const headers = Array.from({ length: 98 }, (_, at) => `A${at}: b\r\n`).join('')
  expect(await say(port, `GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`)).toContain(
    '1.1 GET /a',
  )
})

test('what is refused says why in problem+json, and the rest of a flood gets no further answer', async () => {
  const { port } = await startListener()
  const answer = await say(port, `rubbish\r\n${'x'.repeat(200_000)}`)
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  expect(answer).toContain('application/problem+json')
  expect(answer).toContain('"code":"bad_request"')
  expect(answer).not.toContain('rubbish')
})

test('an upgrade with too many headers is refused before the door', async () => {
  let heard = 0
  const { port } = await startListener({}, { upgrade: () => void heard++ })
  const headers = Array.from({ length: 100 }, (_, at) => `A${at}: b\r\n`).join('')
  const upgrade = `GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`
  expect(status(await say(port, upgrade))).toBe('431')
  expect(heard).toBe(0)
})

test('bad chunks after a good head get 400 while nothing was answered, and no second answer afterwards', async () => {
  const asked: (() => void)[] = []
  const { port } = await startListener(
    {},
    { request: (_request, response) => void asked.push(() => response.end('late')) },
  )
  const answer = await say(port, 'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')
  for (const late of asked) late()
  expect(status(answer)).toBe('400')
  expect(answer).not.toContain('late')
})

test('garbage behind an answer that is half-way out does not become part of it', async () => {
  const { port } = await startListener({}, { request: (_request, response) => void response.write('first half') })
  const socket = await knock(port)
  const answer = everything(socket)
  socket.write(GET)
  await once(socket, 'data')
  socket.write('rubbish\r\n\r\n')
  expect(await answer).toMatch(/first half\r\n$/)
})

test('garbage behind requests that wait for their answers does not take their place', async () => {
  const responses: ServerResponse[] = []
  const { port } = await startListener({}, { request: (_request, response) => void responses.push(response) })
  const answer = say(port, `${GET}${GET}rubbish\r\n\r\n`)
  while (responses.length < 2) await new Promise(setImmediate)
  // Long enough for the garbage to be read.
  for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate)
  for (const [index, response] of responses.entries()) response.end(`answer ${index}`)
  expect((await answer).match(/answer \d|HTTP\/1\.1 \d+/g)).toEqual([
    'HTTP/1.1 200',
    'answer 0',
    'HTTP/1.1 200',
    'answer 1',
  ])
})

test('a head that does not come gets 408, and so does a body', async () => {
  const { port } = await startListener(
    {},
    { place: { times: SHORT_TIMES }, request: (request) => void request.resume() },
  )
  expect(status(await say(port, 'GET /a HTTP/1.1\r\nHo'))).toBe('408')
  expect(status(await say(port, 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc'))).toBe('408')
})

test('a refused peer that never closes its own end is closed', async () => {
  const { port } = await startListener()
  const socket = await knock(port)
  socket.allowHalfOpen = true
  const answer = everything(socket)
  socket.write('rubbish\r\n\r\n')
  await once(socket, 'end')
  // Bytes are taken as long as the other end is there.
  while (!socket.destroyed) {
    socket.write('more')
    await new Promise(setImmediate)
  }
  expect(status(await answer)).toBe('400')
})

test('a length that is too large is refused before the body travels', async () => {
  const { port } = await startListener(
    {},
    {
      request(_request, response) {
        response.statusCode = 413
        response.end('too large')
      },
    },
  )
  const head = 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n'
  const answer = await say(port, head)
  expect(status(answer)).toBe('413')
  expect(answer).toMatch(/connection: close/i)
  expect(answer).not.toContain('100 Continue')
})

test('who asks before it sends is told to go on when its body is read, and may use the connection again', async () => {
  const { port } = await startListener(
    {},
    {
      async request(incoming: IncomingMessage, response: ServerResponse) {
        let text = ''
        incoming.on('data', (chunk) => {
          text += chunk
        })
        await once(incoming, 'end')
        response.end(`got ${text}`)
      },
    },
  )
  const socket = await knock(port)
  const ask = 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n'
  for (const body of ['abc', 'xyz']) {
    socket.write(ask)
    expect(await nextBytes(socket)).toContain('100 Continue')
    socket.write(body)
    expect(await nextBytes(socket)).toContain(`got ${body}`)
  }
})

test('closing ends idle connections at once, and busy ones when their answer is out', async () => {
  const responses: ServerResponse[] = []
  const { port, close } = await startListener({}, { request: (_request, response) => void responses.push(response) })
  const [idle, busy] = [await knock(port), await knock(port)]
  busy.write(GET)
  while (responses.length === 0) await new Promise(setImmediate)
  const answer = everything(busy)
  const closed = close()
  await once(idle.resume(), 'close')
  responses[0]?.end('done')
  expect(await answer).toContain('done')
  await closed
})

test('cutting ends everything at once', async () => {
  const listener = await startListener({}, { request: (_request, response) => void response.write('x') })
  const socket = await knock(listener.port)
  socket.write(GET)
  await nextBytes(socket)
  const closed = listener.close()
  listener.cut()
  await closed
  await everything(socket)
})

test('a port that is taken is said, and the listener can be asked again', async () => {
  const { port } = await startListener()
  await expect(startListener({ port })).rejects.toThrow('EADDRINUSE')
})

test('in production plain HTTP is for this machine, or behind a proxy that is trusted', async () => {
  const production = { production: true }
  await expect(startListener({ host: '0.0.0.0' }, { place: production })).rejects.toThrow('tls')
  await expect(startListener({ host: '::' }, { place: production })).rejects.toThrow('tls')
  await startListener({ host: '127.0.0.1' }, { place: production })
  await startListener({ host: 'localhost' }, { place: production })
  await startListener({ host: '0.0.0.0' }, { place: { ...production, trustedProxies: ['10.0.0.0/8'] } })
  await startListener({ host: '0.0.0.0' }, {})
})

test('HTTP/2 without TLS is refused when it is asked for', async () => {
  await expect(startListener({ http2: true })).rejects.toThrow('tls')
})

test('a connection is kept between two requests', async () => {
  const { port } = await startListener()
  const socket = await knock(port)
  socket.write(GET)
  expect(await nextBytes(socket)).toContain('1.1 GET /a')
  const answer = everything(socket)
  socket.write(LAST_GET)
  expect(await answer).toContain('1.1 GET /a')
})

test('a client that goes away in the middle of its refusal disturbs nobody', async () => {
  const { port, url } = await startListener()
  for (let count = 0; count < 50; count++) {
    const socket = await knock(port)
    socket.write('TRACE /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc')
    socket.resetAndDestroy()
  }
  const asked = request(`${url}/a`).end()
  const [response] = await once(asked, 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
})
