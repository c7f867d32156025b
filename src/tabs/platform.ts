/**
 * What tabs find each other with.
 *
 * @module
 */
import type { Locks } from './locks.ts'

/** Real time; a tab's own, because who is frozen must not be judged by somebody else's. In ms. */
export interface TabClock {
  now(): number
  setTimeout(run: () => void, milliseconds: number): unknown
  clearTimeout(timer: unknown): void
}

export interface TabPlatform {
  readonly locks: Locks
  readonly clock: TabClock
  channel(name: string): BroadcastChannel
  /** Calls back when the page is about to be frozen, or put aside for the back button. Returns the function that stops it. */
  onFreeze(listener: () => void): () => void
}

const clock: TabClock = {
  now: () => performance.now(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as number),
}

/** The page's or the worker's own, or nothing where a part is missing: in Node, without TLS, in a sandbox. */
export function pagePlatform(): TabPlatform | undefined {
  const { navigator, origin, BroadcastChannel: Channel } = globalThis as Partial<typeof globalThis>
  const locks = navigator?.locks as Locks | undefined
  // Node has locks and channels as well, but no origin: they would reach all of the process, and nobody else.
  if (locks === undefined || Channel === undefined || origin === undefined || origin === 'null') return undefined
  return { locks, clock, channel: (name) => new Channel(name), onFreeze }
}

function onFreeze(listener: () => void): () => void {
  if (typeof document === 'undefined') return () => {}
  document.addEventListener('freeze', listener)
  addEventListener('pagehide', listener)
  return () => {
    document.removeEventListener('freeze', listener)
    removeEventListener('pagehide', listener)
  }
}
