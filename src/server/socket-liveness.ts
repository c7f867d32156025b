/**
 * Whether a WebSocket peer is still there: browsers hide protocol pings, so both sides ask with frames.
 *
 * @module
 */

import type { Clock } from './clock.ts'

const DEFAULT_PING_MS = 5_000
const MIN_PING_MS = 1_000
const MAX_PING_MS = 60_000

/** How much longer than two intervals a peer may be silent: its answer has to travel. */
const GRACE_MS = 5_000

/** The interval a client asked for, brought into the range that is honoured. */
export function agreedPingMs(asked: number | undefined): number {
  return Math.min(Math.max(asked ?? DEFAULT_PING_MS, MIN_PING_MS), MAX_PING_MS)
}

/** What follows from silence. */
export interface LivenessActions {
  ping(): void
  /** The peer has been silent for two intervals and the grace. */
  dead(): void
}

/**
 * Asks for a sign of life after an interval in which nothing was sent, or nothing was heard: a client that only
 * listens would otherwise count as dead while records flow.
 */
export class SocketLiveness {
  #sent: number
  #heard: number
  #asked: number
  #timer: unknown
  readonly #clock: Clock
  readonly #pingMs: number
  readonly #actions: LivenessActions

  constructor(clock: Clock, pingMs: number, actions: LivenessActions) {
    this.#clock = clock
    this.#pingMs = pingMs
    this.#actions = actions
    this.#sent = this.#heard = this.#asked = clock.now()
    this.#arm()
  }

  sent(): void {
    this.#sent = this.#clock.now()
  }

  heard(): void {
    this.#heard = this.#clock.now()
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer)
  }

  get #nextPing(): number {
    return Math.max(this.#asked, Math.min(this.#sent, this.#heard)) + this.#pingMs
  }

  get #deadline(): number {
    return this.#heard + 2 * this.#pingMs + GRACE_MS
  }

  #arm(): void {
    const due = Math.min(this.#nextPing, this.#deadline)
    // At least 1 ms: a timer that fires a fraction early must not spin.
    this.#timer = this.#clock.setTimeout(() => this.#tick(), Math.max(due - this.#clock.now(), 1))
  }

  #tick(): void {
    const now = this.#clock.now()
    if (now >= this.#deadline) {
      this.#actions.dead()
      return
    }
    if (now >= this.#nextPing) {
      this.#asked = now
      this.#actions.ping()
    }
    this.#arm()
  }
}
