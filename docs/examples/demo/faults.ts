/**
 * What can go wrong with a line, on demand and for one panel only. A connection says whose it is by `panel=` in its URL.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export const panelNames = ['sse', 'websocket', 'ndjson', 'room'] as const
export type PanelName = (typeof panelNames)[number]

export const faultNames = ['cut', 'down', 'reject'] as const
export type FaultName = (typeof faultNames)[number]

/** How long *server down* and *reject* last, in milliseconds. */
export const faultLength = 3000

interface Line {
  readonly sockets: Map<Duplex, number>
  mode: 'open' | 'down' | 'reject'
  until: number
}

export function panelOf(url: URL): PanelName | null {
  const given = url.searchParams.get('panel')
  return panelNames.find((name) => name === given) ?? null
}

export class Faults {
  readonly #lines = new Map<PanelName, Line>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  #line(panel: PanelName): Line {
    const line = this.#lines.get(panel) ?? { sockets: new Map(), mode: 'open', until: 0 }
    this.#lines.set(panel, line)
    return line
  }

  #modeOf(panel: PanelName): Line['mode'] {
    const line = this.#line(panel)
    return this.#now() < line.until ? line.mode : 'open'
  }

  /** @returns how many sockets were destroyed. */
  inflict(panel: PanelName, fault: FaultName): number {
    const line = this.#line(panel)
    if (fault !== 'cut') {
      line.mode = fault
      line.until = this.#now() + faultLength
    }
    const sockets = [...line.sockets.keys()]
    for (const socket of sockets) socket.destroy()
    return sockets.length
  }

  #hold(panel: PanelName, socket: Duplex): () => void {
    const { sockets } = this.#line(panel)
    sockets.set(socket, (sockets.get(socket) ?? 0) + 1)
    return () => {
      const uses = (sockets.get(socket) ?? 1) - 1
      if (uses === 0) sockets.delete(socket)
      else sockets.set(socket, uses)
    }
  }

  /** @returns `false` when the request met its fault and is answered, or will never be. */
  admit(panel: PanelName, request: IncomingMessage, response: ServerResponse): boolean {
    const mode = this.#modeOf(panel)
    if (mode === 'down') request.socket.destroy()
    else if (mode === 'reject') {
      response.writeHead(503, { 'Retry-After': '1', 'Content-Type': 'text/plain' }).end('Rejected on request.\n')
    }
    if (mode !== 'open') return false
    // A socket outlives its answer (keep-alive) and may then serve another panel: it is ours only while ours is open.
    response.once('close', this.#hold(panel, request.socket))
    return true
  }

  /** The same for a WebSocket handshake. */
  admitUpgrade(panel: PanelName, socket: Duplex): boolean {
    const mode = this.#modeOf(panel)
    if (mode === 'down') socket.destroy()
    else if (mode === 'reject') {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    }
    if (mode !== 'open') return false
    socket.once('close', this.#hold(panel, socket))
    return true
  }
}
