/**
 * What the inspector remembers of each actor. Weakly: an actor that nobody holds is collected with its record.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import type { LogicKind } from '../protocol/messages.ts'
import { mostInList } from './actor-facts.ts'

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

  constructor(id: string) {
    this.id = id
  }

  sent(event: object, seq: number): void {
    if (this.#underway.length === mostUnderway) this.#underway.shift()
    this.#underway.push({ event, seq })
  }

  /** The number of an event that has led somewhere now, 0 where it was not heard. */
  arrived(event: object): number {
    const index = this.#underway.findIndex((underway) => underway.event === event)
    if (index === -1) return 0
    return this.#underway.splice(0, index + 1)[index]?.seq ?? 0
  }

  add(taken: readonly string[] | null): void {
    if (taken === null || this.taken === null) this.taken = null
    else if (this.taken.length === 0) this.taken = taken
    else if (taken.length > 0) this.taken = [...this.taken, ...taken].slice(0, mostInList)
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
