import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Blow } from './blows.ts'
import { type ChaosOptions, ChaosProxy } from './proxy.ts'
import { printedSeed } from './suite.ts'
import { CLEAR, drawWeather } from './weather.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n\r\n'
const BODY = 'records '.repeat(2_000)

const leaving: (() => unknown)[] = []

afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave()
})

/** Says a head and a body to whoever asks, and remembers what it has heard, in order of arrival. */
async function startOrigin(heard: string[] = []): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => heard.push(String(bytes)))
    socket.once('data', () => socket.write(HEAD + BODY))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  leaving.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.')
  return address.port
}

async function startProxy(origin: Server, options: Partial<ChaosOptions> = {}) {
  const proxy = new ChaosProxy({ upstream: portOf(origin), seed: 1, weather: () => CLEAR, ...options })
  const url = new URL(await proxy.listen())
  leaving.push(() => proxy.close())
  return { proxy, port: Number(url.port) }
}

interface Call {
  readonly socket: Socket
  /** What has come so far. */
  said(): string
  /** Resolves when it has closed: with the error, if it was one. */
  readonly closed: Promise<string>
}

function call(port: number, request: string): Call {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  let failure = 'closed'
  socket.on('data', (bytes) => {
    said += bytes
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? 'error'
  })
  socket.write(request)
  leaving.push(() => socket.destroy())
  // Not `once`, which rejects with the error.
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(failure)))
  return { socket, said: () => said, closed }
}

const get = 'GET /v1/stream/room?live=sse HTTP/1.1\r\n\r\n'
const post = (body: string): string => `POST /v1/stream/room HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`

async function everything({ socket, said }: Call): Promise<string> {
  while (said().length < HEAD.length + BODY.length) await once(socket, 'data')
  return said()
}

test('whatever it does to connections, their bytes arrive unchanged and in order', async () => {
  const seed = printedSeed('weather of forty connections')
  const weather: ChaosOptions['weather'] = (random) => ({ ...drawWeather(random), strayAt: Number.POSITIVE_INFINITY })
  const { port } = await startProxy(await startOrigin(), { seed, weather })
  const calls = Array.from({ length: 40 }, () => call(port, get))
  const answers = await Promise.all(calls.map(everything))
  expect(new Set(answers)).toEqual(new Set([HEAD + BODY]))
})

test.each([
  ['reset', 'ECONNRESET'],
  ['finish', 'closed'],
] as const)('a blow with %s cuts what is read behind so many bytes of content, and is counted', async (ending, how) => {
  const { proxy, port } = await startProxy(await startOrigin())
  proxy.blows.arm('down', { aim: 'records', after: 5_000, ending })
  const cut = call(port, get)
  expect(await cut.closed).toBe(how)
  expect(cut.said()).toBe(HEAD + BODY.slice(0, 5_000))
  expect(proxy.blows.landed).toEqual({ down: 1, up: 0 })
  expect(proxy.blows.isDue('down')).toBe(false)
})

test('what is written is not what is read: a blow waits for bytes of its own direction', async () => {
  const heard: string[] = []
  const { proxy, port } = await startProxy(await startOrigin(heard))
  proxy.blows.arm('up', { aim: 'request', after: 3, ending: 'reset' })
  await everything(call(port, get))
  expect(proxy.blows.landed.up).toBe(0)
  await call(port, post('abcdef')).closed
  expect(proxy.blows.landed).toEqual({ down: 0, up: 1 })
  expect(heard.at(-1)?.endsWith('\r\n\r\nabc')).toBe(true)
})

test('an answer is cut when all of the request has arrived', async () => {
  const heard: string[] = []
  const { proxy, port } = await startProxy(await startOrigin(heard))
  proxy.blows.arm('up', { aim: 'answer', after: 0, ending: 'reset' })
  const cut = call(port, post('abcdef'))
  expect(await cut.closed).toBe('ECONNRESET')
  expect(cut.said().length).toBeLessThan(HEAD.length + BODY.length)
  expect(heard.join('')).toBe(post('abcdef'))
})

test('a break in a head is not counted', async () => {
  const { proxy, port } = await startProxy(await startOrigin(), { weather: () => ({ ...CLEAR, strayAt: 5 }) })
  proxy.blows.arm('down', { aim: 'records', after: 0, ending: 'reset' })
  expect(await call(port, get).closed).toBe('ECONNRESET')
  expect(proxy.blows.landed).toEqual({ down: 0, up: 0 })
})

test('late bytes arrive behind those of the next connection', async () => {
  const heard: string[] = []
  const { proxy, port } = await startProxy(await startOrigin(heard))
  proxy.blows.arm('up', { aim: 'request', after: 0, ending: 'late' })
  expect(await call(port, post('first')).closed).toBe('ECONNRESET')
  expect(proxy.withheld).toBe(1)
  await everything(call(port, post('second')))
  while (!heard.join('').includes('first')) await new Promise(setImmediate)
  expect(heard.join('').indexOf('second')).toBeLessThan(heard.join('').indexOf('first'))
})

test.each([
  ['half-open', BODY.slice(0, 10)],
  ['stall', BODY],
] as const)('%s: the client is told nothing, and what comes later is that', async (ending, later) => {
  const { proxy, port } = await startProxy(await startOrigin(), { stall: 50 })
  proxy.blows.arm('down', { aim: 'records', after: 10, ending } satisfies Blow)
  const stuck = call(port, get)
  await once(proxy.blows, 'landed')
  while (stuck.said().length < HEAD.length + 10) await once(stuck.socket, 'data')
  expect(stuck.said()).toBe(HEAD + BODY.slice(0, 10))
  expect(stuck.socket.readyState).toBe('open')
  if (ending === 'stall') await stuck.closed
  expect(stuck.said()).toBe(HEAD + later)
})

test('a carrier is refused, or let in and kept waiting, until it is free again', async () => {
  const { proxy, port } = await startProxy(await startOrigin())
  const open = call(port, get)
  await everything(open)
  proxy.block('sse', 'refuse')
  expect(await open.closed).toBe('ECONNRESET')
  const refused = call(port, get)
  await refused.closed
  expect(refused.said()).toMatch(/^HTTP\/1\.1 502 /)
  proxy.block('sse', 'mute')
  const muted = call(port, get)
  await once(muted.socket, 'data')
  expect(muted.said()).toBe(HEAD)
  proxy.unblock()
  expect(await everything(call(port, get))).toBe(HEAD + BODY)
  expect(muted.said()).toBe(HEAD)
})
