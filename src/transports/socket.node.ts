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

async function findWs(): Promise<WsConstructor | undefined> {
  try {
    return (await import('ws')).WebSocket
  } catch {
    return undefined
  }
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
    let state: 'opening' | 'open' | 'released' = 'opening'
    // Not the answer itself: its headers and buffers would weigh 1 kB for as long as the connection lives.
    let network: NetSocket | undefined

    const refuse = (error: TransportError) => {
      if (state !== 'opening') return
      state = 'released'
      signal.removeEventListener('abort', abort)
      raw.terminate()
      reject(error)
    }
    const release = (code?: number, reason?: string) => {
      if (state === 'released') return
      state = 'released'
      signal.removeEventListener('abort', abort)
      closeWithin(raw, code, reason)
    }
    const abort = () => {
      const given = new TransportError('aborted', 'The attempt was given up.')
      if (state === 'open') owner.failed(given)
      refuse(given)
      raw.terminate()
    }
    signal.addEventListener('abort', abort)

    raw.on('unexpected-response', (_request, response) => refuse(handshakeRefused(response)))
    raw.on('upgrade', (response) => {
      network = response.socket
      const granted = response.headers['sec-websocket-protocol']
      if (protocols.length > 0 && (granted === undefined || !protocols.includes(granted)))
        return refuse(noCommonProtocol())
    })
    raw.on('open', () => {
      state = 'open'
      if (network === undefined) return
      // One call per network chunk: cheaper than one per message, and half a message is a sign of life too. Not at 'upgrade':
      // a listener there starts the flow before `ws` listens, and messages that came with the handshake are lost.
      network.on('data', () => state !== 'released' && owner.heard())
      owner.opened(wsSocket(raw, network, release))
      resolve()
    })
    raw.on('message', (data: Buffer, isBinary) => {
      if (state !== 'released') owner.message(isBinary ? detached(data) : data.toString())
    })
    // Stays attached for ever: an 'error' without a listener ends the process, and `ws` emits one even after terminate().
    raw.on('error', (cause) => {
      if (state === 'opening') return refuse(networkFailure(cause))
      if (state === 'open') owner.failed(wireFault(cause, () => tooLarge(maxMessageBytes)))
    })
    raw.on('close', (code, reason) => {
      signal.removeEventListener('abort', abort)
      const before = state
      state = 'released'
      if (before === 'open') owner.closed(code, reason.toString())
    })
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

function wsSocket(raw: WsSocket, network: NetSocket, release: Socket['release']): Socket {
  const waiting = new Set<() => void>()
  const look = () => {
    for (const check of waiting) check()
  }
  raw.once('close', look)
  return {
    protocol: raw.protocol,
    get bufferedAmount() {
      return raw.bufferedAmount
    },
    pause: () => raw.pause(),
    resume: () => raw.resume(),
    send(data, done) {
      if (raw.readyState !== raw.OPEN) return false
      raw.send(data, (error) => {
        done(error)
        look()
      })
      return true
    },
    together(send) {
      network.cork()
      try {
        send()
      } finally {
        network.uncork()
      }
    },
    drained(limit) {
      return new Promise((resolve) => {
        const check = () => {
          if (raw.readyState === raw.OPEN && raw.bufferedAmount > limit) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      })
    },
    ping: () => raw.readyState === raw.OPEN && raw.ping(),
    release,
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
