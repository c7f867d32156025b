/**
 * The WebSocket of Node: the `ws` package, which can pause, sees the HTTP status of a refused handshake and bounds a message
 * before it is buffered. Without it the standard `WebSocket` of Node 22 and later serves.
 *
 * @module
 */
import type { Socket as NetSocket } from 'node:net'
import type { ClientOptions, WebSocket as WsSocket } from 'ws'
import { TransportError } from '../errors.ts'
import {
  CLOSE_GRACE_MS,
  closeReasonWithin,
  noCommonProtocol,
  openStandardSocket,
  platformSocket,
  type Socket,
  type SocketOwner,
  type SocketRequest,
  tooLarge,
} from './socket.ts'
import { handshakeRefused, networkFailure, wireFault } from './socket-failures.node.ts'

type WsConstructor = new (url: URL, protocols: string[], options: ClientOptions) => WsSocket

/** Opens a socket with `input.WebSocket`, else `ws`, else the global one, else fails with what to install. */
export async function openSocket(
  request: SocketRequest,
  owner: SocketOwner,
  importWs: () => Promise<WsConstructor | undefined> = findWs,
): Promise<void> {
  const Ws = request.WebSocket === undefined ? await importWs() : undefined
  if (request.signal.aborted) throw new TransportError('aborted', 'The attempt was given up.')
  if (Ws === undefined) return openStandardSocket(request.WebSocket ?? platformSocket(), request, owner)
  return openWs(Ws, request, owner)
}

/** Once found it is at hand: even of a module that is there an `import()` costs each dial some turns. */
let found: WsConstructor | undefined

async function findWs(): Promise<WsConstructor | undefined> {
  try {
    found ??= (await import('ws')).WebSocket
  } catch {
    // It is an optional peer.
  }
  return found
}

function openWs(Ws: WsConstructor, request: SocketRequest, owner: SocketOwner): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal, protocols, maxMessageBytes } = request
    const options = { ...tlsOptions(request), headers: Object.fromEntries(request.headers) }
    const raw = new Ws(request.url, [...protocols], {
      ...options,
      maxPayload: maxMessageBytes,
      perMessageDeflate: deflateOptions(request),
    })
    let refused = false
    let socket: NodeSocket | undefined
    // Not the answer itself: its headers and buffers would weigh 1 kB for as long as the connection lives.
    let network: NetSocket | undefined

    const refuse = (error: TransportError) => {
      if (refused) return
      refused = true
      signal.removeEventListener('abort', abort)
      raw.terminate()
      reject(error)
    }
    // Stays on the signal when the socket is open: the signal holds it, and nothing of an open socket holds the signal.
    const abort = () => {
      const given = new TransportError('aborted', 'The attempt was given up.')
      if (socket === undefined) refuse(given)
      else socket.abort(given)
    }
    signal.addEventListener('abort', abort)

    raw.on('unexpected-response', (_request, response) => refuse(handshakeRefused(response)))
    raw.on('upgrade', (response) => {
      network = response.socket
      const granted = response.headers['sec-websocket-protocol']
      if (protocols.length > 0 && (granted === undefined || !protocols.includes(granted))) refuse(noCommonProtocol())
    })
    raw.on('open', () => {
      if (network === undefined) return
      // All of the above: an open socket is not to keep what only its opening needed.
      raw.removeAllListeners()
      socket = new NodeSocket(raw, network, owner, maxMessageBytes)
      owner.opened(socket)
      resolve()
    })
    // An 'error' without a listener ends the process, and `ws` emits one even after terminate().
    raw.on('error', (cause) => refuse(networkFailure(cause)))
  })
}

function tlsOptions({ tls }: SocketRequest): ClientOptions {
  if (tls === undefined) return {}
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined))
}

/** RFC 7692. `ws` inflates up to `maxPayload` and no further, so that a bomb ends as any message that is too large. */
function deflateOptions({ compression = false }: SocketRequest): NonNullable<ClientOptions['perMessageDeflate']> {
  if (typeof compression === 'boolean') return compression
  const { contextTakeover = true, threshold = 1024 } = compression
  return { threshold, clientNoContextTakeover: !contextTakeover, serverNoContextTakeover: !contextTakeover }
}

/** A view of the 64 KiB network chunk would keep all of it alive for as long as the app keeps ten bytes. */
function detached(data: Buffer): Uint8Array {
  const owned = data.byteLength === data.buffer.byteLength
  return owned ? new Uint8Array(data.buffer) : new Uint8Array(data)
}

/** An open socket. A class, as closures would weigh 56 bytes each for every connection. */
class NodeSocket implements Socket {
  readonly #raw: WsSocket
  readonly #network: NetSocket
  /** Nobody after the release. */
  #owner: SocketOwner | null
  readonly #limit: number
  /** Senders who look again whenever something has left. Most connections only receive. */
  #waiting: Set<() => void> | null = null

  constructor(raw: WsSocket, network: NetSocket, owner: SocketOwner, limit: number) {
    this.#raw = raw
    this.#network = network
    this.#owner = owner
    this.#limit = limit
    // One call per network chunk: cheaper than one per message, and half a message is a sign of life too. Not before the opening:
    // a listener there starts the flow before `ws` listens, and messages that came with the handshake are lost.
    network.on('data', () => this.#owner?.heard())
    raw.on('message', (data: Buffer, isBinary) => this.#owner?.message(isBinary ? detached(data) : data.toString()))
    // Stays attached for ever: an 'error' without a listener ends the process, and `ws` emits one even after terminate().
    raw.on('error', (cause) => this.#owner?.failed(wireFault(cause, () => tooLarge(this.#limit))))
    raw.on('close', (code, reason) => {
      const owner = this.#owner
      this.#owner = null
      this.#look()
      owner?.closed(code, reason.toString())
    })
  }

  get protocol(): string {
    return this.#raw.protocol
  }

  get bufferedAmount(): number {
    return this.#raw.bufferedAmount
  }

  get #isOpen(): boolean {
    return this.#raw.readyState === this.#raw.OPEN
  }

  pause(): void {
    this.#raw.pause()
  }

  resume(): void {
    this.#raw.resume()
  }

  send(data: string | Uint8Array<ArrayBuffer>, done: (error?: Error | null) => void): boolean {
    if (!this.#isOpen) return false
    this.#raw.send(data, (error) => {
      done(error)
      this.#look()
    })
    return true
  }

  together(send: () => void): void {
    this.#network.cork()
    try {
      send()
    } finally {
      this.#network.uncork()
    }
  }

  drained(limit: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting ??= new Set()
      const waiting = this.#waiting
      const check = () => {
        if (this.#isOpen && this.#raw.bufferedAmount > limit) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  }

  #look(): void {
    for (const check of this.#waiting ?? []) check()
  }

  ping(): void {
    if (this.#isOpen) this.#raw.ping()
  }

  release(code?: number, reason?: string): void {
    if (this.#owner === null) return
    this.#owner = null
    closeWithin(this.#raw, code, reason)
  }

  /** At once, without a closing handshake. */
  abort(given: TransportError): void {
    if (this.#owner === null) return
    this.#owner.failed(given)
    this.#raw.terminate()
  }
}

function closeWithin(raw: WsSocket, code: number | undefined, reason = ''): void {
  try {
    raw.close(code, closeReasonWithin(reason))
  } catch {
    // Not a code that may be sent (RFC 6455 section 7.4.1).
    raw.close()
  }
  // Whoever paused would never see the peer's close frame.
  raw.resume()
  const timer = setTimeout(() => raw.terminate(), CLOSE_GRACE_MS)
  timer.unref()
  raw.once('close', () => clearTimeout(timer))
}
