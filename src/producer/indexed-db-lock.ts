/**
 * Web Locks as something one holds and gives back.
 *
 * @module
 */

/** Gives a lock back, and resolves when others can have it. Idempotent, never rejects. */
export type Unlock = () => Promise<void>

/** The stream, and the id of its producer. */
export type SlotKey = [stream: string, id: string]

/** The name of the lock on a slot. As JSON, so that no two slots can have the same. */
export function slotLock(name: string, key: SlotKey): string {
  return `statewire-outbox:${JSON.stringify([name, ...key])}`
}

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
