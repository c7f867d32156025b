/**
 * A WebSocket behind one small interface: the platform's own, or any constructor that behaves like it (WHATWG "WebSockets").
 * `socket.node.ts` is the same interface over the `ws` package; `#websocket` picks one of the two by export condition.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { OVER_LIMIT } from '../wire/close-codes.ts'
import type { TlsInput } from './request-input.ts'
import type { CompressionInput } from './websocket-input.ts'

/** The part of the standard `WebSocket` that we use. Small, so that look-alikes fit. */
export interface StandardSocket {
  binaryType: string
  readonly bufferedAmount: number
  readonly protocol: string
  readonly readyState: number
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
}

/** `globalThis.WebSocket`, or one that is called like it. */
export type StandardSocketConstructor = new (url: string, protocols?: string[]) => StandardSocket

/** One validated wish for a socket. */
export interface SocketRequest {
  readonly url: URL
  readonly protocols: readonly string[]
  readonly headers: Headers
  readonly maxMessageBytes: number
  readonly tls: TlsInput | undefined
  /** permessage-deflate, where this side can ask for it. Default: none. */
  readonly compression?: boolean | CompressionInput | undefined
  readonly WebSocket: StandardSocketConstructor | undefined
  readonly signal: AbortSignal
}

/** Whom a socket tells. Nothing is told after {@link Socket.release}. */
export interface SocketOwner {
  /** Told before anything else, in the tick of the opening: a promise would come after the first messages. */
  opened(socket: Socket): void
  message(data: string | Uint8Array): void
  /** Bytes arrived, whatever they mean. */
  heard(): void
  /** This side found a fault in what came; the socket closes by itself. */
  failed(error: TransportError): void
  /** The socket is gone. 1006 when no close frame came. */
  closed(code: number, reason: string): void
}

/** An open socket. */
export interface Socket {
  readonly protocol: string
  /** Bytes not yet handed to the network. */
  readonly bufferedAmount: number
  /** Stops taking bytes from the network; absent where the platform cannot. */
  pause?(): void
  resume?(): void
  /** False when the socket is closing. Else calls `done` once: without an error when the data is on its way. */
  send(data: string | Uint8Array<ArrayBuffer>, done: (error?: Error | null) => void): boolean
  /** Holds small frames back until the function returns, so that they leave in one packet. */
  together(send: () => void): void
  /** Resolves when at most so many bytes wait, or when the socket is gone. */
  drained(limit: number): Promise<void>
  ping?(): void
  /** Starts the closing handshake, gives it 5 s, and tells the owner nothing from now on. */
  release(code?: number, reason?: string): void
}

/** RFC 6455 section 7.1.1 lets a client wait "a reasonable time" for the peer's close; wire.md 4.2 says 5 s. */
export const CLOSE_GRACE_MS = 5000

/** How often a sender who waits looks at `bufferedAmount`: browsers have no drain event. */
const DRAIN_POLL_MS = 25

const OPEN = 1

/** Opens the platform's socket. Node's own build of this function is in `socket.node.ts`. */
export function openSocket(request: SocketRequest, owner: SocketOwner): Promise<void> {
  return openStandardSocket(request.WebSocket ?? platformSocket(), request, owner)
}

/** The global `WebSocket`, where there is one. */
export function platformSocket(): StandardSocketConstructor | undefined {
  return typeof WebSocket === 'undefined' ? undefined : WebSocket
}

/** Opens a socket with a standard constructor. */
export function openStandardSocket(
  Constructor: StandardSocketConstructor | undefined,
  request: SocketRequest,
  owner: SocketOwner,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (Constructor === undefined)
      throw new TransportError('unsupported', 'This platform has no WebSocket. On Node, install the "ws" package.')
    if (!request.headers.keys().next().done) {
      throw new TransportError(
        'unsupported',
        'A standard WebSocket cannot send headers. On Node, install the "ws" package.',
      )
    }
    const { signal, maxMessageBytes } = request
    const raw = construct(Constructor, request)
    raw.binaryType = 'arraybuffer'
    let state: 'opening' | 'open' | 'released' = 'opening'

    const release = (code?: number, reason?: string) => {
      if (state === 'released') return
      state = 'released'
      signal.removeEventListener('abort', abort)
      closeStandard(raw, code, reason)
    }
    const abort = () => {
      const given = new TransportError('aborted', 'The attempt was given up.')
      if (state === 'open') owner.failed(given)
      release()
      reject(given)
    }
    signal.addEventListener('abort', abort)

    raw.addEventListener('open', () => {
      if (state !== 'opening') return
      // RFC 6455 section 4.1 lets a server answer with none of them; some browsers then open the socket all the same.
      if (request.protocols.length > 0 && !request.protocols.includes(raw.protocol)) {
        release()
        return reject(noCommonProtocol())
      }
      state = 'open'
      owner.opened(standardSocket(raw, release))
      owner.heard()
      resolve()
    })
    raw.addEventListener('message', ({ data }) => {
      if (state !== 'open') return
      owner.heard()
      const content = typeof data === 'string' ? data : bytesOf(data)
      if (content !== null && byteLengthWithin(content, maxMessageBytes)) return owner.message(content)
      release(OVER_LIMIT, 'too_large')
      owner.failed(tooLarge(maxMessageBytes))
    })
    raw.addEventListener('close', ({ code, reason }) => {
      signal.removeEventListener('abort', abort)
      const before = state
      state = 'released'
      if (before === 'opening') reject(new TransportError('network', 'The WebSocket could not be opened.'))
      if (before === 'open') owner.closed(code, reason)
    })
    // The event says nothing (WHATWG hides the cause from scripts) and `close` always follows; `ws` throws where nobody listens.
    raw.addEventListener('error', () => {})
  })
}

function construct(Constructor: StandardSocketConstructor, { url, protocols }: SocketRequest): StandardSocket {
  try {
    return new Constructor(url.href, [...protocols])
  } catch (cause) {
    // SecurityError: an https page may not open ws:. SyntaxError: the platform is stricter about the URL than we are.
    throw new TransportError('bad_url', 'The platform refuses to open a WebSocket to this URL.', { cause })
  }
}

function standardSocket(raw: StandardSocket, release: Socket['release']): Socket {
  return {
    protocol: raw.protocol,
    get bufferedAmount() {
      return raw.bufferedAmount
    },
    send(data, done) {
      // A closing WebSocket swallows what it is given (WHATWG) and says nothing.
      if (raw.readyState !== OPEN) return false
      raw.send(data)
      done()
      return true
    },
    together: (send) => send(),
    async drained(limit) {
      while (raw.readyState === OPEN && raw.bufferedAmount > limit) {
        await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS))
      }
    },
    release,
  }
}

/** A browser's `close()` throws for every code but 1000 and 3000 to 4999, and for a reason of more than 123 bytes. */
function closeStandard(raw: StandardSocket, code: number | undefined, reason = ''): void {
  const allowed = code === 1000 || (code !== undefined && code >= 3000 && code <= 4999)
  if (allowed) raw.close(code, closeReasonWithin(reason))
  else raw.close()
}

/** RFC 6455 section 5.5: a control frame holds 125 bytes, two of which are the code. */
export function closeReasonWithin(reason: string): string {
  let bounded = reason
  while (!byteLengthWithin(bounded, 123)) bounded = bounded.slice(0, -1)
  return bounded
}

/** `null` for a Blob: somebody changed `binaryType` behind our back. */
function bytesOf(data: unknown): Uint8Array | null {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : null
}

/** Whether the UTF-8 form fits, without making one: a code unit is 1 to 3 bytes, and that settles nearly every text. */
export function byteLengthWithin(content: string | Uint8Array, limit: number): boolean {
  if (typeof content !== 'string') return content.byteLength <= limit
  if (content.length > limit) return false
  return content.length * 3 <= limit || new TextEncoder().encode(content).byteLength <= limit
}

export function noCommonProtocol(): TransportError {
  return new TransportError('unsupported', 'The server speaks none of the sub-protocols that were asked for.')
}

export function tooLarge(limit: number): TransportError {
  return new TransportError('limit_exceeded', `A message is larger than the limit of ${limit} bytes.`)
}
