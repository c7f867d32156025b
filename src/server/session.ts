/**
 * One WebSocket connection: greeting, requests, liveness, and how it ends.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import * as codes from '../wire/close-codes.ts'
import type { ClientFrame, ConnectionLimits, HelloFrame, RequestErrorCode, ServerFrame } from '../wire/frames.ts'
import { MAX_RECORDS_PER_APPEND, PROTOCOL_MAJOR } from '../wire/names.ts'
import { parseClientFrame } from './client-frames.ts'
import { type ServerContext, STALL_MS } from './context.ts'
import type { OpenRead } from './open-reads.ts'
import { isCompletePublish, publish } from './publish.ts'
import { agreedPingMs, SocketLiveness } from './socket-liveness.ts'
import type { Subscription, SubscriptionOwner } from './subscription.ts'
import { Subscriptions } from './subscriptions.ts'

/** Largest frame a client may send. */
export const MAX_FRAME_BYTES = 64 * 1024

const LIMITS: ConnectionLimits = {
  frameBytes: MAX_FRAME_BYTES,
  subscriptions: 128,
  records: MAX_RECORDS_PER_APPEND,
  unacknowledged: 64,
}

const HELLO_TIMEOUT_MS = 10_000

/** A peer that sends so many bad frames within so long is broken, and will not get better. */
const MISTAKES = 10
const MISTAKES_WITHIN_MS = 10_000

/** `greeting`: nothing but `hello` is taken. `closing`: nothing is. */
type SessionState = 'greeting' | 'open' | 'closing'

export class Session implements OpenRead, SubscriptionOwner {
  #state: SessionState = 'greeting'
  #liveness: SocketLiveness | null = null
  /** Until the greeting. */
  readonly #helloTimer: unknown
  /** While the socket is full: when it has been for too long, it is cut. */
  #stallTimer: unknown = null
  #mistakes: number[] = []
  readonly #context: ServerContext
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #subscriptions: Subscriptions

  /** @param stream the socket below: only it tells when it is full and when it has drained. */
  constructor(context: ServerContext, socket: WebSocket, stream: Duplex) {
    this.#context = context
    this.#socket = socket
    this.#stream = stream
    this.#subscriptions = new Subscriptions(context, this, LIMITS.subscriptions)
    this.#helloTimer = context.clock.setTimeout(
      () => this.#close(codes.HELLO_TIMEOUT, 'hello_timeout'),
      HELLO_TIMEOUT_MS,
    )
    context.openReads.add(this)
    socket.on('message', (data, isBinary) => this.#received(data, isBinary))
    socket.on('ping', () => this.#liveness?.heard())
    socket.on('pong', () => this.#liveness?.heard())
    // `ws` closes with 1002, 1007 or 1009 by itself; without a listener its error would end the process.
    socket.on('error', () => {})
    socket.on('close', () => this.#release())
    stream.on('drain', () => this.#drained())
  }

  drain(afterMs: number, spreadMs: number): void {
    this.transmit({ t: 'bye', code: codes.DRAINING, afterMs, spreadMs })
    this.#close(codes.DRAINING, codes.closeReason('draining', afterMs))
  }

  cut(): void {
    this.#socket.terminate()
  }

  writable(): boolean {
    return this.#state === 'open' && !this.#stream.writableNeedDrain
  }

  transmit(frame: ServerFrame): void {
    this.transmitBytes(JSON.stringify(frame))
  }

  transmitBytes(frame: string | Buffer): void {
    if (this.#state === 'closing') return
    this.#socket.send(frame, { binary: false })
    this.#liveness?.sent()
    if (this.#stream.writableNeedDrain)
      this.#stallTimer ??= this.#context.clock.setTimeout(
        () => this.#close(codes.SLOW_CONSUMER, 'slow_consumer'),
        STALL_MS,
      )
  }

  over(subscription: Subscription): void {
    this.#subscriptions.remove(subscription)
  }

  #received(data: RawData, isBinary: boolean): void {
    this.#liveness?.heard()
    if (this.#state === 'closing') return
    if (isBinary) {
      this.#close(codes.UNSUPPORTED_DATA, 'binary')
      return
    }
    const message = data.toString()
    const parsed = parseClientFrame(message)
    if (parsed.kind === 'frame') this.#take(parsed.frame, message)
    else if (parsed.kind === 'malformed' || this.#state === 'greeting') this.#close(codes.BAD_FRAME, 'bad_frame')
    else if (parsed.kind === 'bad_frame')
      this.#mistake('bad_frame', `The field ${parsed.field} is not right.`, parsed.id)
    else if (parsed.kind === 'too_deep') this.#mistake('too_deep', 'The frame nests too deep.')
    else this.#mistake('unknown_type', 'There is no such frame.', parsed.id)
  }

  #take(frame: ClientFrame, message: string): void {
    if ((frame.t === 'hello') !== (this.#state === 'greeting')) this.#close(codes.BAD_FRAME, 'unexpected_frame')
    else if (frame.t === 'hello') this.#greet(frame)
    else this.#serve(frame, message)
    // What answers a request piles up when the peer sends without reading: then it is not read either.
    if (this.#stream.writableNeedDrain && this.#socket.readyState === this.#socket.OPEN) this.#socket.pause()
  }

  #greet(hello: HelloFrame): void {
    if (hello.v !== PROTOCOL_MAJOR) {
      this.#close(codes.PROTOCOL_VERSION, 'protocol_version')
      return
    }
    this.#context.clock.clearTimeout(this.#helloTimer)
    const pingMs = agreedPingMs(hello.pingMs)
    this.#state = 'open'
    this.transmit({ t: 'welcome', v: PROTOCOL_MAJOR, conn: randomUUID(), pingMs, limits: LIMITS })
    this.#liveness = new SocketLiveness(this.#context.clock, pingMs, {
      ping: () => this.transmit({ t: 'ping' }),
      dead: () => this.#close(codes.NO_PONG, 'no_pong'),
    })
  }

  #serve(frame: Exclude<ClientFrame, HelloFrame>, message: string): void {
    switch (frame.t) {
      case 'sub':
        this.#subscriptions.subscribe(frame)
        break
      case 'unsub':
        this.#subscriptions.unsubscribe(frame.a)
        break
      case 'pub':
        if (isCompletePublish(frame)) this.transmit(publish(this.#context, frame, message))
        else this.#mistake('bad_frame', 'The field d is not right.')
        break
      case 'seen':
        if (!this.#subscriptions.noteSeen(frame)) this.#mistake('bad_frame', 'The field n is not right.')
        break
      case 'ping':
        this.transmit({ t: 'pong', k: frame.k })
        break
      case 'auth':
        this.transmit({ t: 'err', code: 'unsupported', msg: 'This server takes no credentials.' })
        break
      case 'pong':
        break
    }
  }

  #mistake(code: RequestErrorCode, msg: string, id?: number): void {
    const now = this.#context.clock.now()
    this.#mistakes = [...this.#mistakes.filter((at) => now - at < MISTAKES_WITHIN_MS), now]
    if (this.#mistakes.length >= MISTAKES) this.#close(codes.BAD_FRAME, 'too_many_bad_frames')
    else this.transmit({ t: 'err', id, code, msg })
  }

  #drained(): void {
    this.#context.clock.clearTimeout(this.#stallTimer)
    this.#stallTimer = null
    if (this.#socket.isPaused) this.#socket.resume()
    if (this.#state === 'open') this.#subscriptions.resume()
  }

  /** `ws` destroys the socket when the peer does not answer the close frame. */
  #close(code: number, reason: string): void {
    if (this.#state === 'closing') return
    this.#state = 'closing'
    this.#subscriptions.stop()
    this.#liveness?.stop()
    if (this.#socket.isPaused) this.#socket.resume()
    this.#socket.close(code, reason)
  }

  #release(): void {
    const { clock, openReads } = this.#context
    this.#state = 'closing'
    this.#subscriptions.stop()
    this.#liveness?.stop()
    clock.clearTimeout(this.#helloTimer)
    clock.clearTimeout(this.#stallTimer)
    openReads.remove(this)
  }
}
