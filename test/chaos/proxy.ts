/**
 * A TCP proxy between clients and a server that does to connections what networks do: it delays them, so that a later one overtakes
 * an earlier one, cuts their bytes into other pieces, holds them up, and ends them where it is told to. Bytes of one
 * connection are never reordered: TCP does not do that.
 *
 * @module
 */
import { EventEmitter, once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { seeded } from '../simulation/herd.ts'
import { Blows } from './blows.ts'
import { type Block, Connection } from './connection.ts'
import type { Carrier } from './traffic.ts'
import { CLEAR, drawWeather, type Weather } from './weather.ts'

export interface ChaosOptions {
  /** The port of the server behind it. */
  readonly upstream: number
  /** What each connection suffers is drawn from this and its number. */
  readonly seed: number
  /** How long a stalled connection stands still: longer than clients wait. In ms. Default 2,600. */
  readonly stall?: number | undefined
  /** What a connection suffers without being cut. Default: drawn. */
  readonly weather?: ((random: () => number) => Weather) | undefined
}

/** `carried` is emitted whenever a server says something to a client that is more than a head: over which carrier. */
export class ChaosProxy extends EventEmitter<{ carried: [Carrier] }> {
  readonly blows: Blows
  /** How many connections were accepted. */
  connections = 0
  /** How many connections wait with something that will arrive late. */
  withheld = 0
  readonly #options: ChaosOptions
  readonly #server = createServer({ noDelay: true }, (client) => this.#meet(client))
  readonly #sockets = new Set<Socket>()
  readonly #open = new Set<Connection>()
  readonly #blocks = new Map<Carrier, Block>()
  #calm = false

  constructor(options: ChaosOptions) {
    super()
    this.#options = options
    this.blows = new Blows(seeded(options.seed))
  }

  /** Listens on a free port, and resolves with `http://127.0.0.1:PORT`. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.')
    return `http://127.0.0.1:${address.port}`
  }

  /** Lets nothing of this carrier through any more. What is open breaks off. */
  block(carrier: Carrier, how: Block): void {
    this.#blocks.set(carrier, how)
    for (const connection of this.#open) if (connection.traffic.carrier === carrier) connection.reset()
  }

  unblock(): void {
    this.#blocks.clear()
  }

  /** From now on everything passes unharmed. */
  calm(): void {
    this.#calm = true
    this.blows.disarm()
    this.unblock()
  }

  /** Ends every connection and leaves no handle behind. */
  async close(): Promise<void> {
    this.calm()
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #meet(client: Socket): void {
    this.connections += 1
    const { upstream: port, seed, stall = 2_600, weather = drawWeather } = this.#options
    // Numbers of its own: its luck does not depend on what others drew before it.
    const random = seeded(seed * 100_003 + this.connections)
    const drawn = weather(random)
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    }
    const connection = new Connection({
      client,
      upstream,
      blows: this.blows,
      random,
      weather: () => (this.#calm ? CLEAR : drawn),
      stall,
      blocked: (carrier) => this.#blocks.get(carrier),
      carried: (carrier) => this.emit('carried', carrier),
      withhold: () => this.#withhold(),
    })
    this.#open.add(connection)
    client.on('close', () => this.#open.delete(connection))
  }

  #withhold(): () => void {
    this.withheld += 1
    return () => {
      this.withheld -= 1
    }
  }
}
