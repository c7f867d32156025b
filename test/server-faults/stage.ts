/**
 * A server on a real port, in time that passes when a test says so.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { createStreamServer, memoryStore, type StreamServer, type StreamServerOptions } from '../../src/server/index.ts'
import type { StreamStore } from '../../src/server/stores/store.ts'
import { liftedLimits } from '../../src/server/testing/lifted-limits.ts'
import { JumpingClock } from './jumping-clock.ts'
import { entries } from './log.ts'

/** The one stream that most faults are about. */
export const STREAM = 'log'

/** Large enough that no test loses history it did not mean to lose. */
const RETENTION = { records: 100_000, bytes: 256 * 1024 * 1024 }

export interface StageOptions extends Omit<Partial<StreamServerOptions>, 'store' | 'clock'> {
  /** Made with the stage's clock. Default: a large memory. */
  readonly store?: ((clock: JumpingClock) => StreamStore) | undefined
}

export class Stage {
  readonly clock: JumpingClock
  readonly server: StreamServer
  readonly store: StreamStore
  readonly port: number
  /** What the server reported: nothing, unless the fault is a failing store. */
  readonly reports: unknown[]
  /** Answers that are open, in the order in which they were asked for. What is held back shows in their `writableLength`. */
  readonly responses = new Set<ServerResponse>()
  /** Sockets that were upgraded and are open. */
  readonly upgraded = new Set<Duplex>()
  readonly #outer: Server
  readonly #sockets = new Set<Duplex>()

  constructor(outer: Server, server: StreamServer, store: StreamStore, clock: JumpingClock, reports: unknown[]) {
    const address = outer.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port.')
    this.port = address.port
    this.clock = clock
    this.server = server
    this.store = store
    this.reports = reports
    this.#outer = outer
    outer.on('connection', (socket) => hold(this.#sockets, socket))
    outer.on('request', (request, response) => {
      hold(this.responses, response)
      void server.handle(request, response)
    })
    outer.on('upgrade', (request, socket, head) => {
      hold(this.upgraded, socket)
      server.upgrade(request, socket, head)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The address of a stream. */
  at(path: string = STREAM, query = ''): string {
    return `${this.url}/v1/stream/${path}${query}`
  }

  /** Appends the records with these numbers. */
  async fill(from: number, to: number): Promise<void> {
    await this.server.stream(STREAM).append(...entries(from, to))
  }

  /** Whether some connection takes no more: the buffers of both sides are full. */
  get isClogged(): boolean {
    return [...this.#sockets].some(({ writableNeedDrain }) => writableNeedDrain)
  }

  /** What is held back for all connections together, in bytes. */
  get heldBack(): number {
    return [...this.responses, ...this.upgraded].reduce((sum, { writableLength }) => sum + writableLength, 0)
  }

  /** Cuts every connection, as a proxy does that is restarted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Whether nothing is open but connections that are kept for the next request. */
  get isQuiet(): boolean {
    this.#outer.closeIdleConnections()
    return this.server.connections === 0 && this.#sockets.size === 0
  }

  close(): Promise<void> {
    this.cut()
    this.#outer.close()
    return this.server.close({ graceMs: 1 })
  }
}

function hold<Closing extends Duplex | ServerResponse>(set: Set<Closing>, closing: Closing): void {
  set.add(closing)
  closing.on('error', () => {})
  closing.on('close', () => set.delete(closing))
}

/** Opens a server with the stream already there. */
export async function openStage({ store, limits, ...options }: StageOptions = {}): Promise<Stage> {
  const clock = new JumpingClock()
  const reports: unknown[] = []
  const kept = store?.(clock) ?? memoryStore({ clock, retention: RETENTION, bytes: 2 * RETENTION.bytes })
  const server = createStreamServer({
    allowAnonymous: true,
    report: (error) => reports.push(error),
    ...options,
    limits: { ...liftedLimits, ...limits },
    store: kept,
    clock,
  })
  const outer = createServer()
  outer.listen(0, '127.0.0.1')
  await once(outer, 'listening')
  const stage = new Stage(outer, server, kept, clock, reports)
  // Not awaited: a server that has forgotten somebody never ends, and that is for the test to find out.
  onTestFinished(() => void stage.close())
  await server.stream(STREAM).create()
  return stage
}
