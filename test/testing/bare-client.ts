/**
 * A client that is nothing but a socket: it sees each chunk as it arrives, and how the connection ended.
 *
 * @module
 */
import { connect } from 'node:net'

export interface BareClient {
  /** The bytes of each read. */
  readonly chunks: Buffer[]
  /** Everything received so far. */
  bytes(): Buffer
  /** Everything behind the head. */
  body(): string
  /** Resolves when the condition holds after some read or end. */
  until(condition: () => boolean): Promise<void>
  /** How the server ended it: FIN, RST, or not yet. */
  ended: 'fin' | 'rst' | null
  write(text: string): void
  /** Stops and starts taking bytes off the socket. */
  pause(): void
  resume(): void
  leave(): void
}

/** Connects and sends this text. */
export function bareClient(url: string, text: string): BareClient {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: false })
  const watchers = new Set<() => void>()
  const client: BareClient = {
    chunks: [],
    ended: null,
    bytes: () => Buffer.concat(client.chunks),
    body: () => client.bytes().toString().split('\r\n\r\n').slice(1).join('\r\n\r\n'),
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (condition()) resolve()
        }
        watchers.add(look)
        look()
      }),
    write: (more) => void socket.write(more),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    leave: () => void socket.destroy(),
  }
  const look = (): void => {
    for (const watcher of watchers) watcher()
  }
  const end = (how: 'fin' | 'rst'): void => {
    client.ended ??= how
    look()
  }
  socket.on('data', (chunk) => {
    client.chunks.push(chunk)
    look()
  })
  socket.on('end', () => end('fin'))
  socket.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNRESET' ? 'rst' : 'fin'))
  socket.write(text)
  return client
}

/** The text of a plain request. */
export function requestText(path: string, ...headers: readonly string[]): string {
  return `GET ${path} HTTP/1.1\r\n${['host: localhost', ...headers].join('\r\n')}\r\n\r\n`
}

/** The text of a WebSocket handshake (RFC 6455 section 4.1). */
export const handshakeText = requestText(
  '/socket',
  'connection: Upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  `sec-websocket-key: ${Buffer.alloc(16, 7).toString('base64')}`,
)
