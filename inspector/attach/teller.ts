/**
 * One app at one link: numbers what it tells, bounds it, and answers what viewers ask.
 *
 * @module
 */
import { type Clock, timeOn } from '../../src/connection/clock.ts'
import { bounds } from '../protocol/bounds.ts'
import { type AppMessage, INSPECTOR_PROTOCOL, type ViewerMessage } from '../protocol/messages.ts'
import { Budget } from './budget.ts'
import type { InspectorLink } from './link.ts'
import { Payloads } from './payloads.ts'
import type { Redaction } from './redact.ts'
import { type ActorRecord, Roster } from './roster.ts'
import { runtimeName } from './runtime.ts'
import type { SystemWatch } from './system-watch.ts'

/** How often health, context and what was left out are told, in ms. */
const rhythm = 500
/** Frames have a share of their own, so that a stream does not hide what the charts do. */
const framesPerSecond = bounds.eventsPerSecond / 5
const keptEvents = 2_000
const keptFrames = 500
/** What is larger is not held on to for a viewer who may ask. */
const longestKept = 65_536

export interface TellerOptions {
  readonly name: string
  readonly clock: Clock
}

export class Teller {
  readonly roster = new Roster()
  /** Whether somebody looks. */
  watched = false
  round = 0
  /** Living actors that were told. */
  living = 0
  contextOf: string | null = null
  wantsTexts = false
  readonly #link: InspectorLink
  readonly #name: string
  readonly #clock: Clock
  readonly #begun: number
  readonly #epoch: number
  readonly #systems = new Set<SystemWatch>()
  /** Who lived when nobody looked any more. A hub has kept them, and nobody hears how one ends after that. */
  #lastShown: readonly ActorRecord[] = []
  readonly #definitions = new Set<string>()
  readonly #events = new Payloads(keptEvents)
  readonly #frames = new Payloads(keptFrames)
  readonly #budget = new Budget(bounds.eventsPerSecond - framesPerSecond)
  readonly #frameBudget = new Budget(framesPerSecond)
  #leaves: readonly (() => void)[] = []
  #timer: unknown = null
  #seq = 0
  #lost = 0

  constructor(link: InspectorLink, { clock, name }: TellerOptions) {
    this.#link = link
    this.#name = name
    this.#clock = clock
    this.#begun = timeOn(clock)
    this.#epoch = Date.now()
  }

  /** Milliseconds since the app began to tell; of more than microseconds nobody has any use. */
  now(): number {
    return Math.round((timeOn(this.#clock) - this.#begun) * 1_000) / 1_000
  }

  nextSeq(): number {
    this.#seq += 1
    return this.#seq
  }

  /** The newest number. */
  get seq(): number {
    return this.#seq
  }

  tell(...messages: readonly AppMessage[]): void {
    this.guard(() => this.#link.send(messages))
  }

  /** A mistake of the inspector never reaches the app; it shows as something that was left out, and the answer is `undefined`. */
  guard<Answer>(act: () => Answer): Answer | undefined {
    try {
      return act()
    } catch {
      this.#lost += 1
      return undefined
    }
  }

  /** Whether an event or a step may be told; one that may not is counted. */
  mayTell(): boolean {
    return this.#admit(this.#budget)
  }

  mayTellFrame(): boolean {
    return this.#admit(this.#frameBudget)
  }

  lose(count: number): void {
    this.#lost += count
  }

  define(definition: { readonly hash: string; readonly json: string }): string {
    const { hash, json } = definition
    if (!this.#definitions.has(hash)) {
      this.#definitions.add(hash)
      this.tell({ kind: 'definition', hash, json })
    }
    return hash
  }

  keepEvent(seq: number, event: object, redaction: Redaction): void {
    this.#events.keep(seq, event, redaction)
  }

  keepFrame(seq: number, data: unknown, redaction: Redaction): void {
    const size = typeof data === 'string' ? data.length : ArrayBuffer.isView(data) ? data.byteLength : 0
    if (size <= longestKept) this.#frames.keep(seq, data, redaction)
  }

  add(system: SystemWatch): void {
    if (this.#systems.size === 0) this.#begin()
    this.#systems.add(system)
    if (!this.watched) return
    system.begin()
    this.guard(() => system.tellAll())
  }

  /** @returns whether nothing is left to tell of. */
  remove(system: SystemWatch): boolean {
    this.#systems.delete(system)
    if (this.#systems.size > 0) return false
    for (const leave of this.#leaves) leave()
    this.#leaves = []
    this.#watch(false)
    return true
  }

  #begin(): void {
    this.#hello()
    this.#leaves = [
      this.#link.listen((asked) => this.guard(() => this.#answer(asked))),
      this.#link.onWatched((watched) => this.guard(() => this.#watch(watched))),
    ]
    this.#watch(this.#link.watched)
  }

  #hello(): void {
    this.tell({
      kind: 'hello',
      protocol: INSPECTOR_PROTOCOL,
      name: this.#name,
      runtime: runtimeName(),
      epoch: this.#epoch,
    })
  }

  #watch(watched: boolean): void {
    if (watched === this.watched) return
    this.watched = watched
    if (watched) {
      for (const system of this.#systems) system.begin()
      this.#tellAll()
      this.#schedule()
      return
    }
    this.#clock.clearTimeout(this.#timer)
    this.#timer = null
    this.contextOf = null
    this.wantsTexts = false
    this.#lost = 0
    this.#events.clear()
    this.#frames.clear()
    this.#lastShown = this.guard(() => [...this.#systems].flatMap((system) => system.shown())) ?? []
    for (const system of this.#systems) system.rest()
  }

  #answer(asked: ViewerMessage): void {
    if (asked.kind === 'sync') {
      if (this.watched) this.#tellAll()
    } else if (asked.kind === 'payload') {
      const text = this.#events.text(asked.seq) ?? this.#frames.text(asked.seq)
      this.tell({ kind: 'payload', seq: asked.seq, text })
    } else {
      this.contextOf = asked.contextOf
      this.wantsTexts = asked.texts
      for (const system of this.#systems) system.tellContext()
    }
  }

  /** Everything as it is now, as to somebody who knows nothing. */
  #tellAll(): void {
    this.round += 1
    this.living = 0
    this.#definitions.clear()
    this.#hello()
    for (const system of this.#systems) this.guard(() => system.tellAll())
    for (const { round, id } of this.#lastShown) {
      if (round !== this.round) this.tell({ kind: 'gone', t: this.now(), actor: id, status: 'stopped' })
    }
    this.#lastShown = []
  }

  #schedule(): void {
    const timer = this.#clock.setTimeout(() => {
      this.guard(() => this.#tick())
      if (this.watched) this.#schedule()
    }, rhythm)
    // Nobody's process goes on only because it is looked at.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
    this.#timer = timer
  }

  #tick(): void {
    if (this.#lost > 0) {
      this.tell({ kind: 'dropped', t: this.now(), count: this.#lost })
      this.#lost = 0
    }
    const canCatchUp = !this.#budget.isSpent(timeOn(this.#clock))
    for (const system of this.#systems) this.guard(() => system.look(canCatchUp))
  }

  #admit(budget: Budget): boolean {
    if (budget.spend(timeOn(this.#clock))) return true
    this.#lost += 1
    return false
  }
}
