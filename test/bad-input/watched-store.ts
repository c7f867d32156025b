/**
 * A store whose every use a test hears of first, and may delay.
 *
 * @module
 */

import type { StreamStore } from '../../src/server/stores/store.ts'

/** What is about to be done to the stream at this path. What it returns is waited for. */
export type BeforeUse = (operation: keyof StreamStore, path: string) => Promise<void> | undefined

export function watchedStore(inner: StreamStore, before: BeforeUse): StreamStore {
  const use = async <T>(operation: keyof StreamStore, path: string, run: () => Promise<T>): Promise<T> => {
    // No turn is lost where there is nothing to wait for: in memory an append takes effect when it is called.
    const delay = before(operation, path)
    if (delay !== undefined) await delay
    return run()
  }
  return {
    capabilities: inner.capabilities,
    create: (path, request) => use('create', path, () => inner.create(path, request)),
    head: (path) => use('head', path, () => inner.head(path)),
    append: (path, request) => use('append', path, () => inner.append(path, request)),
    read: (path, after, limits) => use('read', path, () => inner.read(path, after, limits)),
    watch: (listener) => inner.watch(listener),
    trim: (path, by) => use('trim', path, () => inner.trim(path, by)),
    touch: (path) => use('touch', path, () => inner.touch(path)),
    delete: (path) => use('delete', path, () => inner.delete(path)),
    lease: (name, owner, ttlMs) => inner.lease(name, owner, ttlMs),
    ready: () => inner.ready(),
    sweep: () => inner.sweep(),
    close: () => inner.close(),
  }
}
