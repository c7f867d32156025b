/**
 * A bare client of `statewire.v1.json`.
 *
 * @module
 */
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../../src/wire/names.ts'
import { formatOffset } from '../../src/wire/offset.ts'
import { maskedText } from '../bench/server/dialogues.ts'
import { FrameReader } from './frame-reader.ts'
import { type Dial, failure, type LinkEvents, refused, type Target } from './link.ts'

/** The longest that our server agrees to: heartbeats are not what is counted here. */
const PING_MS = 60_000

/** The key is the example of RFC 6455 section 1.3: these clients do not check what becomes of it. */
const HEADERS = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol': WEBSOCKET_PROTOCOL,
}

export const dialSocket: Dial = (target, events) => {
  const dialled = request({
    host: '127.0.0.1',
    port: target.port,
    path: WEBSOCKET_PATH,
    headers: HEADERS,
    agent: false,
  })
  let socket: Duplex | null = null
  dialled.on('error', () => events.lost(failure('network')))
  dialled.on('response', (response) => {
    response.resume()
    events.lost(refused(response))
  })
  dialled.on('upgrade', (_response, upgraded, head) => {
    socket = upgraded
    converse(upgraded, head, target, events)
  })
  dialled.end()
  return {
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    destroy() {
      // A request that was upgraded has let go of its socket.
      socket?.destroy()
      dialled.destroy()
    },
  }
}

function converse(socket: Duplex, head: Buffer, target: Target, events: LinkEvents): void {
  const reader = new FrameReader()
  const subscription = new SubscriptionReader(target, events, (frame) =>
    socket.write(maskedText(JSON.stringify(frame))),
  )
  const take = (bytes: Buffer): void => {
    for (const frame of reader.take(bytes)) {
      if (frame.kind === 'text') subscription.take(JSON.parse(frame.text))
      // Answered by hanging up: nobody here needs the rest of the handshake.
      else socket.end()
    }
  }
  socket.on('error', () => {})
  socket.on('close', () => events.lost(failure('interrupted', { retryAfterMs: subscription.pauseMs })))
  socket.on('data', take)
  subscription.begin()
  if (head.length > 0) take(head)
}

/** What is read of a server's frame. */
interface AnyFrame {
  readonly t: string
  readonly gen: string
  readonly term: number
  readonly n: number
  readonly d: readonly unknown[]
  readonly afterMs: number
  readonly spreadMs: number
  readonly code: unknown
}

class SubscriptionReader {
  /** What `bye` asked for. */
  pauseMs: number | undefined
  readonly #target: Target
  readonly #events: LinkEvents
  readonly #say: (frame: object) => void
  #gen = ''
  #term = 0

  constructor(target: Target, events: LinkEvents, say: (frame: object) => void) {
    this.#target = target
    this.#events = events
    this.#say = say
  }

  begin(): void {
    const { stream, offset } = this.#target
    this.#say({ t: 'hello', v: 1, pingMs: PING_MS })
    this.#say({ t: 'sub', id: 1, s: stream, o: offset })
  }

  take(frame: AnyFrame): void {
    switch (frame.t) {
      case 'subok':
        this.#gen = frame.gen
        this.#term = frame.term
        this.#events.opened()
        break
      case 'term':
        this.#term = frame.term
        break
      case 'm': {
        const seq = frame.n + frame.d.length - 1
        this.#events.records(frame.d, formatOffset({ gen: this.#gen, term: this.#term, seq }))
        break
      }
      case 'ping':
        this.#say({ t: 'pong' })
        break
      case 'bye':
        // Drawn here, as our own client does: everybody is told the same.
        this.pauseMs = frame.afterMs + this.#target.random() * frame.spreadMs
        break
      case 'err':
      case 'reset':
        throw new Error(`The server said ${frame.t} ${String(frame.code)}.`)
    }
  }
}
