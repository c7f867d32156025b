/**
 * Many timers for the price of one.
 *
 * Every open connection waits for something: a heartbeat, its age, a stalled socket. A clock timer each means one closure, one
 * entry in Node's timer lists and one wake-up each; gathered in ticks they share all three.
 *
 * @module
 */

import type { Clock } from './clock.ts'

/** A timer that is set. Opaque: it is only good for {@link TimerWheel.clear}. */
export interface WheelTimer {
  tick: number
  readonly run: () => void
  readonly isDeadline: boolean
}

/** How a wheel turns. */
export interface TimerWheelOptions {
  /** Default 100. */
  readonly tickMs?: number | undefined
  /** Told what a callback threw; the others fire all the same. It must not throw itself. Default: nobody is told. */
  readonly report?: ((error: unknown) => void) | undefined
}

/** How far ahead the wheel looks for its next tick. Beyond that it hops, which costs one idle wake-up in 25.6 s. */
const TICKS_AHEAD = 256

/** More than a busy event loop is late by. */
const LATE_MS = 500

/** What a deadline is put off by at least. */
const GRACE_MS = 1_000

/**
 * Timers that are never early, and late by one tick at most (and the millisecond that a clock timer is rounded up by).
 *
 * Ticks are counted from the time that has passed, not from wake-ups: after five blocked seconds what is due fires once, in the order
 * of its ticks. `Infinity` never fires; a negative delay counts as 0.
 *
 * @example
 * const wheel = new TimerWheel(systemClock)
 * const timer = wheel.set(25_000, heartbeat)
 * wheel.clear(timer)
 */
export class TimerWheel {
  readonly #clock: Clock
  readonly #tickMs: number
  readonly #report: (error: unknown) => void
  /** Counting from here keeps tick numbers small integers for the next years, which a `Map` hashes without allocating. */
  readonly #origin: number
  readonly #ticks = new Map<number, Set<WheelTimer>>()
  /** The last tick that has been fired. */
  #fired = 0
  /** The tick that the clock timer is set for; `Infinity` when there is none. */
  #armed = Number.POSITIVE_INFINITY
  #clockTimer: unknown
  #size = 0
  #stopped = false

  constructor(clock: Clock, { tickMs = 100, report = () => {} }: TimerWheelOptions = {}) {
    this.#clock = clock
    this.#tickMs = tickMs
    this.#report = report
    this.#origin = clock.now()
  }

  /** Timers that are set. */
  get size(): number {
    return this.#size
  }

  /** Calls `run` once, `delayMs` from now or up to a tick later. */
  set(delayMs: number, run: () => void): WheelTimer {
    return this.#plan(delayMs, run, false)
  }

  /**
   * The same for what ends a peer's patience: time in which the process was blocked does not count against the peer, whose words
   * lay in the socket meanwhile (wire.md F45). It gets a second in any case, as Node reads sockets after its timers.
   */
  setDeadline(delayMs: number, run: () => void): WheelTimer {
    return this.#plan(delayMs, run, true)
  }

  #plan(delayMs: number, run: () => void, isDeadline: boolean): WheelTimer {
    const elapsed = this.#elapsed()
    // A wheel at rest does not turn: it catches up, or it would look for this timer among ticks that are long over.
    if (this.#size === 0) this.#fired = Math.max(this.#fired, Math.floor(elapsed / this.#tickMs))
    const due = Math.ceil((elapsed + (delayMs > 0 ? delayMs : 0)) / this.#tickMs)
    // Beyond the fired tick: a callback that sets itself anew with 0 would otherwise keep this very tick going for ever.
    const timer = { tick: Math.max(due, this.#fired + 1), run, isDeadline }
    if (this.#stopped) return timer
    this.#add(timer)
    if (timer.tick < this.#armed) this.#arm(Math.min(timer.tick, this.#fired + TICKS_AHEAD))
    return timer
  }

  #add(timer: WheelTimer): void {
    const together = this.#ticks.get(timer.tick)
    if (together === undefined) this.#ticks.set(timer.tick, new Set([timer]))
    else together.add(timer)
    this.#size++
  }

  /** Unsets a timer. One that has fired, or is cleared already, is left as it is. */
  clear(timer: WheelTimer): void {
    const together = this.#ticks.get(timer.tick)
    if (together === undefined || !together.delete(timer)) return
    this.#size--
    if (together.size === 0) this.#ticks.delete(timer.tick)
    if (this.#size === 0) this.#disarm()
  }

  /** Clears everything. What is set afterwards never fires. */
  stop(): void {
    this.#stopped = true
    this.#ticks.clear()
    this.#size = 0
    this.#disarm()
  }

  #elapsed(): number {
    return this.#clock.now() - this.#origin
  }

  #disarm(): void {
    if (this.#armed !== Number.POSITIVE_INFINITY) this.#clock.clearTimeout(this.#clockTimer)
    this.#armed = Number.POSITIVE_INFINITY
  }

  #arm(tick: number): void {
    this.#disarm()
    this.#armed = tick
    const wait = tick * this.#tickMs - this.#elapsed()
    this.#clockTimer = this.#clock.setTimeout(() => this.#turn(), Math.max(0, Math.ceil(wait)))
  }

  #turn(): void {
    const armed = this.#armed
    this.#armed = Number.POSITIVE_INFINITY
    const before = this.#fired
    // Node's timers may be a millisecond early by this clock: then nothing is due, and the wheel is armed once more.
    this.#fired = Math.max(before, Math.floor(this.#elapsed() / this.#tickMs))
    if ((this.#fired - armed) * this.#tickMs > LATE_MS) this.#forgive(before, armed)
    for (const tick of this.#dueSince(before)) this.#fire(tick)
    if (this.#size > 0) this.#arm(this.#next())
  }

  /** The process was blocked from tick `since` to now: deadlines that ended meanwhile get back what they had left. */
  #forgive(before: number, since: number): void {
    const deadlines: WheelTimer[] = []
    for (const tick of [...this.#dueSince(before)])
      for (const timer of this.#ticks.get(tick) ?? []) if (timer.isDeadline) deadlines.push(timer)
    for (const timer of deadlines) {
      this.clear(timer)
      timer.tick = this.#fired + Math.max(timer.tick - since, Math.ceil(GRACE_MS / this.#tickMs))
      this.#add(timer)
    }
  }

  /** The ticks from `before` to now that hold timers, in order. */
  *#dueSince(before: number): Iterable<number> {
    if (this.#fired - before <= TICKS_AHEAD) {
      for (let tick = before + 1; tick <= this.#fired; tick++) if (this.#ticks.has(tick)) yield tick
      return
    }
    // A laptop that slept for a weekend would count millions of empty ticks.
    yield* [...this.#ticks.keys()].filter((tick) => tick <= this.#fired).sort((one, other) => one - other)
  }

  #fire(tick: number): void {
    const together = this.#ticks.get(tick)
    if (together === undefined) return
    // One that is cleared by an earlier one of the same tick is gone from the set before its turn.
    for (const timer of together) {
      if (this.#stopped) return
      this.clear(timer)
      try {
        timer.run()
      } catch (error) {
        this.#report(error)
      }
    }
  }

  #next(): number {
    const end = this.#fired + TICKS_AHEAD
    for (let tick = this.#fired + 1; tick < end; tick++) if (this.#ticks.has(tick)) return tick
    return end
  }
}
