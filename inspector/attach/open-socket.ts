/**
 * The socket of a link. In Node the `ws` package where it is installed, because it can be told not to keep its process alive; else the
 * platform's own.
 *
 * @module
 */
import type { StandardSocket } from '../../src/transports/socket.ts'
import { runtimeName } from './runtime.ts'

interface NodeRequest {
  readonly socket: { unref(): void }
}

interface WsSocket extends StandardSocket {
  once(event: 'upgrade', hear: (response: NodeRequest) => void): void
}

type WsConstructor = new (url: string, options: object) => WsSocket

/** Viewers ask short questions. */
const longestAnswer = 65_536

function findWs(): WsConstructor | undefined {
  try {
    // Not by `import`: whoever bundles a page would have to have a package that no page uses.
    const { createRequire } = process.getBuiltinModule('node:module')
    return createRequire(import.meta.url)('ws').WebSocket
  } catch {
    return undefined
  }
}

/** @throws where there is no WebSocket, or the address is none */
export function openLinkSocket(url: string): StandardSocket {
  const Ws = runtimeName() === 'node' ? findWs() : undefined
  if (Ws === undefined) return new WebSocket(url)
  const socket = new Ws(url, { maxPayload: longestAnswer, perMessageDeflate: false, handshakeTimeout: 5_000 })
  socket.once('upgrade', (response) => response.socket.unref())
  return socket
}
