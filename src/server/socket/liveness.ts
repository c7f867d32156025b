/**
 * Whether WebSocket peers are still there: browsers hide protocol pings, so both sides ask with frames.
 *
 * @module
 */

import type { Clock } from '../clock.ts'
import type { TimerWheel, WheelTimer } from '../timer-wheel.ts'

const DEFAULT_PING_MS = 5_000
const MIN_PING_MS = 1_000
const MAX_PING_MS = 60_000

/** How much longer than two intervals a peer may be silent: its answer has to travel. */
const GRACE_MS = 5_000

/** A look that comes so much too late shows that nobody was listening meanwhile. */
const LATE_MS = 500

/** A ping is a system call: after a blockage all peers are asked at once, and that must not be the next blockage. */
const PINGS_PER_TURN = 512

/** The interval a client asked for, brought into the range that is honoured. */
export function agreedPingMs(asked: number | undefined): number {
  return Math.min(Math.max(asked ?? DEFAULT_PING_MS, MIN_PING_MS), MAX_PING_MS)
}

/** The connection whose peer is watched. */
export interface LivenessPeer {
  /** Whether a word of the peer could be heard at present. */
  isHeard(): boolean
  ping(): void
  /** The peer has been silent for two intervals and the grace. */
  dead(): void
}

/**
 * Asks each peer for a sign of life after an interval in which nothing was sent, or nothing was heard: a client that only
 * listens would otherwise count as dead while records flow.
 *
 * One look at all of them for all: a timer for each would weigh more than what there is to know about a peer. And only the time
 * counts in which a sign could have been heard: when the process was blocked for ten seconds, ten thousand peers are not dead.
 */
export class Liveness {
  readonly #clock: Clock
  readonly #wheel: TimerWheel
  readonly #origin: number
  readonly #pulses = new Set<Pulse>()
  #timer: WheelTimer | null = null
  #due = Number.POSITIVE_INFINITY
  #state: 'waiting' | 'looking' = 'waiting'

  constructor({ clock, wheel }: { readonly clock: Clock; readonly wheel: TimerWheel }) {
    this.#clock = clock
    this.#wheel = wheel
    this.#origin = clock.now()
  }

  /** Watches a peer until {@link Pulse.stop}. */
  watch(peer: LivenessPeer, pingMs: number): Pulse {
    const pulse = new Pulse(this, peer, pingMs)
    this.#pulses.add(pulse)
    if (this.#state === 'waiting' && pulse.due < this.#due) this.#arm(pulse.due)
    return pulse
  }

  /** Whole milliseconds since the server began: small integers, which take no memory of their own. */
  now(): number {
    return Math.floor(this.#clock.now() - this.#origin)
  }

  forget(pulse: Pulse): void {
    this.#pulses.delete(pulse)
    if (this.#pulses.size === 0) this.#disarm()
  }

  #arm(due: number): void {
    this.#disarm()
    this.#due = due
    if (this.#pulses.size > 0) this.#timer = this.#wheel.set(due - this.now(), () => this.#look())
  }

  #disarm(): void {
    if (this.#timer !== null) this.#wheel.clear(this.#timer)
    this.#timer = null
    this.#due = Number.POSITIVE_INFINITY
  }

  #look(): void {
    const now = this.now()
    if (now - this.#due > LATE_MS) for (const pulse of this.#pulses) pulse.forgive(now)
    this.#state = 'looking'
    this.#lookAt(this.#pulses.values(), Number.POSITIVE_INFINITY)
  }

  /** A set's iterator also meets those who come meanwhile, and not those who go. */
  #lookAt(pulses: Iterator<Pulse>, earliest: number): void {
    const now = this.now()
    const silent: Pulse[] = []
    let next = earliest
    let met = pulses.next()
    for (let pings = 0; met.done !== true; met = pulses.next()) {
      const pulse = met.value
      if (pulse.isSilent(now)) silent.push(pulse)
      else if (pulse.ask(now)) pings++
      next = Math.min(next, pulse.due)
      if (pings === PINGS_PER_TURN) break
    }
    // What came while this turn was busy is read after its timers: the last word is theirs.
    if (silent.length > 0) setImmediate(() => this.#judge(silent))
    if (met.done === true) this.#finish(next)
    else setImmediate(() => this.#lookAt(pulses, next))
  }

  #finish(next: number): void {
    this.#state = 'waiting'
    this.#arm(next)
  }

  #judge(silent: readonly Pulse[]): void {
    const now = this.now()
    for (const pulse of silent) if (this.#pulses.has(pulse) && pulse.isSilent(now)) pulse.end()
  }
}

/** What is known of one peer. Times are those of {@link Liveness.now}. */
export class Pulse {
  readonly #liveness: Liveness
  readonly #peer: LivenessPeer
  readonly #pingMs: number
  #sent: number
  #heard: number
  #asked: number

  constructor(liveness: Liveness, peer: LivenessPeer, pingMs: number) {
    this.#liveness = liveness
    this.#peer = peer
    this.#pingMs = pingMs
    this.#sent = this.#heard = this.#asked = liveness.now()
  }

  /** Something was sent to the peer. */
  sent(): void {
    this.#sent = this.#liveness.now()
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heard = this.#liveness.now()
  }

  stop(): void {
    this.#liveness.forget(this)
  }

  /** When to look again. */
  get due(): number {
    return Math.min(this.#nextPing, this.#deadline)
  }

  isSilent(now: number): boolean {
    if (!this.#peer.isHeard()) this.forgive(now)
    return now >= this.#deadline
  }

  /** Asks for a sign of life, when it is time to. */
  ask(now: number): boolean {
    if (now < this.#nextPing) return false
    this.#asked = now
    this.#peer.ping()
    return true
  }

  /** Nobody could have heard it: it is asked now, and has the time to answer. */
  forgive(now: number): void {
    this.#heard = Math.max(this.#heard, now - this.#pingMs)
    this.#asked = Math.min(this.#asked, now - this.#pingMs)
  }

  end(): void {
    this.#peer.dead()
  }

  get #nextPing(): number {
    return Math.max(this.#asked, Math.min(this.#sent, this.#heard)) + this.#pingMs
  }

  get #deadline(): number {
    return this.#heard + 2 * this.#pingMs + GRACE_MS
  }
}
