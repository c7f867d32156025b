/**
 * A proxy that gets on well with some carriers and badly with others, and can change its mind.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

/** How it treats an answer: `hold` keeps the body until the server ends it, a number passes it on in blocks of so many bytes. */
export type Passage = 'pass' | 'hold' | number

/**
 * How it treats an upgrade. A number is its own answer. `hang`: never answers. `swallow`: passes the handshake, and no frame of the
 * server's. `cut`: passes everything, and cuts it after a while.
 */
export type Upgrades = 'pass' | 'hang' | 'swallow' | 'cut' | number

export interface Weather {
  upgrades: Upgrades
  events: Passage
  /** `strip`: takes the wish for lines out of the query. */
  lines: Passage | 'strip'
  pages: Passage
}

export type Kind = 'upgrade' | 'events' | 'lines' | 'pages' | 'other'

export interface WeatherProxy {
  readonly url: string
  readonly weather: Weather
  /** Resets every connection as it comes: nobody is there. */
  away: boolean
  /** What was asked for, in order. */
  readonly asked: Kind[]
  /** Requests and sockets that are open now. */
  readonly open: () => Kind[]
  /** Cuts everything that is open with a reset. */
  cutAll(): void
}

export interface WeatherOptions {
  readonly upstream: number
  readonly weather: Partial<Weather>
  /** Waits; for `cut`. */
  readonly wait: (act: () => void) => void
}

/** Listens on a free port until the test is over. */
export async function weatherProxy({ upstream, weather: given, wait }: WeatherOptions): Promise<WeatherProxy> {
  const weather: Weather = { upgrades: 'pass', events: 'pass', lines: 'pass', pages: 'pass', ...given }
  const asked: Kind[] = []
  const sockets = new Set<Socket>()
  const open = new Map<object, Kind>()
  const proxy = createServer((incoming, answer) => {
    const kind = kindOf(incoming)
    asked.push(kind)
    open.set(answer, kind)
    answer.on('close', () => open.delete(answer))
    forward(incoming, answer, upstream, weather, kind)
  })
  const rig: WeatherProxy = {
    url: '',
    weather,
    away: false,
    asked,
    open: () => [...open.values()],
    cutAll() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
  }
  proxy.on('connection', (socket) => {
    keep(sockets, socket)
    if (rig.away) socket.resetAndDestroy()
  })
  proxy.on('upgrade', (incoming: IncomingMessage, client: Duplex) => {
    asked.push('upgrade')
    open.set(client, 'upgrade')
    client.on('close', () => open.delete(client))
    client.on('error', () => {})
    // An HTTP server's sockets stay half open otherwise.
    client.on('end', () => client.destroy())
    const behind = upgrade(incoming, client, upstream, weather.upgrades, wait)
    if (behind !== undefined) keep(sockets, behind)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return Object.assign(rig, { url: `http://127.0.0.1:${address.port}` })
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
}

function kindOf({ url = '' }: IncomingMessage): Kind {
  const live = new URL(url, 'http://proxy').searchParams.get('live')
  if (live === 'sse') return 'events'
  if (live === 'ndjson') return 'lines'
  return live === 'long-poll' ? 'pages' : 'other'
}

function forward(incoming: IncomingMessage, answer: ServerResponse, port: number, weather: Weather, kind: Kind): void {
  const { method, url = '', headers } = incoming
  const strips = kind === 'lines' && weather.lines === 'strip'
  const path = strips ? url.replace('live=ndjson', 'live-was=ndjson') : url
  const passed = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.rawHeaders)
    answer.flushHeaders()
    passOn(answered, answer, strips ? 'pass' : passageOf(weather, kind))
  })
  passed.on('error', () => answer.destroy())
  answer.on('error', () => {})
  answer.on('close', () => passed.destroy())
  incoming.pipe(passed)
}

function passageOf(weather: Weather, kind: Kind): Passage {
  if (kind === 'events') return weather.events
  if (kind === 'pages') return weather.pages
  return kind === 'lines' && weather.lines !== 'strip' ? weather.lines : 'pass'
}

function passOn(answered: IncomingMessage, answer: ServerResponse, passage: Passage): void {
  const block = passage === 'pass' ? 1 : passage === 'hold' ? Number.POSITIVE_INFINITY : passage
  let held = Buffer.alloc(0)
  answered.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    const ready = Number.isFinite(block) ? held.length - (held.length % block) : 0
    if (ready > 0) answer.write(held.subarray(0, ready))
    held = held.subarray(ready)
  })
  answered.on('end', () => answer.end(held))
  answered.on('error', () => answer.destroy())
}

/** Returns the connection to the server, if it makes one. */
function upgrade(
  incoming: IncomingMessage,
  client: Duplex,
  port: number,
  how: Upgrades,
  wait: (act: () => void) => void,
): Socket | undefined {
  if (how === 'hang') {
    client.resume()
    return undefined
  }
  if (typeof how === 'number') {
    client.end(`HTTP/1.1 ${how} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    return undefined
  }
  const behind = connect({ port, host: '127.0.0.1', noDelay: true })
  const fields = incoming.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')
  behind.write(`GET ${incoming.url} HTTP/1.1\r\n${fields}\r\n`)
  let head = ''
  behind.on('data', (chunk: Buffer) => {
    if (how !== 'swallow' || !head.includes('\r\n\r\n')) client.write(chunk)
    head += head.includes('\r\n\r\n') ? '' : chunk.toString('latin1')
  })
  client.pipe(behind)
  client.on('close', () => behind.destroy())
  behind.on('close', () => client.destroy())
  if (how === 'cut') wait(() => behind.destroy())
  return behind
}
