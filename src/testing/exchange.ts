/**
 * One exchange of a scripted server: the request that came in, the handle that answers it, and the record of how it went.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { Changes } from './changes.ts'
import type { Item } from './frames.ts'
import { type AnswerHead, type BodyFormat, HttpVoice, type WholeAnswer, writeWhole } from './http-answer.ts'
import type { Ended, Fault, Origin, Pipe } from './pipe.ts'
import { RequestRecord } from './request-record.ts'
import { type HandshakeOptions, type PipedSocket, SocketVoice, shakeHands } from './web-socket.ts'

export interface AcceptOptions extends AnswerHead {
  /** Default: what the request asks for: a WebSocket for an upgrade, events for `Accept: text/event-stream`, else lines. */
  readonly as?: BodyFormat | undefined
  readonly protocol?: HandshakeOptions['protocol']
  /** Answer a WebSocket's pings. Default `true`. */
  readonly pongs?: boolean | undefined
  readonly compress?: boolean | undefined
}

export interface CutOptions {
  /** Where bytes are counted from. Default `answer`: its very first byte. */
  readonly of?: Origin | undefined
  /** RST (default) or FIN. */
  readonly by?: 'reset' | 'finish' | undefined
}

/** A held request is waited for and answered by hand; a scripted one by its step. Every method may be called at any time. */
export class Exchange extends RequestRecord {
  readonly #pipe: Pipe
  readonly #piped: PipedSocket | null
  readonly #changes: Changes
  readonly #request: IncomingMessage
  #voice: HttpVoice | SocketVoice | null = null
  #answered = false

  constructor(request: IncomingMessage, pipe: Pipe, piped: PipedSocket | null, changes: Changes) {
    super(request, piped !== null, changes)
    this.#request = request
    this.#pipe = pipe
    this.#piped = piped
    this.#changes = changes
  }

  /** `held` until somebody answers, `answering` while it lives, `over` when it has ended. */
  get state(): 'held' | 'answering' | 'over' {
    if (this.#pipe.ended !== null) return 'over'
    return this.#answered ? 'answering' : 'held'
  }

  /** How it ended, `null` while it has not. */
  get ended(): Ended | null {
    return this.#pipe.ended
  }

  /** Bytes of the answer handed to the socket, the head included. */
  get written(): number {
    return this.#pipe.written
  }

  /** Whether the client takes no more: the buffers between us are full. */
  get blocked(): boolean {
    return this.#pipe.blocked
  }

  /** Begins an answer: 200 and its head, or the WebSocket handshake. Resolves when it is on its way. */
  async accept(options: AcceptOptions = {}): Promise<this> {
    this.#answer()
    if (this.#piped === null) {
      const asked = String(this.headers.accept ?? '').includes('text/event-stream') ? 'sse' : 'lines'
      this.#voice = new HttpVoice(this.#pipe, options.as ?? asked, options)
      await this.#voice.open()
    } else {
      const socket = await shakeHands(this.#request, this.#piped, options, this.#pipe)
      this.#voice = new SocketVoice(socket, this)
    }
    this.#changes.notify()
    return this
  }

  /** A whole answer with any status, also in place of a WebSocket handshake. */
  respond(answer: WholeAnswer): Promise<void> {
    this.#answer()
    return writeWhole(this.#pipe, this.method, answer)
  }

  /** Sends one message in the form of the answer. Resolves when the socket takes more. */
  send(item: Item): Promise<void> {
    return this.#accepted().send(item)
  }

  /** A comment, an empty line, or a ping. */
  heartbeat(): Promise<void> {
    return this.#accepted().heartbeat()
  }

  /** The protocol's own end: the last chunk, or a close frame. Code and reason are for WebSockets. */
  end(code?: number, reason?: string): Promise<void> {
    return this.#accepted().end(code, reason)
  }

  /** These bytes on the socket as they are, beside any framing. On a held request they are the answer. */
  raw(bytes: string | Uint8Array): Promise<void> {
    this.#answered = true
    return this.#pipe.write(Buffer.from(bytes as string))
  }

  /** RST now, behind what was sent. */
  reset(): Promise<void> {
    this.#answered = true
    return this.#pipe.reset()
  }

  /** FIN now, behind what was sent and without the protocol's own end. */
  finish(): Promise<void> {
    this.#answered = true
    return this.#pipe.finish('cut')
  }

  /** Nothing more is sent, not even a pong. The TCP connection lives. */
  stall(): void {
    this.#answered = true
    this.#pipe.stall()
  }

  /**
   * A cable pulled: no packet of ours any more, no FIN either. The client's leaving is still seen;
   * with `reading: false` its bytes stay in the kernel until that is full, and its leaving is not seen.
   */
  vanish({ reading = true }: { readonly reading?: boolean } = {}): void {
    this.#answered = true
    this.#pipe.vanish(reading)
  }

  /** Arms a cut: what is written from here on ends after so many bytes. */
  cutAt(bytes: number, { by = 'reset', of = 'answer' }: CutOptions = {}): this {
    return this.limitTo(bytes, by, of)
  }

  /** Arms any fault at a byte. */
  limitTo(bytes: number, fault: Fault, of: Origin = 'answer'): this {
    this.#pipe.limit({ at: bytes, of, fault })
    return this
  }

  /** Sends each write in pieces of these sizes (the last repeats), one a turn of the event loop. */
  split(...sizes: readonly number[]): this {
    this.#pipe.split(sizes)
    return this
  }

  /** Sends at most so many bytes each `server.tick()`. */
  slow(bytesPerTick: number): this {
    this.#pipe.slow(bytesPerTick)
    return this
  }

  /** @internal The server closes. */
  abandon(): void {
    this.#pipe.end('abandoned')
  }

  #answer(): void {
    if (this.#answered) throw new Error(`${this.method} ${this.path} has been answered already.`)
    this.#answered = true
    this.#changes.notify()
  }

  #accepted(): HttpVoice | SocketVoice {
    if (this.#voice === null) throw new Error(`${this.method} ${this.path} has not been accepted: call accept() first.`)
    return this.#voice
  }
}
