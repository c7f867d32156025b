/**
 * Everything that was told to a viewer, app by app: the one place that the views of the page read from.
 *
 * @module
 */
import type { Machine } from '../chart/machine.ts'
import { bounds } from '../protocol/bounds.ts'
import type { AppMessage, EventMessage, HealthMessage, HubMessage, StepMessage } from '../protocol/messages.ts'
import { AppLog } from './app-log.ts'
import { History } from './history.ts'
import { incoming } from './incoming.ts'
import { isJson, isName } from './reading.ts'
import type { Recording } from './recording.ts'
import type { ActorView, AppView, Band, Entry, Fate, InspectorSession, Unsettled } from './view.ts'

/** What recordings, exports and explanations need beyond what is shown. */
export interface Session extends InspectorSession {
  /** The actor as it was just before a step. */
  before(app: string, step: StepMessage): ActorView | undefined
  /** Of the sends of a connection, those that nothing is known of yet. */
  unsettled(app: string, actor: string, at: number | null): Unsettled | undefined
  /** The event that was told under this number, while it is kept. */
  event(app: string, seq: number): EventMessage | undefined
  /** All that is kept of an app: whoever hears it knows as much. */
  told(app: string): readonly AppMessage[]
  /** Shows a recording; answers the key under which it stands among the apps. */
  open(recording: Recording): string
  /** Takes an app away, as one closes a recording. */
  forget(app: string): void
}

interface Place {
  readonly log: AppLog
  readonly state: AppView['state']
}

const nothing: readonly never[] = []

function viewOf(key: string, { log, state }: Place): AppView {
  const { name = key, runtime = 'other', epoch = 0 } = log.hello ?? {}
  return { key, name, runtime, state, epoch, now: log.now, dropped: log.dropped }
}

class ToldSession implements Session {
  readonly #places = new Map<string, Place>()
  readonly #listeners = new Set<() => void>()
  #apps: readonly AppView[] | undefined
  #telling: 'quiet' | 'due' = 'quiet'
  #opened = 0

  apply(message: HubMessage): void {
    const given: unknown = message
    if (!isJson(given) || !isName(given.app)) return
    const place = this.#placeOf(given.app)
    if (place === undefined || place.state === 'recorded') return
    if (given.gone === true) this.#places.set(given.app, { log: place.log, state: 'gone' })
    else if (Array.isArray(given.messages)) for (const told of given.messages) this.#hear(given.app, told)
    this.#tell()
  }

  /** Too many apps: one that has left makes room, or the new one is not heard. */
  #placeOf(app: string): Place | undefined {
    const known = this.#places.get(app)
    if (known !== undefined) return known
    if (this.#places.size >= bounds.apps) {
      const [left] = [...this.#places].find(([, { state }]) => state === 'gone') ?? []
      if (left === undefined) return undefined
      this.#places.delete(left)
    }
    const place: Place = { log: new AppLog(), state: 'here' }
    this.#places.set(app, place)
    return place
  }

  #hear(app: string, message: AppMessage): void {
    const { log, state } = this.#places.get(app) ?? { log: new AppLog(), state: 'here' }
    const hello = isJson(message) && message.kind === 'hello' ? incoming(message) : undefined
    const isAnother = hello?.kind === 'hello' && log.isAnotherRun(hello)
    const current = isAnother ? new AppLog() : log
    // Whoever speaks is here, also after a farewell; a recording speaks once.
    if (isAnother || state === 'gone') this.#places.set(app, { log: current, state: 'here' })
    current.apply(message)
  }

  #tell(): void {
    this.#apps = undefined
    if (this.#telling === 'due') return
    this.#telling = 'due'
    queueMicrotask(() => {
      this.#telling = 'quiet'
      for (const listener of [...this.#listeners]) listener()
    })
  }

  #log(app: string): AppLog | undefined {
    return this.#places.get(app)?.log
  }

  get apps(): readonly AppView[] {
    this.#apps ??= [...this.#places].map(([key, place]) => viewOf(key, place))
    return this.#apps
  }

  actors(app: string, at: number | null): readonly ActorView[] {
    return this.#log(app)?.actors(at) ?? nothing
  }

  actor(app: string, actor: string, at: number | null): ActorView | undefined {
    return this.#log(app)?.actor(actor, at)
  }

  machine(app: string, hash: string): Machine | null {
    return this.#log(app)?.definitions.machine(hash) ?? null
  }

  entries(app: string): readonly Entry[] {
    return this.#log(app)?.entries ?? nothing
  }

  bands(app: string, actor: string): readonly Band[] {
    return this.#log(app)?.track(actor)?.bands ?? nothing
  }

  health(app: string, actor: string, at: number | null): HealthMessage | undefined {
    return (this.#log(app)?.track(actor)?.healths ?? new History<HealthMessage>()).at(at)
  }

  fate(app: string, seq: number, at: number | null): Fate | undefined {
    return this.#log(app)?.fate(seq, at)
  }

  unsettled(app: string, actor: string, at: number | null): Unsettled | undefined {
    return this.#log(app)?.unsettled(actor, at)
  }

  payload(app: string, seq: number): string | null | undefined {
    return this.#log(app)?.payloads.get(seq)
  }

  context(app: string, actor: string): string | undefined {
    return this.#log(app)?.track(actor)?.context
  }

  before(app: string, { actor, t, seq }: StepMessage): ActorView | undefined {
    return this.#log(app)?.track(actor)?.before(t, seq)
  }

  event(app: string, seq: number): EventMessage | undefined {
    // The number of an event that nobody heard.
    const entry = seq === 0 ? undefined : this.#log(app)?.entry(seq)
    return entry?.kind === 'event' ? entry : undefined
  }

  told(app: string): readonly AppMessage[] {
    return this.#log(app)?.told ?? nothing
  }

  open(recording: Recording): string {
    const key = `recording#${++this.#opened}`
    const log = new AppLog()
    for (const message of recording.messages) log.apply(message)
    this.#places.set(key, { log, state: 'recorded' })
    this.#tell()
    return key
  }

  forget(app: string): void {
    if (this.#places.delete(app)) this.#tell()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

/**
 * An empty session.
 *
 * @example
 * const session = createSession()
 * socket.onmessage = ({ data }) => session.apply(JSON.parse(data))
 * session.subscribe(() => draw(session.actors(app, null)))
 */
export function createSession(): Session {
  return new ToldSession()
}
