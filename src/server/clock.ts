/**
 * Time, as the server sees it. Every timer of the server goes through a {@link Clock}, so that tests need no waiting.
 *
 * @module
 */

/** Where the server gets its time from. */
export interface Clock {
  /** Milliseconds since 1970 that never run backwards. */
  now(): number
  /** Calls `run` once after so many milliseconds. A pending timer must not keep the process alive. */
  setTimeout(run: () => void, milliseconds: number): unknown
  clearTimeout(timer: unknown): void
}

/**
 * The machine's clock. It counts from the start of the process: a step of the wall clock (NTP, a sleeping laptop)
 * would otherwise expire records and silence heartbeats.
 */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout(run, milliseconds) {
    const timer: unknown = setTimeout(run, milliseconds)
    // Deno and Workers have numbers for timers, which keep no process alive.
    if (isReferenced(timer)) timer.unref()
    return timer
  },
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** `center` give or take `part` of it, so that what started together does not end together. */
export function around(center: number, part: number, random: () => number): number {
  return center * (1 + part * (2 * random() - 1))
}

function isReferenced(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer
}
