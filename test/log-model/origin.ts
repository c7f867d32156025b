/**
 * A server whose stream is in a file, and that can be killed and opened again.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createStreamServer, fileStore, type StreamServer } from '../../src/server/index.ts'
import type { TrimBy } from '../../src/server/stores/store.ts'
import { liftedLimits } from '../../src/server/testing/lifted-limits.ts'
import type { Truth } from './truth.ts'
import { watchStore } from './watched-store.ts'

export const STREAM = 'log'

/** Nobody listens there without being root: whoever asks while the server is down is refused. */
const NOBODY = 1

interface Running {
  readonly server: StreamServer
  readonly http: Server
  readonly sockets: ReadonlySet<Socket>
}

export class Origin {
  /** What the server reported: nothing. */
  readonly reports: unknown[] = []
  readonly #path: string
  readonly #truth: Truth
  #running: Running | null = null

  constructor(path: string, truth: Truth) {
    this.#path = path
    this.#truth = truth
  }

  get isUp(): boolean {
    return this.#running !== null
  }

  /** Another one after each restart: clients come through a proxy, which knows. */
  get port(): number {
    return this.#running === null ? NOBODY : (this.#running.http.address() as AddressInfo).port
  }

  /** Opens the file, and lets clients in when it is known what is in there. */
  async open(): Promise<void> {
    const store = fileStore({ path: this.#path, durability: 'normal' })
    await this.#truth.readUp(store, STREAM)
    const server = createStreamServer({
      allowAnonymous: true,
      store: watchStore(store, STREAM, this.#truth),
      limits: liftedLimits,
      report: (error) => this.reports.push(error),
    })
    await server.stream(STREAM).create()
    const http = createServer((request, response) => void server.handle(request, response))
    http.on('upgrade', (request, socket, head) => server.upgrade(request, socket, head))
    const sockets = new Set<Socket>()
    http.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    this.#running = { server, http, sockets }
  }

  /** Cuts everything off in one turn. What was being stored may be in the file, and nobody was told. */
  async kill(): Promise<void> {
    if (this.#running === null) return
    const { server, http, sockets } = this.#running
    this.#running = null
    http.close()
    for (const socket of sockets) socket.resetAndDestroy()
    await server.close({ graceMs: 1 })
  }

  async append(names: readonly string[]): Promise<void> {
    await this.#stream?.append(...names.map((id) => ({ id })))
  }

  async trim(by: TrimBy): Promise<void> {
    await this.#stream?.trim(by)
  }

  /** The stream dies, and another one is born under its name. */
  async replace(): Promise<void> {
    await this.#stream?.delete()
    await this.#stream?.create()
  }

  /** What is kept, read from the server. */
  async kept(): Promise<readonly string[]> {
    const records = (await this.#stream?.read(0, 100_000)) ?? []
    return records.map(({ value }) => (value as { readonly id: string }).id)
  }

  get #stream() {
    return this.#running?.server.stream(STREAM)
  }
}
