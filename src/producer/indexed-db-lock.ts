/**
 * Web Locks as something one holds and gives back.
 *
 * @module
 */

/** So long is waited for what should take milliseconds, in ms: a frozen page may hold it up, or what `indexed-db-slot.ts` tells of. */
const PATIENCE = 2_000

/** Gives a lock back, and resolves when others can have it. Idempotent, never rejects. */
export type Unlock = () => Promise<void>

/**
 * Resolves when the lock is ours, or with nothing when `ifAvailable` was asked for and it is not to be had. Rejects when the
 * signal is aborted before. A page that is closed, reloaded or crashes gives back what it holds.
 */
export function lock(name: string, options: LockOptions): Promise<Unlock | undefined> {
  return new Promise((resolve, reject) => {
    const over = navigator.locks
      .request(name, options, (held) => {
        if (held === null) return resolve(undefined)
        return new Promise<void>((release) => {
          resolve(() => {
            release()
            return over
          })
        })
      })
      .catch(reject)
  })
}

/**
 * Does something while no other page does: two that look at all slots at the same time would each see as held what the other
 * only looks at, and make new ones after every restart of a browser. A page that takes too long over it is not waited for.
 */
export async function inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const unlock = await lock(name, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined)
  try {
    return await work()
  } finally {
    await unlock?.()
  }
}

/** Resolves with nothing when it takes too long. */
export function patiently<Result>(work: Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PATIENCE, undefined)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
