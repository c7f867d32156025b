/**
 * Which room a request means, and which of its endpoints.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type DurableMount, mountDurable } from './durable-mount.ts'
import { allowEverybody, bodyOf, enterRoom, type RigRequest, type RigResponse, seen } from './exchange.ts'
import { answerFault, isSpoiling, spoilResponse, spoilSocket } from './faults.ts'
import { formats } from './formats.ts'
import { takePost } from './inbox.ts'
import { serveLive } from './live-read.ts'
import { servePage } from './long-poll.ts'
import { carryOut } from './orders.ts'
import type { Fault, Order } from './protocol.ts'
import { Room } from './room.ts'
import { serveSocket } from './web-socket.ts'

/** Where a request goes. */
interface Target {
  readonly name: string
  /** `sse`, `in`, `control`, `v1/stream/log`, … */
  readonly endpoint: string
  readonly query: URLSearchParams
  /** The URL as it is below the room. */
  readonly below: string
}

/** A file the rig serves, by its path. */
export type RigPages = ReadonlyMap<string, { readonly type: string; readonly body: string }>

export class Router {
  /** The other port's address; known once both listen. */
  elsewhere = ''
  readonly #rooms = new Map<string, { readonly room: Room; durable: DurableMount | undefined }>()
  readonly #pages: RigPages

  constructor(pages: RigPages) {
    this.#pages = pages
  }

  async handle(request: RigRequest, response: RigResponse): Promise<void> {
    allowEverybody(request, response)
    response.on('error', () => {})
    if (request.method === 'OPTIONS') return end(response, 204)
    const page = this.#pages.get(request.url ?? '')
    if (page !== undefined) {
      response.writeHead(200, { 'content-type': page.type })
      response.end(page.body)
      return
    }
    const target = targetOf(request.url ?? '/')
    if (target === undefined) return end(response, 404)
    const { room } = this.#room(target.name)
    if (target.endpoint === 'control') return this.#control(target, request, response)
    if (target.endpoint === 'state') return answerState(room, target, response)
    const position = positionOf(target, request)
    room.see(seen(target.endpoint, request, position))
    enterRoom(room, target.endpoint, request, response)
    if (target.endpoint === 'in') return takePost(room, request, response, this.elsewhere)
    const posting = target.endpoint.startsWith('v1/') && request.method === 'POST'
    const fault = nextFault(posting ? room.sendFaults : room.faults, request)
    if (fault !== undefined && !isSpoiling(fault)) return answerFault(fault, request, response, this.elsewhere)
    if (fault !== undefined) spoilResponse(request, response, fault)
    if (target.endpoint.startsWith('v1/')) return this.#durable(target.name).handle(request, response, target.below)
    const from = Number(position ?? 0)
    if (target.endpoint === 'long-poll') return servePage(room, response, from, Number(target.query.get('page') ?? 100))
    const format = formats[target.endpoint]
    if (format === undefined) return end(response, 404)
    // The end of an event stream is a 204 to whoever has all of it (WHATWG HTML section 9.2.3).
    if (target.endpoint === 'sse' && room.ended && from >= room.records.length) return end(response, 204)
    serveLive(room, response, format, from)
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => {})
    const target = targetOf(request.url ?? '/')
    if (target === undefined || !(socket instanceof Socket)) return void socket.destroy()
    const { room } = this.#room(target.name)
    room.see(seen(target.endpoint, request, target.query.get('from')))
    const exchange = { endpoint: target.endpoint, pipe: socket, destroy: () => void socket.destroy() }
    room.enter(exchange)
    socket.on('close', () => room.leave(exchange))
    const fault = room.faults.shift()
    if (fault !== undefined && refuses(fault)) return refuseUpgrade(socket, fault, this.elsewhere + request.url)
    if (fault !== undefined && isSpoiling(fault)) spoilSocket(socket, fault)
    if (target.endpoint.startsWith('v1/'))
      return this.#durable(target.name).upgrade(request, socket, head, target.below)
    const from = Number(target.query.get('from') ?? 0)
    serveSocket(room, { request, socket, head }, from, fault)
  }

  async close(): Promise<void> {
    for (const { room, durable } of this.#rooms.values()) {
      room.cut()
      await durable?.close()
    }
  }

  async #control(target: Target, request: RigRequest, response: RigResponse): Promise<void> {
    const order: Order = JSON.parse((await bodyOf(request)).toString())
    const entry = this.#room(target.name)
    const state = carryOut(entry.room, entry.durable, order)
    json(response, state)
  }

  #room(name: string) {
    const entry = this.#rooms.get(name) ?? { room: new Room(), durable: undefined }
    this.#rooms.set(name, entry)
    return entry
  }

  /** A room becomes durable with its first durable request; what was appended before is there as well. */
  #durable(name: string): DurableMount {
    const entry = this.#room(name)
    entry.durable ??= mountDurable(entry.room)
    return entry.durable
  }
}

function targetOf(url: string): Target | undefined {
  const match = /^\/room\/([\w-]+)(\/[^?]*)(\?.*)?$/.exec(url)
  if (match === null) return undefined
  const [, name = '', path = '', query = ''] = match
  return { name, endpoint: path.slice(1), query: new URLSearchParams(query), below: path + query }
}

/** SSE says it in a header, the others in the query. */
function positionOf({ query }: Target, request: RigRequest): string | null {
  const header = request.headers['last-event-id']
  return typeof header === 'string' ? header : (query.get('offset') ?? query.get('from'))
}

/** How long a question after the state waits for a change: bytes and blocked sockets change without one. */
const longestWait = 50

/** Answers when the room's version is above the one the client knows, or a moment later. */
function answerState(room: Room, { query }: Target, response: RigResponse): void {
  const answer = (): void => json(response, room.state)
  if (room.state.version > Number(query.get('after') ?? -1)) {
    answer()
    return
  }
  const unwatch = room.watch(() => {
    clearTimeout(timer)
    answer()
  })
  const timer = setTimeout(() => {
    unwatch()
    answer()
  }, longestWait)
}

/** HEAD asks what a GET would get: what answers the one answers the other as well. */
function nextFault(faults: Fault[], request: RigRequest): Fault | undefined {
  const [next] = faults
  const answers = next?.kind === 'refuse' || next?.kind === 'redirect' || next?.kind === 'script'
  return request.method === 'HEAD' && answers ? next : faults.shift()
}

function refuses(fault: Fault): boolean {
  return fault.kind === 'refuse' || fault.kind === 'hold' || fault.kind === 'redirect'
}

function refuseUpgrade(socket: Socket, fault: Fault, location: string): void {
  if (fault.kind === 'hold') {
    // A socket that is not read notices nobody leaving, and Node's HTTP sockets stay half open.
    socket.on('end', () => socket.destroy()).resume()
    return
  }
  const status = fault.kind === 'refuse' || fault.kind === 'redirect' ? fault.status : 500
  const headers = fault.kind === 'refuse' ? { ...fault.headers } : { location }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n${lines.join('')}\r\n`)
}

function end(response: RigResponse, status: number): void {
  response.writeHead(status)
  response.end()
}

function json(response: RigResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}
