/**
 * A clock for tests: time passes when a test says so.
 *
 * @module
 */

import type { Clock } from '../clock.ts'

interface Timer {
  readonly due: number
  readonly run: () => void
}

export interface ManualClock extends Clock {
  /** Lets so many milliseconds pass, and runs in order what falls due. */
  advance(milliseconds: number): void
  /** How many timers are set. */
  readonly pending: number
}

export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start
  const timers = new Set<Timer>()
  const nextDue = (until: number): Timer | undefined =>
    [...timers].filter((timer) => timer.due <= until).sort((one, other) => one.due - other.due)[0]
  return {
    now: () => now,
    setTimeout(run, milliseconds) {
      const timer = { due: now + milliseconds, run }
      timers.add(timer)
      return timer
    },
    clearTimeout(timer) {
      timers.delete(timer as Timer)
    },
    advance(milliseconds) {
      const until = now + milliseconds
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer)
        now = timer.due
        timer.run()
      }
      now = until
    },
    get pending() {
      return timers.size
    },
  }
}
