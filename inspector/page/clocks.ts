/**
 * What time it is in each app between two of its messages, so that the page goes on while an app is quiet.
 *
 * @module
 */
import type { AppView } from '../session/view.ts'

export interface Clocks {
  hear(apps: readonly AppView[]): void
  /** As `t` of that app; an app that is gone or recorded stands still. */
  now(app: AppView | undefined): number
}

/** @param clock milliseconds, monotonic. */
export function createClocks(clock: () => number = () => performance.now()): Clocks {
  /** What to subtract from our clock to read theirs; the smallest seen, for that message was under way the shortest. */
  const behind = new Map<string, number>()
  return {
    hear(apps) {
      const time = clock()
      for (const { key, now } of apps)
        behind.set(key, Math.min(behind.get(key) ?? Number.POSITIVE_INFINITY, time - now))
    },
    now(app) {
      if (app === undefined) return 0
      const offset = behind.get(app.key)
      return app.state !== 'here' || offset === undefined ? app.now : Math.max(app.now, clock() - offset)
    },
  }
}
