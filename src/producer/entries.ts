/**
 * What is numbered and not acknowledged, in order, and how far each has come.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { Outgoing } from '../link.ts'
import type { StoredBatch } from './storage.ts'

/** An append under way. */
export interface Flight {
  /** Whether it was the first of all when it went out. */
  readonly first: boolean
  /** It has been met under way before. */
  met: boolean
}

export interface Entry {
  batch: StoredBatch
  /** Who waits for it; nobody for what an earlier life has left. */
  readonly items: readonly Outgoing[]
  /** The append that is under way; a new object each time, so that an old answer is not taken for a new one's. */
  flight: Flight | null
  /** It went out once, and nobody knows whether it arrived. */
  doubtful: boolean
  /** It came too early, and goes out again when everything before it is acknowledged. */
  parked: boolean
  /** It was refused once by an answer that may have been torn: a second one counts. */
  suspected: boolean
  /** Why the server will never take it. It is acted upon when everything before it is acknowledged. */
  refusal: TransportError | null
}

export class Entries {
  #entries: Entry[]
  /** The number for the next append. */
  next: number

  constructor(batches: readonly StoredBatch[], next: number) {
    this.#entries = batches.map((batch) => ({ ...entryOf(batch, []), doubtful: true }))
    this.next = next
  }

  get length(): number {
    return this.#entries.length
  }

  get first(): Entry | undefined {
    return this.#entries[0]
  }

  /** How many records nobody of this life waits for. */
  get inherited(): number {
    return this.#entries.reduce((sum, { batch, items }) => sum + (items.length === 0 ? batch.records.length : 0), 0)
  }

  /** How many are of this life. What others have left lies before them all. */
  get own(): number {
    const first = this.#entries.findIndex(({ items }) => items.length > 0)
    return first < 0 ? 0 : this.#entries.length - first
  }

  add(batch: StoredBatch, items: readonly Outgoing[]): Entry {
    const entry = entryOf(batch, items)
    this.#entries.push(entry)
    this.next = batch.sequence + 1
    return entry
  }

  isFirst(entry: Entry): boolean {
    return this.#entries[0] === entry
  }

  /** What may go out, in order: up to the first that came too early, which may only go out as the first of all. */
  *sendable(): Generator<Entry> {
    for (const entry of this.#entries) {
      if (entry.parked && !this.isFirst(entry)) return
      if (entry.flight === null && entry.refusal === null) yield entry
    }
  }

  /** Everything up to this number is stored. `false` when that is no news. */
  confirm(sequence: number): boolean {
    const count = sequence - (this.first?.batch.sequence ?? sequence + 1) + 1
    if (count <= 0) return false
    const stored = this.#entries.splice(0, count)
    for (const entry of this.#entries) entry.parked = false
    for (const { items } of stored) for (const item of items) item.settle()
    return true
  }

  /** Nobody listens to what is said of those under way any more: what became of them nobody knows. */
  recall(): void {
    for (const entry of this.#entries) {
      entry.doubtful ||= entry.flight !== null
      entry.flight = null
      entry.parked = false
    }
  }

  /** Looks at what is under way. What was met before is recalled, and counted; `flying` counts the rest. */
  lookAround(): { readonly overdue: number; readonly flying: number } {
    let overdue = 0
    let flying = 0
    for (const entry of this.#entries) {
      if (entry.flight?.met === true) {
        entry.flight = null
        entry.doubtful = true
        overdue++
      } else if (entry.flight !== null) {
        entry.flight.met = true
        flying++
      }
    }
    return { overdue, flying }
  }

  takeFirst(): Entry | undefined {
    return this.#entries.shift()
  }

  takeDoubtful(): Entry[] {
    const doubtful = this.#entries.filter((entry) => entry.doubtful)
    this.#entries = this.#entries.filter((entry) => !entry.doubtful)
    return doubtful
  }

  /** Gives numbers from 0, as if nothing had ever been sent. */
  renumber(): readonly StoredBatch[] {
    this.#entries.forEach((entry, sequence) => {
      Object.assign(entry, entryOf({ sequence, records: entry.batch.records }, entry.items))
    })
    this.next = this.#entries.length
    return this.#entries.map(({ batch }) => batch)
  }

  /** Nothing waits any more; whoever waited is told. */
  clear(reason: (entry: Entry) => TransportError): void {
    const entries = this.#entries
    this.#entries = []
    for (const entry of entries) for (const item of entry.items) item.settle(reason(entry))
  }
}

function entryOf(batch: StoredBatch, items: readonly Outgoing[]): Entry {
  return { batch, items, flight: null, doubtful: false, parked: false, suspected: false, refusal: null }
}
