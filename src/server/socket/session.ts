/**
 * One WebSocket connection: greeting, requests, liveness, and how it ends.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import * as codes from '../../wire/close-codes.ts'
import type {
  ClientFrame,
  ConnectionLimits,
  HelloFrame,
  PublishFrame,
  RequestErrorCode,
  ServerFrame,
} from '../../wire/frames.ts'
import { PROTOCOL_MAJOR } from '../../wire/names.ts'
import type { ServerContext } from '../context.ts'
import type { Limits } from '../limits.ts'
import type { OpenRead } from '../open-reads.ts'
import { payFrom } from '../security/bucket.ts'
import type { Connection, Expulsion } from '../security/gate.ts'
import type { WheelTimer } from '../timer-wheel.ts'
import { parseClientFrame } from './client-frames.ts'
import { EXPULSIONS, type Farewell, farewellTo } from './closing.ts'
import type { Guest } from './guest.ts'
import { agreedPingMs, type Liveness, type LivenessPeer, type Pulse } from './liveness.ts'
import { type OutletOwner, SocketOutlet } from './outlet.ts'
import { isCompletePublish, Publisher } from './publisher.ts'
import { type BeginAppend, type Request, type RequestServer, Requests } from './requests.ts'
import type { SocketListener } from './session-socket.ts'
import { Subscriptions } from './subscriptions.ts'

/** A peer that sends so many bad frames within so long is broken, and will not get better. */
const MISTAKES = 10
const MISTAKES_WITHIN_MS = 10_000
const NO_MISTAKES: readonly number[] = []

/**
 * `greeting`: nothing but `hello` is taken. `entering`: it is being found out who that is; what follows waits. `leaving`: what has
 * begun is finished. `closing`: nothing is taken, nothing is sent.
 */
type SessionState = 'greeting' | 'entering' | 'open' | 'leaving' | 'closing'

export class Session implements OpenRead, Connection, SocketListener, OutletOwner, LivenessPeer, RequestServer {
  readonly #context: ServerContext
  readonly #guest: Guest
  readonly #socket: WebSocket
  readonly #outlet: SocketOutlet
  readonly #liveness: Liveness
  /** The connection's name, for logs. */
  readonly #conn = randomUUID()
  #state: SessionState = 'greeting'
  #helloTimer: WheelTimer | null
  /** When the bucket of frames is full again: not a `Bucket`, which would weigh 88 bytes more for each connection. */
  #framesFullAt = 0
  // What follows is made when it is needed: most of ten thousand connections only listen.
  #pulse: Pulse | null = null
  #requests: Requests | null = null
  #subscriptions: Subscriptions | null = null
  #publisher: Publisher | null = null
  #mistakes = NO_MISTAKES
  /** Frames that came after the end. */
  #ignored = 0

  /** @param stream the socket below `socket`. */
  constructor(context: ServerContext, liveness: Liveness, guest: Guest, socket: WebSocket, stream: Duplex) {
    this.#context = context
    this.#liveness = liveness
    this.#guest = guest
    this.#socket = socket
    this.#outlet = new SocketOutlet(context, socket, stream, this)
    this.#helloTimer = context.wheel.setDeadline(context.limits.helloMs, () =>
      this.#close({ code: codes.HELLO_TIMEOUT, reason: 'hello_timeout' }),
    )
    guest.attend(this)
    context.openReads.add(this)
  }

  // The server.

  get kind(): 'websocket' {
    return 'websocket'
  }

  drain(afterMs: number, spreadMs: number): void {
    if (this.#state === 'leaving' || this.#state === 'closing') return
    this.transmit({ t: 'bye', code: codes.DRAINING, afterMs, spreadMs })
    this.#state = 'leaving'
    this.#subscriptions?.stop()
    const farewell = { code: codes.DRAINING, reason: codes.closeReason('draining', afterMs) }
    if (this.#requests === null || this.#requests.isIdle) this.#close(farewell)
    // Appends that have begun will be in the stream: their senders should know.
    else void this.#requests.finish().then(() => this.#close(farewell))
  }

  cut(): void {
    this.#socket.terminate()
  }

  async revalidate(): Promise<void> {
    await this.#subscriptions?.revalidate()
  }

  expelled(why: Expulsion): void {
    this.#close(EXPULSIONS[why])
  }

  // The socket.

  message(data: RawData, isBinary: boolean): void {
    if (!this.#admitsFrame()) return
    if (isBinary) this.#close({ code: codes.UNSUPPORTED_DATA, reason: 'binary' })
    else this.#read(data.toString())
    this.#flow()
  }

  control(): void {
    if (!this.#admitsFrame()) return
    // `ws` has answered a ping already.
    this.#outlet.awaitRoom()
    this.#flow()
  }

  closed(code: number): void {
    this.#state = 'closing'
    this.#stop()
    this.#outlet.stop()
    this.#guest.leave()
    this.#context.openReads.remove(this)
    this.#context.log.write('info', 'websocket.closed', { conn: this.#conn, status: code })
  }

  // The outlet.

  sent(): void {
    this.#pulse?.sent()
  }

  drained(): void {
    this.#flow()
    if (this.#state === 'open') this.#subscriptions?.resume()
  }

  stalled(): void {
    this.#context.instruments.slowConsumer()
    this.#close({ code: codes.SLOW_CONSUMER, reason: 'slow_consumer' })
  }

  // Liveness.

  /** Of a peer whose socket is full no word is expected: no `ping` gets through to it, and how long that may last is the outlet's affair. */
  isHeard(): boolean {
    return !this.#socket.isPaused && !this.#outlet.isFull
  }

  /** A full socket is silent for the peer as well, but another byte in its queue would not change that. */
  ping(): void {
    if (!this.#outlet.isFull) this.transmit({ t: 'ping' })
  }

  dead(): void {
    this.#close({ code: codes.NO_PONG, reason: 'no_pong' })
  }

  // The requests.

  async prepare(request: Request<PublishFrame>): Promise<BeginAppend> {
    this.#publisher ??= new Publisher(this.#context)
    return this.#publisher.prepare(this.#guest.visitor, request)
  }

  async serve(frame: ClientFrame): Promise<void> {
    if (frame.t === 'hello') await this.#enter(frame)
    else if (frame.t === 'auth') await this.#renew(frame.token)
    else if (frame.t === 'sub') await this.#subscribed().subscribe(frame)
    else if (frame.t === 'unsub') this.#subscriptions?.unsubscribe(frame.a)
    else this.#answer(frame)
  }

  transmit(frame: ServerFrame): void {
    if (this.#state !== 'closing') this.#outlet.transmit(frame)
  }

  answered(): void {
    // What nobody needs is not kept: the room of a row that was used once weighs a quarter of a kilobyte.
    if (this.#requests?.isIdle === true) this.#requests = null
    this.#flow()
  }

  failed(error: unknown): void {
    this.#context.report(error)
    this.#close({ code: codes.SERVER_FAILURE, reason: 'internal' })
  }

  /** Counts a frame of any kind. */
  #admitsFrame(): boolean {
    this.#pulse?.heard()
    if (this.#state === 'closing') {
      // A flood does not end because it was told to. Not `cut`: with bytes unread that is a reset, and a reset makes the peer's
      // kernel throw away the close frame. Who is not read any more is gone when the time for closing is over.
      if (++this.#ignored > this.#context.limits.frames.burst) this.#socket.pause()
      return false
    }
    const waitMs = this.#payForFrame()
    if (waitMs === 0) return this.#state !== 'leaving'
    this.#context.instruments.limited('frames')
    this.#close({ code: codes.RATE_LIMITED, reason: codes.closeReason('rate_limited', waitMs) })
    return false
  }

  /** 0: paid. Otherwise nothing was, and it is worth another try after so many milliseconds. */
  #payForFrame(): number {
    const paid = payFrom(this.#context.limits.frames, this.#framesFullAt, this.#liveness.now(), 1)
    if ('fullAt' in paid) this.#framesFullAt = paid.fullAt
    return paid.waitMs
  }

  #read(message: string): void {
    const parsed = parseClientFrame(message, this.#context.limits)
    if (parsed.kind === 'frame') this.#take(parsed.frame, message)
    else if (parsed.kind === 'malformed' || this.#state !== 'open') this.#reject('bad_frame')
    else if (parsed.kind === 'bad_frame')
      this.#mistake('bad_frame', `The field ${parsed.field} is not right.`, parsed.id)
    else if (parsed.kind === 'unknown_type') this.#mistake('unknown_type', 'There is no such frame.', parsed.id)
    else this.#mistake(parsed.kind, 'The frame nests too deep, or has too many members.')
  }

  #take(frame: ClientFrame, message: string): void {
    if ((frame.t === 'hello') !== (this.#state === 'greeting')) this.#reject('unexpected_frame')
    else if (frame.t === 'hello') this.#greet(frame, message)
    else if (frame.t === 'pub' && !isCompletePublish(frame)) this.#mistake('bad_frame', 'The field d is not right.')
    else if (this.#state === 'open' && isAnsweredAtOnce(frame)) this.#answer(frame)
    else this.#queue({ frame, message })
  }

  /** Frames that need not wait for those before them. */
  #answer(frame: ClientFrame): void {
    if (frame.t === 'ping') this.transmit({ t: 'pong', k: frame.k })
    if (frame.t === 'seen' && this.#subscriptions?.noteSeen(frame) === false)
      this.#mistake('bad_frame', 'The field n is not right.')
  }

  #queue(request: Request): void {
    this.#requests ??= new Requests(this, this.#context.limits.unacknowledged)
    this.#requests.push(request)
  }

  #greet(hello: HelloFrame, message: string): void {
    this.#clearHello()
    this.#state = 'entering'
    if (hello.v !== PROTOCOL_MAJOR) this.#close({ code: codes.PROTOCOL_VERSION, reason: 'protocol_version' })
    else if (this.#guest.isStranger || hello.token !== undefined) this.#queue({ frame: hello, message })
    else this.#open(hello)
  }

  async #enter(hello: HelloFrame): Promise<void> {
    try {
      await this.#guest.greet(hello.token)
    } catch (thrown) {
      this.#close(farewellTo(thrown))
      return
    }
    if (this.#state === 'entering') this.#open(hello)
  }

  #open(hello: HelloFrame): void {
    const { log, limits } = this.#context
    const pingMs = agreedPingMs(hello.pingMs)
    const exp = this.#guest.expiry
    this.#state = 'open'
    this.transmit({ t: 'welcome', v: PROTOCOL_MAJOR, conn: this.#conn, pingMs, limits: announced(limits), exp })
    this.#pulse = this.#liveness.watch(this, pingMs)
    log.write('info', 'websocket.opened', { conn: this.#conn, principal: this.#guest.visitor.principal?.id })
  }

  async #renew(token: string): Promise<void> {
    try {
      await this.#guest.renew(token)
    } catch (thrown) {
      this.#close(farewellTo(thrown))
      return
    }
    this.transmit({ t: 'authok', exp: this.#guest.expiry })
    await this.revalidate()
  }

  #subscribed(): Subscriptions {
    this.#subscriptions ??= new Subscriptions(this.#context, this.#outlet, this.#guest)
    return this.#subscriptions
  }

  #mistake(code: RequestErrorCode, msg: string, id?: number): void {
    const now = this.#context.clock.now()
    this.#mistakes = [...this.#mistakes.filter((at) => now - at < MISTAKES_WITHIN_MS), now]
    this.#context.instruments.refused(code)
    if (this.#mistakes.length >= MISTAKES) this.#reject('too_many_bad_frames')
    else this.transmit({ t: 'err', id, code, msg })
  }

  /** What answers requests piles up when the peer sends without reading, and so do requests that wait: then it is not read either. */
  #flow(): void {
    if (this.#state === 'closing') return
    const full = this.#outlet.isFull || this.#requests?.full === true
    if (full) this.#socket.pause()
    else if (this.#socket.isPaused) this.#socket.resume()
  }

  #reject(reason: string): void {
    this.#close({ code: codes.BAD_FRAME, reason })
  }

  /** `ws` destroys the socket when the peer does not answer the close frame. */
  #close({ code, reason }: Farewell): void {
    if (this.#state === 'closing') return
    this.#state = 'closing'
    if (code !== codes.DRAINING) this.#context.instruments.refused(String(code))
    this.#stop()
    if (this.#socket.isPaused) this.#socket.resume()
    this.#socket.close(code, reason)
  }

  #stop(): void {
    this.#clearHello()
    this.#subscriptions?.stop()
    this.#pulse?.stop()
    void this.#requests?.finish()
  }

  #clearHello(): void {
    if (this.#helloTimer !== null) this.#context.wheel.clear(this.#helloTimer)
    this.#helloTimer = null
  }
}

function isAnsweredAtOnce({ t }: ClientFrame): boolean {
  return t === 'ping' || t === 'pong' || t === 'seen'
}

/** What a client is told of the limits. JSON has no word for a limit that is lifted. */
function announced({ messageBytes, subscriptions, recordsPerAppend, unacknowledged }: Limits): ConnectionLimits {
  return {
    frameBytes: Math.min(messageBytes, Number.MAX_SAFE_INTEGER),
    subscriptions: Math.min(subscriptions, Number.MAX_SAFE_INTEGER),
    records: Math.min(recordsPerAppend, Number.MAX_SAFE_INTEGER),
    unacknowledged: Math.min(unacknowledged, Number.MAX_SAFE_INTEGER),
  }
}
