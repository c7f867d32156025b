/**
 * Time as an actor has it: XState's clock, with a reading where a simulated one offers it.
 *
 * @module
 */

export interface Clock {
  setTimeout(act: () => void, milliseconds: number): unknown
  clearTimeout(id: unknown): void
  /** Monotonic milliseconds. Default `performance.now`. */
  now?(): number
}

/** The time on this clock. */
export function timeOn(clock: Pick<Clock, 'now'>): number {
  return clock.now?.() ?? performance.now()
}
