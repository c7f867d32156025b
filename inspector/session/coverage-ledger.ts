/**
 * Counts what a session is told, step by step as it comes: what the session has let go stays counted.
 *
 * @module
 */
import type { MachineCounts } from './coverage-file.ts'
import { transitionsOf } from './infer.ts'
import type { Session } from './session.ts'
import { activeLeaves } from './words.ts'

/** Of one machine. States by their dotted paths. */
export class Tally {
  readonly entered = new Map<string, number>()
  readonly taken = new Map<string, number>()
  readonly refused = new Map<string, number>()

  enter(path: string, times = 1): void {
    this.entered.set(path, (this.entered.get(path) ?? 0) + times)
  }

  take(key: string, times = 1): void {
    this.taken.set(key, (this.taken.get(key) ?? 0) + times)
  }

  refuse(key: string, times = 1): void {
    this.refused.set(key, (this.refused.get(key) ?? 0) + times)
  }

  add({ entered, refused, taken }: Tally): void {
    for (const [path, times] of entered) this.enter(path, times)
    for (const [key, times] of taken) this.take(key, times)
    for (const [key, times] of refused) this.refuse(key, times)
  }
}

type Tallies = Map<string, Tally>

function tallyOf(tallies: Tallies, hash: string): Tally {
  const known = tallies.get(hash)
  if (known !== undefined) return known
  const made = new Tally()
  tallies.set(hash, made)
  return made
}

/** The dotted paths of all states that are active in a value, containers included. */
function activePaths(value: unknown): ReadonlySet<string> {
  return new Set(activeLeaves(value).flatMap((leaf) => leaf.map((_, depth) => leaf.slice(0, depth + 1).join('.'))))
}

/** What is counted of one app. */
interface Place {
  readonly origin: 'told' | 'file'
  readonly tallies: Tallies
  /** Actors whose beginning is counted. */
  readonly met: Set<string>
  /** Of the newest entry that is counted. */
  seq: number
}

class Ledger {
  readonly #session: Session
  readonly #places = new Map<string, Place>()
  /** Of apps that the session has forgotten. */
  readonly #past: Tallies = new Map()
  readonly #files = new Map<string, readonly MachineCounts[]>()

  constructor(session: Session) {
    this.#session = session
    session.subscribe(() => this.#count())
  }

  /** @param app `undefined`: all but those out of files. */
  tallies(app: string | undefined, hash: string): readonly Tally[] {
    this.#count()
    const apps = this.#session.apps.filter(({ key, state }) => (app === undefined ? state !== 'recorded' : key === app))
    const places = apps.flatMap(({ key }) => {
      const place = this.#places.get(key)
      if (place === undefined) return []
      this.#meetAll(key, place)
      return [place.tallies]
    })
    const all = app === undefined ? [...places, this.#past] : places
    return all.flatMap((tallies) => tallies.get(hash) ?? [])
  }

  files(app: string | undefined, hash: string): readonly MachineCounts[] {
    return app === undefined ? [] : (this.#files.get(app) ?? []).filter((counts) => counts.hash === hash)
  }

  /** @param app the key under which a file stands in the session. */
  file(app: string, machines: readonly MachineCounts[]): void {
    this.#files.set(app, machines)
  }

  #count(): void {
    const { apps } = this.#session
    for (const [key, { origin, tallies }] of this.#places) {
      if (apps.some((app) => app.key === key)) continue
      if (origin === 'told') for (const [hash, tally] of tallies) tallyOf(this.#past, hash).add(tally)
      this.#places.delete(key)
      this.#files.delete(key)
    }
    for (const { key, state } of apps) this.#countApp(key, state === 'recorded' ? 'file' : 'told')
  }

  #countApp(app: string, origin: Place['origin']): void {
    const place = this.#places.get(app) ?? { origin, tallies: new Map(), met: new Set(), seq: -1 }
    this.#places.set(app, place)
    const entries = this.#session.entries(app)
    const newest = entries.at(-1)?.seq ?? -1
    // Another run of the same app begins to count anew.
    if (newest < place.seq) {
      place.seq = -1
      place.met.clear()
    }
    const last = place.seq === -1 ? -1 : entries.findLastIndex(({ seq }) => seq <= place.seq)
    for (const entry of entries.slice(last + 1)) {
      if (entry.kind !== 'step') continue
      const before = this.#session.before(app, entry)
      const hash = before?.definition ?? this.#session.actor(app, entry.actor, null)?.definition ?? null
      if (hash === null) continue
      const tally = tallyOf(place.tallies, hash)
      const active = activePaths(before?.value)
      if (!place.met.has(entry.actor)) for (const path of active) tally.enter(path)
      place.met.add(entry.actor)
      for (const path of activePaths(entry.value)) if (!active.has(path)) tally.enter(path)
      for (const key of transitionsOf(this.#session, app, entry).keys) tally.take(key)
    }
    place.seq = newest
  }

  /** Who has not moved yet is in the states it began in. */
  #meetAll(app: string, { met, tallies }: Place): void {
    for (const { definition, id, value } of this.#session.actors(app, null)) {
      if (definition === null || met.has(id)) continue
      met.add(id)
      for (const path of activePaths(value)) tallyOf(tallies, definition).enter(path)
    }
  }
}

export type { Ledger }

const ledgers = new WeakMap<Session, Ledger>()

/** Counts from the first call on. */
export function ledgerOf(session: Session): Ledger {
  const known = ledgers.get(session)
  if (known !== undefined) return known
  const made = new Ledger(session)
  ledgers.set(session, made)
  return made
}
