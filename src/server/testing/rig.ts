/**
 * A listening server and raw clients for the tests of this room.
 *
 * @module
 */

import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect as connectSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { createStreamServer, memoryStore, type StreamServer, type StreamServerOptions } from '../index.ts'
import { liftedLimits } from './lifted-limits.ts'
import { type RigStream, RigStreams } from './rig-stream.ts'

/** A server whose streams show at once what was done to them. */
export type RigServer = Omit<StreamServer, 'stream'> & { stream(path: string, contentType?: string): RigStream }

export interface ServerRig {
  readonly server: RigServer
  readonly url: string
  readonly port: number
  /** The address of a stream, with a query. */
  at(path: string, query?: string): string
  /** What the server reported. */
  readonly reports: unknown[]
}

/** A server on a free port that is closed when the test is over. */
export async function startServer(options: Partial<StreamServerOptions> = {}): Promise<ServerRig> {
  const reports: unknown[] = []
  const server = rigServer({ report: (error) => reports.push(error), ...options })
  const { url, port } = await server.listen()
  onTestFinished(() => server.close())
  return { server, url, port, reports, at: (path, query = '') => `${url}/v1/stream/${path}${query}` }
}

/** Without limits of rate: one machine is the only client. */
export function rigServer({ retention, limits, ...options }: Partial<StreamServerOptions>): RigServer {
  const { clock } = options
  const store = options.store ?? memoryStore({ retention, clock, producers: limits?.producers })
  const streams = new RigStreams(store)
  const server = createStreamServer({ allowAnonymous: true, limits: { ...liftedLimits, ...limits }, ...options, store })
  return {
    ...server,
    get connections() {
      return server.connections
    },
    stream: (path, contentType) => streams.stream(server.stream(path, { contentType })),
  }
}

export interface MountedRig {
  readonly server: RigServer
  readonly url: string
  /** The server's side of what was asked, in order: what it holds back shows in their `writableLength`. */
  readonly responses: readonly ServerResponse[]
  readonly sockets: readonly Duplex[]
}

/** The same on a server that is not ours. */
export async function mountServer(options: Partial<StreamServerOptions> = {}): Promise<MountedRig> {
  const server = rigServer(options)
  const responses: ServerResponse[] = []
  const sockets: Duplex[] = []
  const outer = createServer((request, response) => {
    responses.push(response)
    void server.handle(request, response)
  })
  outer.on('upgrade', (request, socket, head) => {
    sockets.push(socket)
    server.upgrade(request, socket, head)
  })
  outer.listen(0, '127.0.0.1')
  await once(outer, 'listening')
  onTestFinished(() => {
    outer.closeAllConnections()
    outer.close()
    for (const socket of sockets) socket.destroy()
  })
  const url = `http://127.0.0.1:${(outer.address() as AddressInfo).port}`
  return { server, url, responses, sockets }
}

/** An answer that is read as it comes. */
export interface RawRead {
  readonly answer: IncomingMessage
  /** Everything so far. */
  text(): string
  /** Resolves when the text so far fulfils the condition; rejects when the answer ends before. */
  until(condition: (text: string) => boolean): Promise<string>
  /** Resolves with everything when the answer has ended, cut or not. */
  ended(): Promise<string>
  close(): void
}

/** Opens an answer over `node:http` and keeps it open. */
export async function openRead(url: string, headers: Record<string, string> = {}): Promise<RawRead> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject)
  })
  const waiting = new Set<() => void>()
  let text = ''
  let over = false
  const look = (): void => {
    for (const wake of [...waiting]) wake()
  }
  answer.setEncoding('utf8')
  answer.on('data', (chunk: string) => {
    text += chunk
    look()
  })
  answer.on('error', () => {})
  answer.on('close', () => {
    over = true
    look()
  })
  onTestFinished(() => {
    answer.destroy()
  })
  const when = (condition: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const met = condition()
        if (!met && !over) return
        waiting.delete(check)
        if (met) resolve(text)
        else reject(new Error(`The answer ended too early: ${text.slice(-500)}`))
      }
      waiting.add(check)
      check()
    })
  return {
    answer,
    text: () => text,
    until: (condition) => when(() => condition(text)),
    ended: () => when(() => over),
    close: () => answer.destroy(),
  }
}

/** An SSE event, parsed by the rules of WHATWG HTML section 9.2.6 as far as a test needs them. */
export interface RawEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: string
}

/** The events in a text that ends at an event's end. */
export function eventsIn(text: string): RawEvent[] {
  const events: RawEvent[] = []
  for (const block of text.split('\n\n')) {
    const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith(':'))
    const values = (name: string): string[] =>
      lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''))
    const data = values('data')
    if (data.length > 0) events.push({ event: values('event')[0] ?? '', id: values('id')[0], data: data.join('\n') })
  }
  return events
}

/** The JSON records in all data events. */
export function recordsIn(text: string): unknown[] {
  return eventsIn(text)
    .filter((event) => event.event === 'data')
    .flatMap((event): unknown[] => JSON.parse(event.data))
}

/** What the control events say. */
export function controlsIn(text: string): Record<string, unknown>[] {
  return eventsIn(text)
    .filter((event) => event.event === 'control')
    .map((event) => JSON.parse(event.data))
}

/** The lines of an NDJSON text that ends at a line's end. */
export function linesIn(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** Resolves when the condition holds; a test that waits for ever is ended by its own time limit. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}

/** Sends bytes as they are, and resolves with all that comes until the server closes. */
export async function exchangeRaw(port: number, bytes: string): Promise<string> {
  const socket = connectSocket(port, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  socket.on('error', () => {})
  let answer = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk
  })
  socket.write(bytes)
  await once(socket, 'close')
  return answer
}
