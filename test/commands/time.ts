/**
 * Simulated time that says when it next has something to do, so that a day can be walked through timer by timer.
 *
 * @module
 */
import { type SimulatedClock, simulatedClock } from '../../src/testing/clock.ts'
import type { Delay } from '../../src/transports/http-delay.ts'

export interface WalkedClock extends SimulatedClock {
  /** When the next timer is due; `Infinity` when none is set. */
  readonly next: number
}

export function walkedClock(): WalkedClock {
  const clock = simulatedClock()
  const due = new Map<unknown, number>()
  return {
    now: clock.now,
    advance: clock.advance,
    setTimeout(run, milliseconds) {
      const timer: unknown = clock.setTimeout(() => {
        due.delete(timer)
        run()
      }, milliseconds)
      due.set(timer, clock.now() + Math.max(0, milliseconds))
      return timer
    },
    clearTimeout(timer) {
      due.delete(timer)
      clock.clearTimeout(timer)
    },
    get pending() {
      return clock.pending
    },
    get next() {
      return Math.min(Number.POSITIVE_INFINITY, ...due.values())
    },
  }
}

/** How a transport waits by itself, on that clock; `resting` counts those who wait. */
export function delayOn(clock: SimulatedClock): { readonly delay: Delay; readonly resting: () => number } {
  let resting = 0
  const delay: Delay = (milliseconds, signal) => {
    if (signal.aborted) return Promise.reject(signal.reason)
    resting += 1
    return new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        clock.clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = clock.setTimeout(() => {
        signal.removeEventListener('abort', abort)
        resolve()
      }, milliseconds)
      signal.addEventListener('abort', abort, { once: true })
    }).finally(() => {
      resting -= 1
    })
  }
  return { delay, resting: () => resting }
}
