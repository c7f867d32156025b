/**
 * The apps a hub knows, by key: those that are here, and those that have gone and whose history is still looked at.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import { type AppHistory, appHistory } from './history.ts'

/** A way to ask an app, or nobody to ask any more. */
export type AppPresence<Link> = { readonly kind: 'here'; readonly link: Link } | { readonly kind: 'gone' }

export interface RegisteredApp<Link> {
  /** `name#n`: two tabs of one app are two. */
  readonly key: string
  readonly history: AppHistory
  readonly presence: AppPresence<Link>
}

export interface Registry<Link> {
  /** In the order of their coming. */
  readonly apps: Iterable<RegisteredApp<Link>>
  find(key: string): RegisteredApp<Link> | undefined
  /** `undefined` when as many are here as may be. Who has gone makes room: first of the same name, then the oldest. */
  register(name: string, link: Link): RegisteredApp<Link> | undefined
  markGone(key: string): void
}

interface Entry<Link> extends RegisteredApp<Link> {
  readonly name: string
}

export function createRegistry<Link>(most: number = bounds.apps): Registry<Link> {
  const apps = new Map<string, Entry<Link>>()
  /** Only ever counts up, so that no key means two apps. One number for all names: names are endless. */
  let registered = 0

  function forgetGone(chosen: (entry: Entry<Link>) => boolean): void {
    for (const entry of apps.values()) {
      if (entry.presence.kind === 'gone' && chosen(entry)) apps.delete(entry.key)
    }
  }

  return {
    get apps() {
      return apps.values()
    },
    find: (key) => apps.get(key),
    register(name, link) {
      forgetGone((entry) => entry.name === name)
      forgetGone(() => apps.size >= most)
      if (apps.size >= most) return undefined
      registered += 1
      const key = `${name}#${registered}`
      const entry: Entry<Link> = { key, name, history: appHistory(), presence: { kind: 'here', link } }
      apps.set(key, entry)
      return entry
    },
    markGone(key) {
      const entry = apps.get(key)
      if (entry !== undefined) apps.set(key, { ...entry, presence: { kind: 'gone' } })
    },
  }
}
