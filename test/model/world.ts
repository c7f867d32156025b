/**
 * The world around one connection: a real WebSocket server that can hold, accept and refuse a handshake, a simulated clock,
 * and a driver that brings about each event of the model.
 *
 * @module
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import { createActor, type InspectionEvent, SimulatedClock } from 'xstate'
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import { connection } from '../../src/connection/connection.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { TransportError } from '../../src/errors.ts'
import type { Dial } from '../../src/link.ts'
import { type WebSocketInput, webSocket } from '../../src/transports/websocket.ts'
import type { FailureClass, ModelEvent } from './traversal.ts'

/** How the server ends an open connection so that the client sees this class of failure. */
const closeCodes: Record<FailureClass, number> = { retry: 1001, 'refresh-token': 4101, stop: 4003, done: 4000 }
const statuses: Record<FailureClass, number> = { retry: 503, 'refresh-token': 401, stop: 403, done: 204 }

/** A protocol may say "over" in the middle of a link; this one does with close code 4000. */
const dialed: Dial<WebSocketInput> = async (input, request) => {
  const link = await webSocket(input, request)
  return {
    ...link,
    read: (deliver) =>
      link.read(deliver).catch((error: unknown) => {
        const over = error instanceof TransportError && error.closeCode === closeCodes.done
        throw over ? new TransportError('http_status', 'over', { status: statuses.done }) : error
      }),
  }
}

const logic = connection(dialed)

/** Opens a server; `close` ends it. One server serves many walks. */
export async function openServer() {
  const http = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  const pending = new Set<{ request: IncomingMessage; socket: Duplex; head: Buffer }>()
  http.on('upgrade', (request, socket, head) => {
    const handshake = { request, socket, head }
    pending.add(handshake)
    socket.on('error', () => {})
    socket.on('close', () => pending.delete(handshake))
    // Half open until somebody reads: a client that gave up would never be seen to leave.
    socket.on('end', () => socket.destroy())
    socket.resume()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const take = async () => {
    while (pending.size === 0) await turn()
    const [handshake] = pending
    if (handshake === undefined) throw new Error('No handshake is waiting.')
    pending.delete(handshake)
    return handshake
  }
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    pending,
    open: () => [...sockets.clients].filter((socket) => socket.readyState === socket.OPEN),
    async accept(): Promise<void> {
      const { request, socket, head } = await take()
      sockets.handleUpgrade(request, socket, head, (client) => client.on('error', () => {}))
    },
    async refuse(status: number): Promise<void> {
      const { socket } = await take()
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    },
    close(): void {
      for (const client of sockets.clients) client.terminate()
      http.close()
      http.closeAllConnections()
    },
  }
}

export type ModelServer = Awaited<ReturnType<typeof openServer>>

export interface World {
  readonly snapshot: () => ConnectionSnapshot
  /** Brings the event about; the consequences may take some turns of the event loop. */
  drive(event: ModelEvent): Promise<void>
  stop(): void
}

/** Starts a connection against the server. */
export function openWorld(
  server: ModelServer,
  input: ConnectionInput,
  inspect: (event: InspectionEvent) => void,
): World {
  const clock = new SimulatedClock()
  let answer: { resolve(): void; reject(error: Error): void } | null = null
  const authorize =
    input.authorize &&
    (() =>
      new Promise<void>((resolve, reject) => {
        answer = { resolve, reject }
      }))
  const actor = createActor(logic, { input: { ...input, authorize, url: server.url }, clock, inspect }).start()
  const snapshot = (): ConnectionSnapshot => actor.getSnapshot() as unknown as ConnectionSnapshot
  const client = (): ServerSocket => {
    const [socket] = server.open()
    if (socket === undefined) throw new Error('The server has no open socket.')
    return socket
  }

  /** Half of the interval, a word from the server that arrives, the rest of it. */
  async function hearWithin(interval: number): Promise<void> {
    clock.increment(interval / 2)
    let heard = false
    const subscription = actor.on('message', () => {
      heard = true
    })
    client().send('still here')
    while (!heard && snapshot().context.flow === 'flowing') await turn()
    subscription.unsubscribe()
    clock.increment(interval / 2)
  }

  async function elapse(type: string, silent: boolean): Promise<void> {
    const { settings, delay } = snapshot().context
    if (type.includes('.backoff.')) clock.increment(delay)
    else if (type.includes('.connectTimeout.')) clock.increment(settings.connectTimeout)
    else if (type.includes('.stableAfter.')) clock.increment(settings.stableAfter)
    else if (silent) clock.increment(settings.heartbeatInterval)
    else await hearWithin(settings.heartbeatInterval)
  }

  return {
    snapshot,
    async drive(event) {
      const { failure, silent = false, type } = event
      if (type.startsWith('xstate.after.')) return elapse(type, silent)
      if (type === 'xstate.done.actor.dial' || type === 'xstate.done.actor.redial') return server.accept()
      if (type === 'xstate.done.actor.authorize') return answer?.resolve()
      if (type === 'xstate.error.actor.authorize') return answer?.reject(new Error('no new token'))
      if (type.startsWith('xstate.error.actor.') && failure !== undefined) return server.refuse(statuses[failure])
      if (type === 'link.lost' && failure !== undefined) return client().close(closeCodes[failure])
      if (type === 'link.ended') return client().close(1000)
      actor.send((type === 'send' ? { type, data: 'hello' } : { type }) as { type: 'connect' })
    },
    stop: () => void actor.stop(),
  }
}
