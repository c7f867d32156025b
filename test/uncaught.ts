/**
 * Waits for what is thrown outside of every call, without the test runner taking it for a failure.
 *
 * @module
 */

/** Resolves with the next uncaught exception of this process. Call it before what throws. */
export function nextUncaught(): Promise<unknown> {
  const others = process.rawListeners('uncaughtException') as NodeJS.UncaughtExceptionListener[]
  process.removeAllListeners('uncaughtException')
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const other of others) process.on('uncaughtException', other)
      resolve(error)
    })
  })
}
