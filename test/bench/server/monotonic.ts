/**
 * A clock that two processes share: the kernel's monotonic one. `performance.now()` counts from each process's own start.
 *
 * @module
 */

/** Milliseconds, with fractions, since some moment before both processes. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
