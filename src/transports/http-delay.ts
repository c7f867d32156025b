/**
 * Waiting, in a form that tests replace.
 *
 * @module
 */

/** Resolves after so many milliseconds; rejects with the signal's reason when it aborts first. */
export type Delay = (milliseconds: number, signal: AbortSignal) => Promise<void>

/** On the runtime's own timers. */
export const delay: Delay = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', abort, { once: true })
  })
