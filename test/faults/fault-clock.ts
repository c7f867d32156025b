/**
 * A simulated clock that can also oversleep: a laptop lid, a frozen page and throttled timers.
 *
 * @module
 */
import { type SimulatedClock, simulatedClock } from '../../src/testing/clock.ts'

export interface FaultClock extends SimulatedClock {
  /** The machine sleeps: time has passed, and no timer has run or come nearer. */
  sleep(milliseconds: number): void
  /** From here on timers run only at multiples of so many milliseconds, as in a hidden tab. */
  throttle(grain: number): void
}

export function faultClock(): FaultClock {
  const inner = simulatedClock()
  let slept = 0
  let grain = 1
  return {
    now: () => inner.now() + slept,
    setTimeout(run, milliseconds) {
      const due = inner.now() + milliseconds
      return inner.setTimeout(run, Math.ceil(due / grain) * grain - inner.now())
    },
    clearTimeout: (timer) => inner.clearTimeout(timer),
    advance: (milliseconds) => inner.advance(milliseconds),
    get pending() {
      return inner.pending
    },
    sleep(milliseconds) {
      slept += milliseconds
    },
    throttle(milliseconds) {
      grain = milliseconds
    },
  }
}
