/**
 * A lock manager for Node as the Web Locks specification has it: modes, queues, `ifAvailable`, `steal` and signals; and a way to
 * let a tab die, which the real one of a process has not.
 *
 * @module
 */
import type { Locks } from '../../src/tabs/locks.ts'

type Mode = 'exclusive' | 'shared'

interface Wanted {
  readonly owner: string
  readonly name: string
  readonly mode: Mode
  grant(): void
}

interface Granted {
  readonly owner: string
  readonly name: string
  readonly mode: Mode
  steal(): void
}

export class LockRig {
  #held: Granted[] = []
  #queue: Wanted[] = []

  /** The locks as one tab sees them. */
  of(owner: string): Locks {
    const request = (name: string, second: unknown, third?: unknown): Promise<unknown> => {
      const options = (third === undefined ? {} : second) as LockOptions
      return this.#request(owner, name, options, (third ?? second) as (lock: Lock | null) => unknown)
    }
    return { request } as Locks
  }

  /** The tab is gone: it holds nothing and waits for nothing. */
  kill(owner: string): void {
    this.#held = this.#held.filter((held) => held.owner !== owner)
    this.#queue = this.#queue.filter((wanted) => wanted.owner !== owner)
    this.#serve()
  }

  holders(name: string): string[] {
    return this.#held.filter((held) => held.name === name).map(({ owner }) => owner)
  }

  #request(owner: string, name: string, options: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> {
    const { mode = 'exclusive', signal, steal = false, ifAvailable = false } = options
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#queue = this.#queue.filter((other) => other !== wanted)
        reject(signal?.reason)
        this.#serve()
      }
      const wanted: Wanted = {
        owner,
        name,
        mode,
        grant: () => {
          signal?.removeEventListener('abort', abort)
          const granted: Granted = {
            owner,
            name,
            mode,
            steal: () => reject(new DOMException('The lock was stolen.', 'AbortError')),
          }
          this.#held.push(granted)
          queueMicrotask(async () => {
            try {
              resolve(await work({ name, mode }))
            } catch (error) {
              reject(error)
            }
            this.#held = this.#held.filter((other) => other !== granted)
            this.#serve()
          })
        },
      }
      if (signal?.aborted) return reject(signal.reason)
      if (steal) {
        const robbed = this.#held.filter((held) => held.name === name)
        this.#held = this.#held.filter((held) => held.name !== name)
        for (const held of robbed) held.steal()
        return wanted.grant()
      }
      if (ifAvailable && !this.#isFree(wanted)) return void Promise.resolve(work(null)).then(resolve, reject)
      signal?.addEventListener('abort', abort)
      this.#queue.push(wanted)
      this.#serve()
    })
  }

  #isFree({ name, mode }: Wanted): boolean {
    const held = this.#held.filter((other) => other.name === name)
    return held.length === 0 || (mode === 'shared' && held.every((other) => other.mode === 'shared'))
  }

  #serve(): void {
    const blocked = new Set<string>()
    for (const wanted of [...this.#queue]) {
      if (blocked.has(wanted.name) || !this.#isFree(wanted)) blocked.add(wanted.name)
      else {
        this.#queue = this.#queue.filter((other) => other !== wanted)
        wanted.grant()
      }
    }
  }
}
