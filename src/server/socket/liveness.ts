/**
 * Whether a WebSocket peer is still there: browsers hide protocol pings, so both sides ask with frames.
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

/** A tick that comes so much too late shows that nobody was listening meanwhile. */
const LATE_MS = 500

/** The interval a client asked for, brought into the range that is honoured. */
export function agreedPingMs(asked: number | undefined): number {
  return Math.min(Math.max(asked ?? DEFAULT_PING_MS, MIN_PING_MS), MAX_PING_MS)
}

/** The connection whose peer is watched. */
export interface LivenessPeer {
  /** Whether what the peer sends is read at present. */
  isRead(): boolean
  ping(): void
  /** The peer has been silent for two intervals and the grace. */
  dead(): void
}

/**
 * Asks for a sign of life after an interval in which nothing was sent, or nothing was heard: a client that only
 * listens would otherwise count as dead while records flow.
 *
 * Only the time counts in which a sign could have been heard. When the process was blocked for ten seconds, or the socket is not
 * read, ten thousand peers are not dead.
 */
export class SocketLiveness {
  readonly #clock: Clock
  readonly #wheel: TimerWheel
  readonly #pingMs: number
  readonly #peer: LivenessPeer
  readonly #tick = (): void => this.#look()
  #sent: number
  #heard: number
  #asked: number
  #due = 0
  #timer: WheelTimer | null = null

  constructor(time: { readonly clock: Clock; readonly wheel: TimerWheel }, pingMs: number, peer: LivenessPeer) {
    this.#clock = time.clock
    this.#wheel = time.wheel
    this.#pingMs = pingMs
    this.#peer = peer
    this.#sent = this.#heard = this.#asked = time.clock.now()
    this.#arm(this.#heard)
  }

  sent(): void {
    this.#sent = this.#clock.now()
  }

  heard(): void {
    this.#heard = this.#clock.now()
  }

  stop(): void {
    if (this.#timer !== null) this.#wheel.clear(this.#timer)
    this.#timer = null
  }

  get #nextPing(): number {
    return Math.max(this.#asked, Math.min(this.#sent, this.#heard)) + this.#pingMs
  }

  get #deadline(): number {
    return this.#heard + 2 * this.#pingMs + GRACE_MS
  }

  #arm(now: number): void {
    this.#due = Math.max(Math.min(this.#nextPing, this.#deadline), now)
    this.#timer = this.#wheel.set(this.#due - now, this.#tick)
  }

  #look(): void {
    const now = this.#clock.now()
    if (now - this.#due > LATE_MS || !this.#peer.isRead()) this.#forgive(now)
    if (now >= this.#deadline) {
      // What came while this turn was busy is read after its timers: the last word is theirs.
      setImmediate(() => this.#judge())
      return
    }
    if (now >= this.#nextPing) {
      this.#asked = now
      this.#peer.ping()
    }
    // The ping may have found that the connection is gone.
    if (this.#timer !== null) this.#arm(now)
  }

  /** The peer is asked now, and has the time to answer. */
  #forgive(now: number): void {
    this.#heard = Math.max(this.#heard, now - this.#pingMs)
    this.#asked = Math.min(this.#asked, now - this.#pingMs)
  }

  #judge(): void {
    if (this.#timer === null) return
    const now = this.#clock.now()
    if (now >= this.#deadline) this.#peer.dead()
    else this.#arm(now)
  }
}
