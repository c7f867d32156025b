/**
 * A store whose answers are noted before anybody else hears them.
 *
 * @module
 */
import type { StreamStore } from '../../src/server/stores/store.ts'
import type { Truth } from './truth.ts'

/** Of the one stream at `path`. */
export function watchStore(store: StreamStore, path: string, truth: Truth): StreamStore {
  return {
    capabilities: store.capabilities,
    async create(at, request) {
      const outcome = await store.create(at, request)
      if (at === path && outcome.kind === 'created') truth.note(outcome.head, request.records)
      return outcome
    },
    async append(at, request) {
      const outcome = await store.append(at, request)
      if (at === path && outcome.kind === 'appended') truth.note(outcome.head, request.records)
      return outcome
    },
    async trim(at, by) {
      const head = await store.trim(at, by)
      if (at === path && head !== null) truth.note(head, [])
      return head
    },
    head: (at) => store.head(at),
    read: (at, after, limits) => store.read(at, after, limits),
    watch: (listener) => store.watch(listener),
    touch: (at) => store.touch(at),
    delete(at) {
      if (at === path) truth.deletions += 1
      return store.delete(at)
    },
    lease: (name, owner, ttlMs) => store.lease(name, owner, ttlMs),
    ready: () => store.ready(),
    sweep: () => store.sweep(),
    close: () => store.close(),
  }
}
