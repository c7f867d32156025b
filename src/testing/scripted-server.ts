/**
 * A server on a real socket that does what a script says, one exchange after the other.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { Changes } from './changes.ts'
import { Exchange } from './exchange.ts'
import { Pipe } from './pipe.ts'
import type { Step } from './script.ts'
import { Ticker, type TimerClock } from './ticker.ts'
import { PipedSocket } from './web-socket.ts'

export interface ScriptedServerOptions {
  /** The first steps; see {@link ScriptedServer.script}. Default none: every exchange is held. */
  readonly script?: readonly Step[] | undefined
  /** What follows the last step. Default `hold`. */
  readonly afterwards?: 'hold' | 'repeat' | undefined
  /** A clock whose time drives slow answers, besides `tick()`. */
  readonly clock?: TimerClock | undefined
  /** Milliseconds of that clock between two ticks. Default 10. */
  readonly tickInterval?: number | undefined
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined
}

/** Which exchange is meant: its path, or any question about it. */
export type Match = string | ((exchange: Exchange) => boolean)

export class ScriptedServer {
  /** Everything that came in, in order. Each is a record, and the handle while it lives. */
  readonly exchanges: Exchange[] = []
  readonly #http: Server
  readonly #changes = new Changes()
  readonly #ticker: Ticker
  readonly #sockets = new Set<Socket>()
  readonly #rules: { readonly match: Match; readonly step: Step }[] = []
  readonly #failures: unknown[] = []
  #waiting: Exchange[] = []
  #steps: readonly Step[] = []
  #afterwards: 'hold' | 'repeat' = 'hold'

  /** Use {@link scriptedServer}. */
  constructor({ afterwards, clock, script = [], tickInterval = 10 }: ScriptedServerOptions) {
    this.#ticker = new Ticker(clock, tickInterval)
    this.script(script, afterwards)
    // No limit of Node's own may end what a script holds.
    this.#http = createServer({
      requestTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: 0,
      connectionsCheckingInterval: 2 ** 30,
    })
    this.#http.on('connection', (socket) => this.#keep(socket))
    this.#http.on('request', (request) => this.#take(request, null))
    this.#http.on('upgrade', (request, socket, head) => this.#take(request, { socket: socket as Socket, head }))
    this.#http.on('clientError', (_error, socket) => socket.destroy())
  }

  /** `http://127.0.0.1:…`, without a trailing slash. */
  get url(): string {
    const { address, family, port } = this.#http.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  /** The same with `ws:`. */
  get socketUrl(): string {
    return this.url.replace('http', 'ws')
  }

  /** Sockets open now. One whose client has left counts no more. */
  get open(): number {
    return this.#sockets.size
  }

  /** Requests so far, handshakes included. */
  get requests(): number {
    return this.exchanges.length
  }

  /** Requests that nobody has answered and whose clients still wait. */
  get held(): readonly Exchange[] {
    return this.exchanges.filter(({ state }) => state === 'held')
  }

  /** Answers that go on now. */
  get answering(): readonly Exchange[] {
    return this.exchanges.filter(({ state }) => state === 'answering')
  }

  /** Replaces what is left of the script. After its last step exchanges are held for {@link next}, or that step repeats. */
  script(steps: readonly Step[], afterwards: 'hold' | 'repeat' = 'hold'): void {
    this.#steps = steps
    this.#afterwards = afterwards
  }

  /** Answers every exchange that matches with this step, beside the script. The latest rule that matches wins. */
  always(match: Match, step: Step): void {
    this.#rules.unshift({ match, step })
  }

  /** The next exchange that no step took, waiting for it if need be. Each is handed out once. */
  async next(match: Match = () => true): Promise<Exchange> {
    let found: Exchange | undefined
    await this.until(() => {
      // Taken while looking: of two who wait, the second must not get the same one.
      this.#waiting = this.#waiting.filter(({ state }) => state === 'held')
      found = this.#waiting.find((exchange) => matches(match, exchange))
      this.#waiting = this.#waiting.filter((exchange) => exchange !== found)
      return found !== undefined
    })
    if (found === undefined) throw new Error('The exchange that was waited for is gone.')
    return found
  }

  /** Resolves when the condition holds. It is looked at whenever anything changes here. */
  until(condition: () => boolean): Promise<void> {
    return this.#changes.until(condition)
  }

  /** Lets slow answers write, so many times. Resolves when the bytes had a turn to arrive. */
  async tick(times = 1): Promise<void> {
    for (let count = 0; count < times; count++) {
      // A writer that has just begun gets into the line first.
      await turn()
      this.#ticker.tick()
      for (let turns = 0; turns < 3; turns++) await turn()
    }
  }

  /** Drops every socket and stops listening. Rejects with what a step has thrown. */
  async close(): Promise<void> {
    for (const exchange of this.exchanges) exchange.abandon()
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    this.#http.closeAllConnections()
    await closed
    if (this.#failures.length > 0) throw this.#failures[0]
  }

  /** @internal */
  listen(host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(0, host, resolve)
    })
  }

  #keep(socket: Socket): void {
    const gone = (): void => {
      this.#sockets.delete(socket)
      this.#changes.notify()
    }
    this.#sockets.add(socket)
    // Every exchange of a connection that stays open listens to it.
    socket.setMaxListeners(0)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', gone)
  }

  #take(request: IncomingMessage, upgrade: { readonly socket: Socket; readonly head: Uint8Array } | null): void {
    const pipe = new Pipe(upgrade?.socket ?? request.socket, this.#ticker, () => this.#changes.notify())
    const piped = upgrade === null ? null : new PipedSocket(pipe, upgrade.head)
    const exchange = new Exchange(request, pipe, piped, this.#changes)
    this.exchanges.push(exchange)
    const step = this.#rules.find(({ match }) => matches(match, exchange))?.step ?? this.#nextStep()
    if (step === undefined) this.#waiting.push(exchange)
    else void this.#run(step, exchange)
    this.#changes.notify()
  }

  #nextStep(): Step | undefined {
    const [step, ...rest] = this.#steps
    if (rest.length > 0 || this.#afterwards === 'hold') this.#steps = rest
    return step
  }

  async #run(step: Step, exchange: Exchange): Promise<void> {
    try {
      await step(exchange)
    } catch (error) {
      // A client that left in the middle is no mistake of the script.
      if (exchange.ended === 'left' || exchange.ended === 'abandoned') return
      this.#failures.push(error)
      await exchange.reset()
    }
  }
}

function matches(match: Match, exchange: Exchange): boolean {
  return typeof match === 'string' ? exchange.path === match : match(exchange)
}

/**
 * Opens a server on a free port that answers as a script says.
 *
 * @example
 * const server = await scriptedServer({ script: [refuse(503), cutAt(17), accept(['hello'])] })
 * const held = await server.next()
 * await held.accept()
 */
export async function scriptedServer(options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const server = new ScriptedServer(options)
  await server.listen(options.host ?? '127.0.0.1')
  return server
}
