/**
 * A store that is slow to append, as slow as a test says.
 *
 * @module
 */

import type { StreamStore } from '../../src/server/stores/store.ts'

/** Appends to this path wait until the test lets them go. */
export interface Hold {
  readonly path: string
  readonly waiting: (() => void)[]
  /** From now on nothing waits. */
  open?: boolean | undefined
}

export function heldStore(inner: StreamStore, hold: Hold): StreamStore {
  return {
    capabilities: inner.capabilities,
    create: (path, request) => inner.create(path, request),
    head: (path) => inner.head(path),
    async append(path, request) {
      if (path === hold.path && hold.open !== true) await new Promise<void>((resolve) => hold.waiting.push(resolve))
      return inner.append(path, request)
    },
    read: (path, after, limits) => inner.read(path, after, limits),
    watch: (listener) => inner.watch(listener),
    trim: (path, by) => inner.trim(path, by),
    touch: (path) => inner.touch(path),
    delete: (path) => inner.delete(path),
    lease: (name, owner, ttlMs) => inner.lease(name, owner, ttlMs),
    ready: () => inner.ready(),
    sweep: () => inner.sweep(),
    close: () => inner.close(),
  }
}
