/**
 * A TCP proxy that passes everything on in pieces, both ways: one piece a turn, or one whenever a test lets time pass.
 *
 * @module
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface PiecewiseOptions {
  readonly upstream: number
  /** Sizes of the pieces, over and over. */
  readonly sizes: readonly number[]
  /** `turns`: a piece each turn of the event loop. `ticks`: a piece at each {@link PiecewiseProxy.tick}. */
  readonly pace: 'turns' | 'ticks'
}

export interface PiecewiseProxy {
  readonly url: string
  /** Lets each direction of each connection move by one piece. */
  tick(): void
}

/** Listens on a free port until the test is over. */
export async function piecewiseProxy({ upstream, sizes, pace }: PiecewiseOptions): Promise<PiecewiseProxy> {
  const lanes = new Set<Lane>()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const behind = connect({ port: upstream, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, behind]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      const lane = new Lane(from, to, sizes)
      lanes.add(lane)
      from.on('close', () => lane.end())
      to.on('close', () => lanes.delete(lane))
      if (pace === 'turns') lane.run()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    tick() {
      for (const lane of lanes) lane.step()
    },
  }
}

class Lane {
  readonly #to: Socket
  readonly #sizes: readonly number[]
  #waiting: Buffer = Buffer.alloc(0)
  #pieces = 0
  #ended = false

  constructor(from: Socket, to: Socket, sizes: readonly number[]) {
    this.#to = to
    this.#sizes = sizes
    from.on('data', (chunk: Buffer) => {
      this.#waiting = Buffer.concat([this.#waiting, chunk])
    })
    from.on('end', () => this.end())
  }

  end(): void {
    this.#ended = true
  }

  /** Moves one piece; the end comes behind the last. */
  step(): void {
    const size = this.#sizes[this.#pieces % this.#sizes.length] ?? 1
    if (this.#waiting.length > 0 && this.#to.writable) {
      this.#to.write(this.#waiting.subarray(0, size))
      this.#waiting = this.#waiting.subarray(size)
      this.#pieces += 1
    } else if (this.#ended && this.#to.writable) this.#to.end()
  }

  run(): void {
    this.step()
    if (!this.#to.destroyed) setImmediate(() => this.run())
  }
}
