/**
 * One system of actors: what XState's inspection says of it, as what the app tells.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent } from 'xstate'
import { findPlane } from '../../src/connection/planes.ts'
import { isObject } from '../../src/tabs/shapes.ts'
import { type Delayed, type Ear, hear, isActor, type Named, pendingOf } from '../chart/inspection.ts'
import { Microsteps } from '../chart/taken.ts'
import { bounds } from '../protocol/bounds.ts'
import type { ActorStatus } from '../protocol/messages.ts'
import { childrenOf, type Facts, factsOf, parentOf, statusOf, wasStarted } from './actor-facts.ts'
import { definitionOf } from './definition.ts'
import { EventNames } from './event-names.ts'
import { logicKindOf } from './logic-kind.ts'
import type { Redaction } from './redact.ts'
import type { ActorRecord } from './roster.ts'
import type { Teller } from './teller.ts'
import { ConnectionWire } from './wire.ts'

/** A context that changes with every event is told ten times a second. */
const contextRhythm = 100

export interface SystemOptions {
  readonly redaction: Redaction
  /** Under what it is shown: a connection under its manager. */
  readonly parent: string | null
  readonly name: string | null
  /** An actor is told for the first time. */
  met(actor: AnyActorRef): void
  /** The root has come to its end. */
  over(): void
}

export class SystemWatch {
  readonly #root: AnyActorRef
  readonly #teller: Teller
  readonly #options: SystemOptions
  readonly #names: EventNames
  #subscription: { unsubscribe(): void } | null = null
  readonly #wires = new Map<AnyActorRef, ConnectionWire>()
  /** Of whom something was left out: told anew as they are when there is room again. */
  readonly #stale = new Set<AnyActorRef>()
  #context = { at: Number.NEGATIVE_INFINITY, text: '' }
  readonly #ear: Ear = {
    event: (actor, event, source) => this.#heardEvent(actor, this.#teller.roster.of(actor), event, source),
    taken: (actor, keys) => this.#teller.roster.of(actor).add(keys),
    scheduled: (actor, delayed) => this.#heardTimer(this.#teller.roster.of(actor), delayed),
    cancelled: (actor, id) => this.#heardCancelled(this.#teller.roster.of(actor), id),
    snapshot: (actor, event, snapshot) => this.#heardSnapshot(actor, this.#teller.roster.of(actor), event, snapshot),
  }

  constructor(root: AnyActorRef, teller: Teller, options: SystemOptions) {
    this.#root = root
    this.#teller = teller
    this.#options = options
    this.#names = new EventNames(options.redaction)
  }

  /** Whether the root has come to its end. */
  get isOver(): boolean {
    return statusOf(this.#root.getSnapshot()) !== 'active'
  }

  /** Somebody looks. Before that nothing listens: XState makes four records of an event as soon as anybody does, and that is a microsecond. */
  begin(): void {
    const teller = this.#teller
    const microsteps = new Microsteps()
    this.#subscription ??= this.#root.system.inspect((inspected: InspectionEvent) => {
      // Not the teller's guard: that would make a function for each event.
      try {
        hear(microsteps.settled(inspected), this.#ear)
      } catch {
        teller.lose(1)
      }
    })
  }

  /** Everyone who lives, as they are now. */
  tellAll(): void {
    if (this.isOver) {
      this.#options.over()
      return
    }
    this.#walk(this.#root, (actor) => this.#introduce(actor, this.#teller.roster.of(actor)))
  }

  /** The context that is looked at, if it is in this system and has changed. */
  tellContext(): void {
    const { contextOf } = this.#teller
    if (contextOf === null) return
    this.#walk(this.#root, (actor) => {
      if (this.#teller.roster.of(actor).id === contextOf) this.#tellContextOf(actor, contextOf)
    })
  }

  /** Now and then: health, what has changed unheard, and whatever there was no room for. */
  look(canCatchUp: boolean): void {
    for (const [actor, wire] of this.#wires) {
      if (wire.hasNewFacts) this.#tellAgain(actor)
      wire.readHealth()
    }
    // A root whose logic throws ends without a word to inspectors.
    const record = this.#teller.roster.of(this.#root)
    if (record.round === this.#teller.round) this.#noteEnd(this.#root, record)
    if (canCatchUp) {
      for (const actor of this.#stale) this.#tellAgain(actor)
      this.#stale.clear()
    }
    this.tellContext()
  }

  /** Those whom viewers know to live. */
  shown(): readonly ActorRecord[] {
    const { roster, round } = this.#teller
    const shown: ActorRecord[] = []
    this.#walk(this.#root, (actor) => {
      const record = roster.of(actor)
      if (record.round === round) shown.push(record)
    })
    return shown
  }

  /** Nobody looks any more. */
  rest(): void {
    this.#subscription?.unsubscribe()
    this.#subscription = null
    for (const wire of this.#wires.values()) wire.stop()
    this.#wires.clear()
    this.#stale.clear()
  }

  stop(): void {
    const teller = this.#teller
    if (teller.watched) {
      this.#walk(this.#root, (actor) => {
        const record = teller.roster.of(actor)
        if (record.round === teller.round) this.#tellGone(actor, record, 'stopped')
      })
    }
    this.rest()
  }

  #walk(actor: AnyActorRef, visit: (actor: AnyActorRef) => void): void {
    if (!wasStarted(actor)) return
    visit(actor)
    for (const child of childrenOf(actor)) this.#walk(child, visit)
  }

  #heardEvent(actor: AnyActorRef, record: ActorRecord, event: Named, source: unknown): void {
    const teller = this.#teller
    record.end(event.type)
    if (isActor(source) && event.type.startsWith('xstate.error.actor.')) this.#noteEnd(source, teller.roster.of(source))
    this.#meet(actor, record, event)
    if (!teller.mayTell()) {
      this.#stale.add(actor)
      return
    }
    const seq = teller.nextSeq()
    record.sent(event, seq)
    teller.keepEvent(seq, event, this.#options.redaction)
    teller.tell({
      kind: 'event',
      seq,
      t: teller.now(),
      actor: record.id,
      source: isActor(source) ? teller.roster.of(source).id : null,
      type: this.#names.shown(event.type),
    })
  }

  #heardTimer(record: ActorRecord, delayed: Delayed): void {
    const { delay, event } = delayed
    const t = this.#teller.now()
    record.begin(delayed)
    this.#teller.tell({ kind: 'timer', t, actor: record.id, event: this.#names.shown(event), delay, since: t })
  }

  #heardCancelled(record: ActorRecord, id: string): void {
    const teller = this.#teller
    const event = record.cancel(id)
    if (event === null) return
    teller.tell({ kind: 'cancelled', t: teller.now(), actor: record.id, event: this.#names.shown(event) })
  }

  #heardSnapshot(actor: AnyActorRef, record: ActorRecord, event: Named, snapshot: unknown): void {
    const teller = this.#teller
    const taken = record.takeAll()
    const because = record.arrived(event)
    if (!this.#meet(actor, record, event)) return
    const facts = factsOf(snapshot, record.logic)
    const isNews = record.logic === 'machine' || facts.status !== 'active'
    if (isNews) this.#tellStep(actor, record, facts, { because, taken })
    if (teller.contextOf === record.id && teller.now() - this.#context.at >= contextRhythm) {
      this.#tellContextOf(actor, record.id)
    }
    if (facts.status !== 'active') this.#end(actor, record, facts.status)
  }

  #tellStep(
    actor: AnyActorRef,
    record: ActorRecord,
    facts: Facts,
    step: { readonly because: number; readonly taken: readonly string[] | null },
  ): void {
    const teller = this.#teller
    if (!teller.mayTell()) {
      this.#stale.add(actor)
      return
    }
    teller.tell({ kind: 'step', seq: teller.nextSeq(), t: teller.now(), actor: record.id, ...step, ...facts })
  }

  /** Introduces who was not told yet; answers whether viewers know it. What is sent to one that is over brings nobody back. */
  #meet(actor: AnyActorRef, record: ActorRecord, event: Named): boolean {
    if (record.round === this.#teller.round) return true
    const isBeginning = event.type === 'xstate.init'
    if (!isBeginning && statusOf(actor.getSnapshot()) !== 'active') return false
    return this.#introduce(actor, record)
  }

  #introduce(actor: AnyActorRef, record: ActorRecord): boolean {
    const teller = this.#teller
    const snapshot: unknown = actor.getSnapshot()
    if (teller.living >= bounds.actors) {
      teller.lose(1)
      return false
    }
    record.logic = logicKindOf(Reflect.get(actor, 'logic'), snapshot)
    record.round = teller.round
    teller.living += 1
    const plane = findPlane(actor)
    if (plane !== undefined && !this.#wires.has(actor)) {
      this.#wires.set(actor, new ConnectionWire(actor, plane, record.id, teller, this.#options.redaction))
    }
    this.#tellActor(actor, record)
    this.#options.met(actor)
    return true
  }

  #tellActor(actor: AnyActorRef, record: ActorRecord): void {
    const teller = this.#teller
    const { parent } = this.#options
    const above = actor === this.#root ? null : parentOf(actor)
    const definition = this.#definitionOf(actor)
    const connection = this.#wires.get(actor)?.tellFacts()
    const pending = pendingOf(actor)
    const t = teller.now()
    record.waitsFor(pending)
    teller.tell({
      kind: 'actor',
      t,
      actor: record.id,
      parent: above === null ? parent : teller.roster.of(above).id,
      name: this.#options.redaction.words(this.#nameOf(actor)),
      logic: record.logic,
      definition,
      ...factsOf(actor.getSnapshot(), record.logic),
      waits: pending
        .slice(0, bounds.inList)
        .map(({ delay, elapsed, event }) => ({ event: this.#names.shown(event), delay, since: t - elapsed })),
      ...(connection && { connection }),
    })
  }

  #tellAgain(actor: AnyActorRef): void {
    const record = this.#teller.roster.of(actor)
    if (record.round === this.#teller.round) this.#tellActor(actor, record)
  }

  #definitionOf(actor: AnyActorRef): string | null {
    const logic: unknown = Reflect.get(actor, 'logic')
    if (!isObject(logic) || !('root' in logic) || !isObject(logic.config)) return null
    const definition = definitionOf(logic.config)
    return definition && this.#teller.define(definition)
  }

  /** A root that was given no name bears its session's number; its machine's name says more. */
  #nameOf(actor: AnyActorRef): string {
    if (actor === this.#root && this.#options.name !== null) return this.#options.name
    if (actor.id !== actor.sessionId) return actor.id
    const logic: unknown = Reflect.get(actor, 'logic')
    return isObject(logic) && typeof logic.id === 'string' && logic.id !== '(machine)' ? logic.id : actor.id
  }

  #tellContextOf(actor: AnyActorRef, id: string): void {
    const snapshot: unknown = actor.getSnapshot()
    if (!isObject(snapshot) || snapshot.context === undefined) return
    const text = this.#options.redaction.text(snapshot.context)
    const t = this.#teller.now()
    const before = this.#context
    this.#context = { at: t, text: `${id} ${text}` }
    if (this.#context.text !== before.text) this.#teller.tell({ kind: 'context', t, actor: id, text })
  }

  /** One that has failed without a snapshot of its own. */
  #noteEnd(actor: AnyActorRef, record: ActorRecord): void {
    const facts = factsOf(actor.getSnapshot(), record.logic)
    if (facts.status === 'active' || record.round !== this.#teller.round) return
    this.#tellStep(actor, record, facts, { because: record.unanswered, taken: record.takeAll() })
    this.#end(actor, record, facts.status)
  }

  #end(actor: AnyActorRef, record: ActorRecord, status: ActorStatus): void {
    this.#wires.get(actor)?.readHealth()
    this.#tellGone(actor, record, status)
    if (actor === this.#root) this.#options.over()
  }

  #tellGone(actor: AnyActorRef, record: ActorRecord, status: ActorStatus): void {
    this.#wires.get(actor)?.stop()
    this.#wires.delete(actor)
    record.round = 0
    this.#teller.living -= 1
    this.#teller.tell({ kind: 'gone', t: this.#teller.now(), actor: record.id, status })
  }
}
