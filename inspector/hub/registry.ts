/**
 * The apps a hub knows, by key: those that are here, and those that have gone and whose history is still looked at. All histories
 * together are bounded too: who has gone makes room first, then the longest history loses its beginning.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import type { Batch } from './batch.ts'
import { type AppHistory, appHistory, type Kept } from './history.ts'

/** A way to ask an app, or nobody to ask any more. */
export type AppPresence<Link> =
  | { readonly kind: 'here'; readonly link: Link }
  | { readonly kind: 'gone'; readonly since: number }

export interface RegisteredApp<Link> {
  /** `name#n`: two tabs of one app are two, and so are two runs. */
  readonly key: string
  readonly history: Pick<AppHistory, 'replay'>
  readonly presence: AppPresence<Link>
}

export interface Registry<Link> {
  /** In the order of their coming, without those that have been gone for too long. */
  all(): Iterable<RegisteredApp<Link>>
  find(key: string): RegisteredApp<Link> | undefined
  /** `undefined` when as many are here as may be. */
  register(name: string, link: Link): RegisteredApp<Link> | undefined
  /** Keeps what an app has told. Answers `too_many` when it tells of more than there is room for. */
  keep(key: string, batch: Batch): Kept
  markGone(key: string): void
}

/** Limits that tests make smaller. */
export interface RegistryBounds {
  /** Apps that are here at once. */
  readonly apps: number
  /** Apps that have gone: a test suite is hundreds of them. */
  readonly gone: number
  /** How long what they told is kept, in ms. */
  readonly goneFor: number
  /** All histories together. */
  readonly bytes: number
}

const usualBounds: RegistryBounds = {
  apps: bounds.apps,
  gone: 1_000,
  goneFor: 3_600_000,
  bytes: 4 * bounds.ringBytes,
}

interface Entry<Link> extends RegisteredApp<Link> {
  readonly history: AppHistory
}

/** @param now - a monotonic clock, in ms */
export function createRegistry<Link>(now: () => number, limits: RegistryBounds = usualBounds): Registry<Link> {
  const apps = new Map<string, Entry<Link>>()
  /** Keys of those that have gone, the first that left first. */
  const gone = new Set<string>()
  /** Only ever counts up, so that no key means two apps. One number for all names: names are endless. */
  let registered = 0
  let weight = 0

  function forgetGone(isTooMuch: (entry: Entry<Link>) => boolean): void {
    for (const key of gone) {
      const entry = apps.get(key)
      if (entry === undefined || !isTooMuch(entry)) return
      gone.delete(key)
      apps.delete(key)
      weight -= entry.history.weight
    }
  }

  function forgetOld(): void {
    const oldest = now() - limits.goneFor
    forgetGone(({ presence }) => presence.kind === 'gone' && presence.since < oldest)
  }

  function makeRoom(): void {
    forgetGone(() => weight > limits.bytes)
    if (weight <= limits.bytes) return
    // What cannot be shortened any further has had its turn: then it is the next one's.
    for (const { history } of [...apps.values()].sort(byWeight)) {
      const before = history.weight
      history.shorten(before - (weight - limits.bytes))
      weight += history.weight - before
      if (weight <= limits.bytes) return
    }
  }

  return {
    all() {
      forgetOld()
      return apps.values()
    },
    find: (key) => apps.get(key),
    register(name, link) {
      forgetOld()
      if (apps.size - gone.size >= limits.apps) return undefined
      registered += 1
      const key = `${name}#${registered}`
      const entry: Entry<Link> = { key, history: appHistory(), presence: { kind: 'here', link } }
      apps.set(key, entry)
      return entry
    },
    keep(key, batch) {
      const entry = apps.get(key)
      if (entry?.presence.kind !== 'here') return 'kept'
      const before = entry.history.weight
      const kept = entry.history.add(batch)
      weight += entry.history.weight - before
      makeRoom()
      return weight > limits.bytes ? 'too_many' : kept
    },
    markGone(key) {
      const entry = apps.get(key)
      if (entry?.presence.kind !== 'here') return
      apps.set(key, { ...entry, presence: { kind: 'gone', since: now() } })
      gone.add(key)
      forgetGone(() => gone.size > limits.gone)
    },
  }
}

function byWeight(one: Entry<unknown>, other: Entry<unknown>): number {
  return other.history.weight - one.history.weight
}
