/**
 * What the inspector remembers of each actor. Weakly: an actor that nobody holds is collected with its record.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import type { Delayed } from '../chart/inspection.ts'
import { bounds } from '../protocol/bounds.ts'
import type { LogicKind } from '../protocol/messages.ts'

/** Events that were sent to an actor and have not led anywhere yet. */
interface Underway {
  readonly event: object
  readonly seq: number
}

/** A stopped actor never takes what it is sent. */
const mostUnderway = 256

export class ActorRecord {
  readonly id: string
  logic: LogicKind = 'other'
  /** In which round it was told, 0 where it is not there for viewers; one that comes begins a new round. */
  round = 0
  /** The transitions of the step that is being taken. `null`: this XState does not tell. */
  taken: readonly string[] | null = noTransitions
  readonly #underway: Underway[] = []
  /** Delayed events that are still to come, by what cancels them; `null` where there never was one. */
  #waits: Map<string, string> | null = null

  constructor(id: string) {
    this.id = id
  }

  sent(event: object, seq: number): void {
    if (this.#underway.length === mostUnderway) this.#underway.shift()
    this.#underway.push({ event, seq })
  }

  /** The number of the newest event that has led nowhere yet, 0 where there is none. */
  get unanswered(): number {
    return this.#underway.at(-1)?.seq ?? 0
  }

  /** The number of an event that has led somewhere now, 0 where it was not heard. */
  arrived(event: object): number {
    const index = this.#underway.findIndex((underway) => underway.event === event)
    if (index === -1) return 0
    return this.#underway.splice(0, index + 1)[index]?.seq ?? 0
  }

  /** What it waits for, as it was told to viewers anew. */
  waitsFor(pending: readonly Delayed[]): void {
    this.#waits = null
    for (const delayed of pending) this.begin(delayed)
  }

  /** A wait has begun, or begun anew. */
  begin({ event, id }: Delayed): void {
    if (id === null) return
    this.#waits ??= new Map()
    this.#waits.set(id, event)
  }

  /** An event has come: if it was waited for, that wait is over. */
  end(event: string): void {
    const waits = this.#waits
    if (waits === null || waits.size === 0 || waits.delete(event)) return
    for (const [id, awaited] of waits) if (awaited === event) waits.delete(id)
  }

  /** The event that is not going to come any more; `null` where none was waited for. XState cancels on every exit, whether there is something or not. */
  cancel(id: string): string | null {
    const event = this.#waits?.get(id) ?? null
    this.#waits?.delete(id)
    return event
  }

  add(taken: readonly string[] | null): void {
    if (taken === null || this.taken === null) this.taken = null
    else if (taken.length > 0) {
      const all = this.taken.length === 0 ? taken : [...this.taken, ...taken]
      this.taken = all.length > bounds.inList ? all.slice(0, bounds.inList) : all
    }
  }

  /** What was taken since the last call. */
  takeAll(): readonly string[] | null {
    const { taken } = this
    this.taken = noTransitions
    return taken
  }
}

const noTransitions: readonly string[] = []

export class Roster {
  readonly #records = new WeakMap<object, ActorRecord>()
  /** XState numbers the actors of a process; a second copy of XState begins anew. */
  readonly #copies = new Map<unknown, string>()

  find(actor: object): ActorRecord | undefined {
    return this.#records.get(actor)
  }

  of(actor: AnyActorRef): ActorRecord {
    const known = this.#records.get(actor)
    if (known !== undefined) return known
    const record = new ActorRecord(`${actor.sessionId}${this.#copyOf(actor)}`)
    this.#records.set(actor, record)
    return record
  }

  #copyOf(actor: object): string {
    const copy: unknown = actor.constructor
    const known = this.#copies.get(copy)
    if (known !== undefined) return known
    const suffix = this.#copies.size === 0 ? '' : `~${this.#copies.size + 1}`
    this.#copies.set(copy, suffix)
    return suffix
  }
}
