/**
 * A WebSocket client without manners: a socket, a handshake by hand, and whatever frames a test likes.
 *
 * @module
 */

import type { Socket } from 'node:net'
import { CLOSE, frameBytes, framesIn, type RawFrame, TEXT } from './raw-frames.ts'
import { headOf, type RawAnswer } from './raw-http.ts'

/** A frame of our sub-protocol, as it came. */
export type AnyFrame = Record<string, unknown> & { readonly t: string }

/** How the server ended it. `code` is 1006 when it cut the line without a word. */
export interface Closed {
  readonly code: number
  readonly reason: string
}

/** The headers of a handshake, but the version and the sub-protocol. The key is the one of RFC 6455 section 1.3. */
export const UPGRADE: readonly string[] = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** The headers of a good handshake. */
export const GOOD_UPGRADE: readonly string[] = [
  ...UPGRADE,
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: statewire.v1.json',
]

export class RawPeer {
  readonly socket: Socket
  readonly received: AnyFrame[] = []
  /** Settled when the connection is gone. */
  readonly closed: Promise<Closed>
  #head: Omit<RawAnswer, 'body'> | null = null
  #bytes: Buffer = Buffer.alloc(0)
  #over: Closed | null = null
  readonly #looking = new Set<() => void>()

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => this.#take(chunk))
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#over ??= { code: 1006, reason: '' }
        resolve(this.#over)
        this.#look()
      })
    })
  }

  /** Shakes hands, and resolves with the answer. After a refusal that is when the server has closed. */
  async shakeHands(headers: readonly string[], target: string): Promise<RawAnswer> {
    this.write([`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n'))
    const head = await this.#when(() => this.#head ?? undefined)
    if (head.status === 101) return { ...head, body: '' }
    await this.closed
    return { ...head, body: this.#bytes.toString() }
  }

  /** Sends bytes as they stand. */
  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Sends a WebSocket frame. */
  frame(frame: RawFrame): void {
    this.socket.write(frameBytes(frame))
  }

  /** Sends a frame of the sub-protocol: text as it stands, anything else as JSON. */
  say(frame: unknown): void {
    this.frame({ opcode: TEXT, payload: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }

  /** The first frame, past or future, that fulfils the condition. Rejects when the connection ends before. */
  until(condition: (frame: AnyFrame) => boolean): Promise<AnyFrame> {
    let looked = 0
    return this.#when(() => {
      // Each frame is looked at once: some tests receive thousands.
      while (looked < this.received.length) {
        const next = this.received[looked++]
        if (next !== undefined && condition(next)) return next
      }
      return undefined
    })
  }

  #when<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = find()
        if (found === undefined && this.#over === null) return
        this.#looking.delete(check)
        if (found !== undefined) resolve(found)
        else reject(new Error(`The connection ended too early: ${this.#over?.code} ${this.#over?.reason}`))
      }
      this.#looking.add(check)
      check()
    })
  }

  #look(): void {
    for (const check of [...this.#looking]) check()
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    const end = this.#head === null ? this.#bytes.indexOf('\r\n\r\n') : -1
    if (end !== -1) {
      this.#head = headOf(this.#bytes.subarray(0, end).toString('latin1'))
      this.#bytes = this.#bytes.subarray(end + 4)
    }
    if (this.#head?.status === 101) this.#takeFrames()
    this.#look()
  }

  #takeFrames(): void {
    const { frames, rest } = framesIn(this.#bytes)
    this.#bytes = rest
    for (const { opcode, payload } of frames) {
      if (opcode === TEXT) this.received.push(JSON.parse(payload.toString()))
      if (opcode === CLOSE) this.#closing(payload)
    }
  }

  /** Well-mannered in this alone: the server need not wait for its own timeout. */
  #closing(payload: Buffer): void {
    this.#over ??= { code: payload.length < 2 ? 1005 : payload.readUInt16BE(0), reason: payload.subarray(2).toString() }
    this.socket.end(frameBytes({ opcode: CLOSE, payload }))
  }
}
