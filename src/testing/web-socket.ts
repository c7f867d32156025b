/**
 * The WebSocket side of a scripted server: `ws` over a pipe that can be spoiled.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Item } from './frames.ts'
import { type HeaderFields, pairsOf } from './http-answer.ts'
import type { Pipe } from './pipe.ts'

export interface HandshakeOptions {
  /** The sub-protocol to agree to; `false` for none. Default: the first one the client offers. */
  readonly protocol?: string | false | undefined
  /** Answer pings. Default `true`. */
  readonly pongs?: boolean | undefined
  /** Agree to permessage-deflate. Default `false`. */
  readonly compress?: boolean | undefined
  /** Header fields beside those of the handshake. */
  readonly headers?: HeaderFields | undefined
}

/** What `ws` takes for its socket: reads come from the real one, writes go through the pipe. */
export class PipedSocket extends Duplex {
  readonly #pipe: Pipe

  constructor(pipe: Pipe, head: Uint8Array) {
    super()
    this.#pipe = pipe
    if (head.length > 0) this.push(head)
    pipe.socket.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) pipe.socket.pause()
    })
    // Node's HTTP sockets stay half open; a client that left would never be seen to leave.
    pipe.socket.on('end', () => {
      pipe.end('left')
      this.push(null)
      pipe.socket.end()
    })
    pipe.socket.on('close', () => this.destroy())
  }

  override _read(): void {
    if (this.#pipe.state !== 'vanished') this.#pipe.socket.resume()
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    void this.#pipe.write(chunk).then(done)
  }

  override _final(done: () => void): void {
    void this.#pipe.finish('finished').then(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // `ws` destroys what it gives up: nobody else may hear of it while the pipe is stalled or gone.
    if (this.#pipe.state === 'open') this.#pipe.socket.destroySoon()
    done(error)
  }
}

export interface SocketListener {
  message(data: string | Uint8Array): void
  /** The close frame of the client, or 1005 and 1006 where there was none (RFC 6455 section 7.1.5). */
  closed(code: number, reason: string): void
}

/** A WebSocket whose handshake is done. */
export class SocketVoice {
  readonly #socket: WebSocket

  constructor(socket: WebSocket, hears: SocketListener) {
    this.#socket = socket
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data: Buffer, isBinary: boolean) => hears.message(isBinary ? data : data.toString()))
    socket.on('close', (code: number, reason: Buffer) => hears.closed(code, reason.toString()))
    // What a client breaks is the client's; the pipe notes the end.
    socket.on('error', () => {})
  }

  send(item: Item): Promise<void> {
    const data = typeof item === 'string' || item instanceof Uint8Array ? item : (item.data ?? '')
    if (this.#socket.readyState !== this.#socket.OPEN) return Promise.resolve()
    return new Promise((resolve) => this.#socket.send(data, () => resolve()))
  }

  heartbeat(): Promise<void> {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
    return Promise.resolve()
  }

  end(code = 1000, reason = ''): Promise<void> {
    this.#socket.close(code, reason)
    return Promise.resolve()
  }
}

/** Loads `ws` when the first handshake is accepted: servers that never see one do without it. */
async function loadServer(): Promise<typeof import('ws')['WebSocketServer']> {
  try {
    return (await import('ws')).WebSocketServer
  } catch (cause) {
    throw new Error('Accepting a WebSocket needs the package "ws". Install it beside statewire: npm install -D ws', {
      cause,
    })
  }
}

/** Completes the handshake. Rejects when the client did not ask properly or has left. */
export async function shakeHands(
  request: IncomingMessage,
  socket: PipedSocket,
  options: HandshakeOptions,
  pipe: Pipe,
): Promise<WebSocket> {
  const WebSocketServer = await loadServer()
  const { compress = false, headers, pongs = true, protocol } = options
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    autoPong: pongs,
    perMessageDeflate: compress,
    maxPayload: 64 * 1024 * 1024,
    handleProtocols: (offered) => protocol ?? [...offered][0] ?? false,
  })
  acceptor.on('headers', (lines) => {
    for (const [name, value] of pairsOf(headers)) lines.push(`${name}: ${value}`)
  })
  return new Promise((resolve, reject) => {
    const left = (): void => reject(new Error('The client left before its handshake was accepted.'))
    socket.once('close', left)
    acceptor.once('wsClientError', reject)
    if (socket.destroyed) left()
    acceptor.handleUpgrade(request, socket, new Uint8Array(0) as Buffer, (open) => {
      pipe.beginBody()
      socket.off('close', left)
      resolve(open)
    })
  })
}
