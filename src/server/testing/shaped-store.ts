/**
 * A memory store that a test can hold up, break, or give a history it has not had.
 *
 * @module
 */

import { memoryStore } from '../stores/memory-store.ts'
import type { StoreHint, StreamHead, StreamStore } from '../stores/store.ts'

/** What a test does to a store. */
export interface StoreShape {
  /** Before an operation, which waits for the promise it may return; what it throws the operation rejects with. */
  before?(operation: 'create' | 'head' | 'append' | 'read', path: string): Promise<void> | undefined
  /** How a head is told. */
  head?(head: StreamHead): StreamHead
}

export function shapedStore({ before = () => undefined, head = (known) => known }: StoreShape): StreamStore {
  const store = memoryStore()
  const told = (hint: StoreHint): StoreHint => ({ ...hint, head: hint.head && head(hint.head) })
  return {
    capabilities: store.capabilities,
    async create(path, request) {
      const wait = before('create', path)
      if (wait !== undefined) await wait
      const outcome = await store.create(path, request)
      return 'head' in outcome ? { ...outcome, head: head(outcome.head) } : outcome
    },
    async head(path) {
      const wait = before('head', path)
      if (wait !== undefined) await wait
      const found = await store.head(path)
      return found && head(found)
    },
    async append(path, request) {
      const wait = before('append', path)
      if (wait !== undefined) await wait
      const outcome = await store.append(path, request)
      return 'head' in outcome ? { ...outcome, head: head(outcome.head) } : outcome
    },
    async read(path, after, limits) {
      const wait = before('read', path)
      if (wait !== undefined) await wait
      const result = await store.read(path, after, limits)
      return result && { ...result, head: head(result.head) }
    },
    watch: (listener) => store.watch((hint) => listener(told(hint))),
    trim: (path, by) => store.trim(path, by),
    touch: (path) => store.touch(path),
    delete: (path) => store.delete(path),
    lease: (name, owner, ttlMs) => store.lease(name, owner, ttlMs),
    ready: () => store.ready(),
    sweep: () => store.sweep(),
    close: () => store.close(),
  }
}

/** Something a test holds up until it lets it go. */
export interface Hold {
  readonly held: Promise<void>
  release(): void
}

export function hold(): Hold {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  return { held, release: () => release() }
}
