/**
 * An address behind which one server takes another one's place, as after a fail-over, and where answers can be lost.
 *
 * @module
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export class Junction {
  /** The port of the server that new connections are led to. */
  upstream: number
  /** Connections so far. */
  connections = 0
  readonly #server = createServer({ noDelay: true }, (client) => this.#lead(client))
  readonly #open = new Set<Socket>()
  #hears = true

  constructor(upstream: number) {
    this.upstream = upstream
  }

  /** Listens on a free port until the test is over; resolves with its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    onTestFinished(() => {
      this.cut()
      this.#server.close()
    })
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The junction has no port.')
    return `http://127.0.0.1:${address.port}`
  }

  /** From now on nobody hears the server, though the server hears everybody. */
  mute(): void {
    this.#hears = false
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#open) socket.destroy()
  }

  #lead(client: Socket): void {
    this.connections += 1
    const upstream = connect({ port: this.upstream, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, upstream]) {
      this.#open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      if (this.#hears) client.write(chunk)
    })
  }
}
