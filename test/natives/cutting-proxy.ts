/**
 * A TCP proxy that cuts its connections where it is told to. What passes is HTTP or WebSocket; it knows neither.
 *
 * @module
 */
import { EventEmitter, once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** How one connection ends. */
export interface Cut {
  /** Whose bytes count: the server's or the client's. */
  readonly of: 'server' | 'client'
  /** With RST, else with FIN. */
  readonly abrupt: boolean
  /** After how many bytes, now that this (in Latin-1: a character a byte) has been said. */
  after(said: string): number
}

/** How the next connection ends when so many were cut already; `null`: it lives. */
export type CutPlan = (cuts: number) => Cut | null

export interface CuttingProxyOptions {
  readonly plan: CutPlan
  /** The port of the server behind it. */
  readonly upstream: number
  /** Changes what the server says. The length has to stay. */
  readonly rewrite?: ((bytes: Buffer) => Buffer) | undefined
}

/** `moved` is emitted whenever bytes of the server have been handed to a client. */
export class CuttingProxy extends EventEmitter<{ moved: [] }> {
  /** Connections that were cut so far. */
  cuts = 0
  /** Those among them where the server had not finished the head of its answer, or its side of a handshake. */
  headCuts = 0
  readonly #options: CuttingProxyOptions
  readonly #server = createServer({ noDelay: true }, (client) => this.#meet(client))
  readonly #open = new Set<Socket>()

  constructor(options: CuttingProxyOptions) {
    super()
    this.#options = options
  }

  /** Listens on a free port, and resolves with `http://127.0.0.1:PORT`. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.')
    return `http://127.0.0.1:${address.port}`
  }

  /** Cuts every connection that is open now, as a proxy does that is restarted. */
  cutAll(): void {
    for (const socket of this.#open) socket.resetAndDestroy()
  }

  /** Ends every connection and leaves no handle behind. */
  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #meet(client: Socket): void {
    const { plan, upstream: port, rewrite } = this.#options
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, upstream]) {
      this.#open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#open.delete(socket))
    }
    const planned = plan(this.cuts)
    const cutBy = (side: Cut['of']): Cut['after'] => (planned?.of === side ? planned.after : never)
    let answer = ''
    const cut = (): void => {
      // Both ends may have come to it in the same turn.
      if (client.destroyed || client.writableEnded) return
      this.cuts += 1
      if (!answer.includes('\r\n\r\n')) this.headCuts += 1
      upstream.destroy()
      if (planned?.abrupt) client.resetAndDestroy()
      else client.end()
    }
    carry(client, upstream, cutBy('client'), cut, (bytes) => bytes)
    carry(upstream, client, cutBy('server'), cut, (bytes) => {
      answer += bytes.toString('latin1')
      this.emit('moved')
      return rewrite === undefined ? bytes : rewrite(bytes)
    })
  }
}

function never(): number {
  return Number.POSITIVE_INFINITY
}

/** Hands bytes on until the limit, then calls `cut`. What is beyond the limit never arrives. */
function carry(from: Socket, to: Socket, limit: Cut['after'], cut: () => void, pass: (bytes: Buffer) => Buffer): void {
  let said = ''
  from.on('data', (piece: Buffer) => {
    const passed = said.length
    said += piece.toString('latin1')
    const room = Math.max(0, limit(said) - passed)
    if (!to.writable) return
    // An RST overtakes what the socket has not taken yet, so that it waits for the last byte.
    if (piece.length > room) to.write(pass(piece.subarray(0, room)), cut)
    else if (!to.write(pass(piece))) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  })
  from.on('end', () => to.end())
  // A peer that broke off is gone for the other side as well.
  from.on('close', () => to.destroySoon())
}
