/**
 * A store that two servers use one after the other, and whose reads are counted.
 *
 * @module
 */
import type { StreamStore } from '../../src/server/stores/store.ts'

export interface SharedStore extends StreamStore {
  /** The most reads that were under way at the same time, and how many there were. */
  readonly readsAtOnce: number
  readonly reads: number
}

/**
 * Wraps a store. A server that stops closes its store: this one stays open.
 *
 * @param slow awaited before each read, so that reads can overlap at all in a store that answers at once.
 */
export function shareStore(store: StreamStore, slow: () => Promise<unknown> = async () => {}): SharedStore {
  let inFlight = 0
  let readsAtOnce = 0
  let reads = 0
  return {
    capabilities: store.capabilities,
    create: (path, request) => store.create(path, request),
    head: (path) => store.head(path),
    append: (path, request) => store.append(path, request),
    async read(path, after, limits) {
      inFlight += 1
      reads += 1
      readsAtOnce = Math.max(readsAtOnce, inFlight)
      try {
        await slow()
        return await store.read(path, after, limits)
      } finally {
        inFlight -= 1
      }
    },
    watch: (listener) => store.watch(listener),
    trim: (path, by) => store.trim(path, by),
    touch: (path) => store.touch(path),
    delete: (path) => store.delete(path),
    lease: (name, owner, ttlMs) => store.lease(name, owner, ttlMs),
    ready: () => store.ready(),
    sweep: () => store.sweep(),
    close: async () => {},
    get readsAtOnce() {
      return readsAtOnce
    },
    get reads() {
      return reads
    },
  }
}
