/**
 * The data plane of one connection: everything that happens per message, beside the chart instead of through it.
 * A machine event costs 2 to 9 µs where a whole raw receive costs 0.9 to 1.8, so messages never become machine events.
 *
 * @module
 */

import { withPlatform } from '#surroundings'
import type { Folded } from '../../machines/connection-types.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, Deliver, DialRequest, Link, Message } from '../link.ts'
import { Admission, originOf } from './admission.ts'
import { type Clock, timeOn } from './clock.ts'
import { Delays } from './delays.ts'
import type { Environment } from './environment-source.ts'
import type { Attempt, PlaneActor, PlaneEvent, PlaneOptions, Translation } from './plane-types.ts'
import { reportUncaught } from './report.ts'
import { Sending } from './sending.ts'
import type { ConnectionInput } from './settings.ts'

export type { Attempt, PlaneOptions, Translation } from './plane-types.ts'

/** Where no environment is: no reason to hold back. */
const nowhere = { network: 'online', page: 'visible' } as const

export class DataPlane {
  readonly input: ConnectionInput
  readonly sending: Sending
  readonly #translation: Translation
  readonly #clock: Clock
  readonly #admission: Admission
  /** What an attempt or its link waits for. */
  readonly #delays: Delays
  #environment: Environment | null = null
  #leaveEnvironment: (() => void) | null = null
  /** Copied on write, so that a listener may come or go while a message is handed over. */
  #receivers: readonly ((message: Message) => void)[] = []
  #actor: PlaneActor | null = null
  #current: Attempt | null = null
  /** A link that was dialled and that no link actor has taken yet: closed here if none ever does. */
  #untaken: Link | null = null
  #position: string | null
  #received = 0
  #retryFloor = 0
  #heardAt: number
  #answered = true
  #paused = false
  #full = 0
  #decoding: Promise<void> | null = null
  /** What arrived after the flow stopped: a link hands over one more message before it learns of it. */
  #kept: (Message | Bookmark)[] = []
  #wake: (() => void) | null = null
  /** What ends the attempt at the pump's next look. */
  #fatal: TransportError | null = null
  /** What `close` asked the link to say to its peer. */
  farewell: { readonly code?: number | undefined; readonly reason?: string | undefined } | null = null

  constructor({ clock, input, position, queue, translation }: PlaneOptions) {
    this.input = input
    this.#translation = translation
    this.#position = position
    const report = (error: TransportError): void => this.say({ type: 'error', error })
    this.sending = new Sending(queue, { encode: translation.encode, input, clock, report })
    this.#delays = new Delays(clock)
    this.#clock = clock
    this.#admission = new Admission(clock, input.retryBudget)
    this.#heardAt = timeOn(this.#clock)
  }

  /** The actor started (again: StrictMode starts the same one twice). */
  attach(actor: PlaneActor): void {
    this.#actor = actor
    this.sending.start()
  }

  /** Whether an actor is running over this plane; a traversal never starts one. */
  get isAttached(): boolean {
    return this.#actor !== null
  }

  /** The actor stopped or is done: nothing is heard, nothing is kept open. */
  detach(): void {
    this.retire()
    this.listen(false)
    this.#actor = null
    this.#receivers = []
    this.sending.stop()
  }

  /** Nothing new is sent any more; the chart hears when what waits is settled. */
  drain(): void {
    this.sending.drain(() => this.#actor?.self.send({ type: 'outbox.drained' }))
  }

  /** While a connection works it hears of its surroundings and of its pool. */
  listen(wanted: boolean): void {
    const { environment, pool } = this.input
    if (!wanted) {
      this.#leaveEnvironment?.()
      this.#leaveEnvironment = null
      this.#environment = null
      this.#admission.leave()
      return
    }
    if (pool !== undefined) this.#admission.join(pool, originOf(this.input), (event) => this.#actor?.self.send(event))
    if (this.#leaveEnvironment !== null || environment === false) return
    if (environment !== undefined) this.#enter(environment)
    else this.#leaveEnvironment = withPlatform((platform) => this.#enter(platform))
  }

  #enter(environment: Environment): void {
    this.#environment = environment
    this.#leaveEnvironment = environment.subscribe((event) => this.#actor?.self.send(event))
  }

  /** Whether the server was reached; for the breaker. */
  noteReached(reached: boolean): void {
    this.#admission.note(reached)
  }

  /** The position behind the last message handed over. */
  get position(): string | null {
    return this.#position
  }

  /** How many messages came and went; without drawing a random number, as {@link fold} does. */
  get counts(): { readonly received: number; readonly sent: number } {
    return { received: this.#received, sent: this.sending.sent }
  }

  /** Milliseconds since the last byte. Who does not read hears nothing by his own choice. */
  get silence(): number {
    return this.#isReading() ? timeOn(this.#clock) - this.#heardAt : 0
  }

  #isReading(): boolean {
    return this.#current !== null && this.#isOpen()
  }

  /** What the chart learns before each control event. */
  fold(): Folded {
    const reading = this.#isReading()
    const now = timeOn(this.#clock)
    return {
      position: this.#position,
      received: this.#received,
      sent: this.sending.sent,
      queued: this.sending.queued,
      silence: this.silence,
      answered: this.#answered || !reading,
      admission: this.#admission.wait(),
      ...(this.#environment?.current() ?? nowhere),
      now,
      chance: (this.input.random ?? Math.random)(),
      retryFloor: this.#retryFloor,
    }
  }

  /** Hears every message until the returned function is called. Each call needs a function of its own. */
  receive(receiver: (message: Message) => void): () => void {
    // Not spread: that would leave room for sixteen more, 128 bytes for each connection.
    this.#receivers = this.#receivers.concat(receiver)
    return () => {
      this.#receivers = this.#receivers.filter((other) => other !== receiver)
    }
  }

  /** Says something through the actor's own emitter. */
  say(event: PlaneEvent): void {
    this.#actor?.emit(event)
  }

  /** Begins an attempt: whatever an older one still delivers is dropped from here on. */
  begin(): Attempt {
    this.#current = {}
    this.#heard()
    this.#admission.spend()
    return this.#current
  }

  /** The callbacks of one attempt; they fall silent when it is over. */
  requestOf(attempt: Attempt, signal: AbortSignal, count: number, heartbeatInterval: number): DialRequest {
    // Plain functions over one scope: a link keeps them for as long as it lives, and a dial may take them apart.
    return {
      signal,
      position: this.#position,
      attempt: count,
      heartbeatInterval,
      heard: () => {
        if (this.#current === attempt) this.#heard()
      },
      spend: () => {
        const pause = this.#admission.wait()
        if (pause === 0) this.#admission.spend()
        return pause
      },
      delay: (milliseconds) => (this.#current === attempt ? this.#delays.wait(milliseconds) : Promise.resolve()),
      gap: (gap) => {
        if (this.#current === attempt) this.say({ type: 'gap', gap })
      },
      retryFloor: (milliseconds) => {
        if (this.#current === attempt) this.#retryFloor = milliseconds
      },
    }
  }

  /** Keeps a dialled link until a link actor takes it: a dial may resolve in the same tick as close, stop or timeout. */
  keep(link: Link): void {
    this.#untaken = link
  }

  /** The link actor takes over, with the attempt the link came from. */
  take(link: Link | undefined): { readonly link: Link; readonly attempt: Attempt } {
    if (link === undefined || link !== this.#untaken || this.#current === null) {
      throw new TransportError('internal', 'The connection was entered without a link.')
    }
    this.#untaken = null
    this.#answered = false
    return { link, attempt: this.#current }
  }

  /** The peer is asked for a sign of life. */
  probe(link: Link): void {
    this.#answered = false
    link.ping?.()
  }

  /** The chart is neither dialling nor connected: late deliveries are dropped and nobody's link is closed. */
  retire(): void {
    this.#current = null
    this.#delays.end()
    this.#untaken?.close()
    this.#untaken = null
    this.#decoding = null
    this.#kept = []
    this.#fatal = null
    this.#stir()
  }

  isCurrent(attempt: Attempt): boolean {
    return this.#current === attempt
  }

  /** The chart's flow region changed. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#stir()
  }

  /** A consumer's buffer is full: nothing is read until the returned function is called. The slowest consumer governs. */
  hold(): () => void {
    this.#full += 1
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#full -= 1
      this.#stir()
    }
  }

  /** Resolves when messages are wanted, or when the attempt is over. */
  async wanted(attempt: Attempt): Promise<void> {
    await this.#decoding
    // What was kept goes first, also when the flow was resumed before anybody waited for that.
    while (this.#current === attempt && !(this.#isOpen() && this.#kept.length === 0)) {
      if (this.#fatal !== null) throw this.#fatal
      if (this.#isOpen()) this.#release(attempt)
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    // The time spent not reading is not the peer's silence.
    this.#heardAt = timeOn(this.#clock)
  }

  /** Resolves when everything delivered so far has reached the listeners, or the attempt is over. */
  async settled(attempt: Attempt): Promise<void> {
    while (this.#current === attempt && (this.#decoding !== null || this.#kept.length > 0)) await this.wanted(attempt)
    if (this.#fatal !== null && this.#current === attempt) throw this.#fatal
  }

  /** The function a link hands its messages to. The hot path: no promise and one allocation per listener. */
  deliverer(attempt: Attempt): Deliver {
    const isCurrent = (): boolean => this.#current === attempt
    return (item) => {
      if (this.#current !== attempt) return false
      if (!this.#isOpen()) this.#kept.push(item)
      else if (item.data === undefined) this.#position = item.position ?? this.#position
      else this.#accept(attempt, item, isCurrent)
      return this.#isOpen()
    }
  }

  /** Hands over what was kept, as far as the flow allows. */
  #release(attempt: Attempt): void {
    const kept = this.#kept
    this.#kept = []
    const deliver = this.deliverer(attempt)
    for (const item of kept) deliver(item)
  }

  #accept(attempt: Attempt, message: Message, isCurrent: () => boolean): void {
    try {
      const decoded = this.#translation.decode(message.data, isCurrent)
      if (decoded instanceof Promise) this.#acceptLater(attempt, message, decoded)
      else this.#handOver(message, decoded)
    } catch (error) {
      this.#refuse(message, error)
    }
  }

  /** An asynchronous codec is awaited before the next message is read, so that order holds. */
  #acceptLater(attempt: Attempt, message: Message, decoded: Promise<unknown>): void {
    const current = (act: () => void) => (): void => {
      if (this.#current === attempt) act()
    }
    const decoding: Promise<void> = decoded
      .then(
        (data) => current(() => this.#handOver(message, data))(),
        (error: unknown) => current(() => this.#refuse(message, error))(),
      )
      .then(() => {
        if (this.#decoding !== decoding) return
        this.#decoding = null
        // The pump may be waiting: what was kept during a pause is decoded after it has looked.
        this.#stir()
      })
    this.#decoding = decoding
  }

  #handOver(message: Message, data: unknown): void {
    message.data = data
    this.#received += 1
    // Before the listeners: one that closes the connection has been handed this message.
    if (message.position !== undefined) this.#position = message.position
    for (const receiver of this.#receivers) {
      // Not `guarded`: that would cost a closure for each message.
      try {
        receiver(message)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }

  /** A message nobody can read: unless the app wants it otherwise it is said, and the stream goes on after it. */
  #refuse(message: Message, thrown: unknown): void {
    const { refused = 'error' } = this.#translation
    const error = asTransportError(thrown, 'decode_failed', 'A message could not be decoded.')
    if (refused === 'fail') {
      // Not thrown here: not every link may be thrown at in the middle of a chunk. The pump meets it before its next read.
      this.#fatal = error
      return
    }
    if (message.position !== undefined) this.#position = message.position
    if (refused === 'error') this.say({ type: 'error', error })
    else if (refused !== 'drop') guarded(() => refused(message, error))
  }

  #heard(): void {
    this.#heardAt = timeOn(this.#clock)
    this.#answered = true
  }

  #isOpen(): boolean {
    return this.#fatal === null && !this.#paused && this.#full === 0 && this.#decoding === null
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = null
  }
}

/** An app's own mistake disturbs nothing. */
function guarded(act: () => void): void {
  try {
    act()
  } catch (error) {
    reportUncaught(error)
  }
}
