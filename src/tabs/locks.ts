/**
 * Web Locks as something one holds, gives back, loses and waits for.
 *
 * @module
 */

/** The part of `navigator.locks` that is used. */
export type Locks = Pick<LockManager, 'request'>

export interface Held {
  /** Aborted when another tab has taken the lock away. */
  readonly stolen: AbortSignal
  /** Gives it back. Idempotent. A page that is closed or crashes gives back what it holds. */
  release(): void
}

/** Resolves when the lock is ours, or with nothing when `ifAvailable` was asked for and it is not to be had. */
export function hold(locks: Locks, name: string, options: LockOptions = {}): Promise<Held | undefined> {
  return new Promise((resolve, reject) => {
    const taken = new AbortController()
    locks
      .request(name, options, (lock) => {
        if (lock === null) return resolve(undefined)
        return new Promise<void>((release) => resolve({ stolen: taken.signal, release: () => release() }))
      })
      .catch((thrown: unknown) => {
        taken.abort()
        reject(thrown)
      })
  })
}

/** Calls back when nobody holds the lock any more: its holder is gone. Not after the signal. */
export function whenFree(locks: Locks, name: string, signal: AbortSignal, free: () => void): void {
  locks
    .request(name, { mode: 'shared', signal }, () => {
      if (!signal.aborted) free()
    })
    // The end of waiting is an error, too.
    .catch(() => {})
}
