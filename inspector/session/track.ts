/**
 * All that is known of one actor: who it is, and what it was at every instant that is kept.
 *
 * @module
 */
import { phaseOf } from '../chart/phase.ts'
import type {
  ActorStatus,
  ConnectionFacts,
  FrameMessage,
  HealthMessage,
  LogicKind,
  ScheduledWait,
} from '../protocol/messages.ts'
import type { Definitions } from './definitions.ts'
import { History, Ring } from './history.ts'
import { isActivePath } from './nodes.ts'
import { soonestFirst } from './reading.ts'
import { type Instant, Sends } from './sends.ts'
import type { ActorView, Band, Fate, Unsettled } from './view.ts'
import { stateWords } from './words.ts'

/** What an actor is all its life. */
export interface Identity {
  readonly parent: string | null
  readonly name: string
  readonly logic: LogicKind
  readonly definition: string | null
}

/** What an actor is from one instant to the next. */
export interface Standing {
  readonly status: ActorStatus
  readonly value: unknown
  readonly tags: readonly string[]
  readonly waits: readonly ScheduledWait[]
  /** Where none are told, those that were told last hold. */
  readonly connection?: ConnectionFacts | undefined
}

/** With the number of the newest message heard then. */
interface Moment extends Instant {
  readonly view: ActorView
}

/** So long a wait that nothing ties to a state is believed to go on after it was due, in ms: the app may be busy. */
const overdue = 1_000

function withoutOverdue(view: ActorView, t: number): ActorView {
  const waits = view.waits.filter(
    ({ event, since, delay }) => event.startsWith('xstate.after.') || since + delay + overdue >= t,
  )
  return waits.length === view.waits.length ? view : { ...view, waits }
}

/** Goes on with the last band, or ends it and begins another. */
function extend(bands: Ring<Band>, t: number, { phase, value, status }: ActorView): void {
  const last = bands.last
  const words = stateWords(value)
  const ended = status === 'stopped'
  if (last?.to === null) {
    if (!ended && last.phase === phase && last.words === words) return
    // A state that was passed through within the millisecond would be a band without a width.
    if (last.from < t) bands.replaceLast({ ...last, to: t })
    else bands.removeLast()
  }
  if (ended) return
  const before = bands.last
  const goesOn = before?.to === t && before.phase === phase && before.words === words
  if (before !== undefined && goesOn) bands.replaceLast({ ...before, to: null })
  else bands.push({ phase, from: t, to: null, words })
}

function isOnline({ status, tags }: ActorView): boolean {
  return status === 'active' && tags.includes('online')
}

const nobody: Identity = { parent: null, name: '', logic: 'other', definition: null }
const nowhere: Standing = { status: 'active', value: null, tags: [], waits: [] }

export class Track {
  readonly id: string
  readonly #definitions: Definitions
  readonly #moments = new History<Moment>()
  /** `undefined` when something older has come later: then they are drawn again by who looks, not for each message. */
  #bands: Ring<Band> | undefined = new Ring<Band>()
  /** When its links went down. `undefined` until somebody asks. */
  #linkEnds: Ring<Instant> | undefined
  readonly healths = new History<HealthMessage>()
  readonly sends = new Sends()
  /** `undefined` until the app has said who it is: an actor that only others speak of is not shown. */
  #identity: Identity | undefined
  #born = Number.POSITIVE_INFINITY
  context: string | undefined

  constructor(id: string, definitions: Definitions) {
    this.id = id
    this.#definitions = definitions
  }

  /** As it was then, as far as is known. */
  standing(t: number): Standing {
    return this.#moments.at(t)?.view ?? nowhere
  }

  identify(identity: Identity): void {
    this.#identity = identity
  }

  /** From `t` on it is like this. */
  enter(t: number, seq: number, standing: Standing): void {
    const { status, value, tags } = standing
    const phase = phaseOf({ value, status, tags: new Set(tags) })
    const waits = status === 'active' ? standing.waits : []
    const { parent, name, logic, definition } = this.#identity ?? nobody
    const before = this.#moments.newest?.view
    const connection = standing.connection ?? this.#moments.at(t)?.view.connection
    // Written out, not spread: this runs for every step of a flood.
    const view: ActorView = {
      id: this.id,
      parent,
      name,
      logic,
      definition,
      status,
      value,
      tags,
      phase,
      waits,
      connection,
    }
    this.#born = Math.min(this.#born, t)
    const isNewest = this.#moments.add({ t, seq, view })
    if (!isNewest || (before !== undefined && isOnline(before) !== isOnline(view))) this.#linkEnds = undefined
    if (!isNewest) this.#bands = undefined
    else if (this.#bands !== undefined) extend(this.#bands, t, view)
  }

  /** Waits of states that were left are over; those that nothing ties to a state are believed. */
  #stillRunning(waits: readonly ScheduledWait[], value: unknown): readonly ScheduledWait[] {
    const hash = this.#identity?.definition ?? null
    return waits.filter(({ event }) => {
      const path = this.#definitions.pathOfWait(hash, event)
      return path === undefined || isActivePath(value, path)
    })
  }

  /** Somebody who keeps its state for others says how it is: they do not know which state a wait belongs to. */
  join(t: number, seq: number, standing: Standing): void {
    this.enter(t, seq, { ...standing, waits: this.#stillRunning(standing.waits, standing.value) })
  }

  /** An event has led here. */
  step(t: number, seq: number, standing: Omit<Standing, 'waits' | 'connection'>): void {
    this.enter(t, seq, { ...standing, waits: this.#stillRunning(this.standing(t).waits, standing.value) })
  }

  /** Only what it waits for has changed: the same state goes on, and so does its band. */
  #waitFor(t: number, seq: number, waits: readonly ScheduledWait[]): void {
    const view = this.#moments.at(t)?.view
    if (view === undefined) this.enter(t, seq, { ...nowhere, waits })
    else this.#moments.add({ t, seq, view: { ...view, waits } })
  }

  /** A wait began, or began anew. */
  wait(t: number, seq: number, wait: ScheduledWait): void {
    const others = this.standing(t).waits.filter(({ event }) => event !== wait.event)
    this.#waitFor(t, seq, soonestFirst([...others, wait]))
  }

  /** It has fired or was cancelled. Answers whether it was a wait. */
  endWait(t: number, seq: number, event: string): boolean {
    const { waits } = this.standing(t)
    const others = waits.filter((wait) => wait.event !== event)
    if (others.length === waits.length) return false
    this.#waitFor(t, seq, others)
    return true
  }

  get bands(): readonly Band[] {
    if (this.#bands === undefined) {
      this.#bands = new Ring<Band>()
      for (const { t, view } of this.#moments.all) extend(this.#bands, t, view)
    }
    return this.#bands.all
  }

  get #ends(): Ring<Instant> {
    if (this.#linkEnds === undefined) {
      this.#linkEnds = new Ring<Instant>()
      let wasOnline = false
      for (const { t, seq, view } of this.#moments.all) {
        const online = isOnline(view)
        if (wasOnline && !online) this.#linkEnds.push({ t, seq })
        wasOnline = online
      }
    }
    return this.#linkEnds
  }

  /** Of something that this connection has sent, as it was known at `at`. */
  fate(frame: FrameMessage, at: number): Fate | undefined {
    return this.sends.fate(frame, at, this.#ends)
  }

  unsettled(at: number): Unsettled | undefined {
    return this.sends.unsettled(at, this.#ends)
  }

  #shown(view: ActorView, t: number): ActorView | undefined {
    if (this.#identity === undefined) return undefined
    // What was told of it before it said who it is.
    return withoutOverdue(view.name === this.#identity.name ? view : { ...view, ...this.#identity }, t)
  }

  /** `undefined` where it did not exist yet, as far as is known. */
  at(t: number | null, now: number): ActorView | undefined {
    if (t !== null && t < this.#born) return undefined
    const moment = this.#moments.at(t) ?? this.#moments.oldest
    return moment && this.#shown(moment.view, t ?? now)
  }

  /** As it was just before a numbered message. */
  before(t: number, seq: number): ActorView | undefined {
    const moment = this.#moments.lastWhile((other) => other.t < t || (other.t === t && other.seq < seq))
    return moment && this.#shown(moment.view, t)
  }

  get oldest(): { readonly t: number; readonly view: ActorView } | undefined {
    const moment = this.#moments.oldest
    const view = moment && this.#shown(moment.view, moment.t)
    return moment && view && { t: moment.t, view }
  }

  forgetOldestMoment(): void {
    this.#moments.forgetOldest()
    const since = this.#moments.oldest?.t ?? Number.NEGATIVE_INFINITY
    const bands = this.#bands
    while (bands !== undefined && bands.size > 1 && (bands.first?.to ?? since) < since) bands.shift()
  }
}
