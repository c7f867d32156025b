/**
 * The newest of a stream, bounded, found by position: what a tab that comes later or is slower still gets without the server.
 *
 * @module
 */
import { sizeOf } from '../codecs/size-of.ts'
import type { Beginning, Entry } from './frames.ts'

export interface RingLimits {
  readonly messages: number
  readonly bytes: number
}

/** Positions are compared by equality only. Entries are numbered, and a number is never used again. */
export class Ring {
  readonly #limits: RingLimits
  readonly #entries = new Map<number, { readonly entry: Entry; readonly size: number }>()
  /** What number comes after a position: of messages with the same one the first counts, as for a server that resumes there. */
  readonly #after = new Map<string, number>()
  #start = 0
  #end = 0
  #bytes = 0
  #head: string | null = null
  /** The position before the oldest entry. */
  #edge: string | null = null
  /** The number the stream began with, when it was read from its very beginning. */
  #beginning: number | null = null
  #positioned = false

  constructor(limits: RingLimits) {
    this.#limits = limits
  }

  /** The number of the oldest entry. */
  get start(): number {
    return this.#start
  }

  /** The number of the entry that comes next. */
  get end(): number {
    return this.#end
  }

  /** The newest position. */
  get head(): string | null {
    return this.#head
  }

  /** Reading goes on after this position; what is here is kept when that is where it ends, and is forgotten otherwise. */
  continueFrom(position: string | null): void {
    if (position !== null && position === this.#head) return
    this.#entries.clear()
    this.#after.clear()
    this.#bytes = 0
    this.#start = this.#end
    this.#head = position
    this.#edge = position
    this.#positioned = position !== null
    this.#beginning = position === null ? this.#end : null
    if (position !== null) this.#after.set(position, this.#end)
  }

  push(entry: Entry): void {
    const size = 'gap' in entry ? 0 : sizeOf(entry.data)
    this.#entries.set(this.#end++, { entry, size })
    this.#bytes += size
    const position = positionOf(entry)
    if (position !== null) {
      this.#positioned = true
      this.#head = position
      if (!this.#after.has(position)) this.#after.set(position, this.#end)
    }
    while (this.#entries.size > this.#limits.messages || (this.#bytes > this.#limits.bytes && this.#entries.size > 1))
      this.#evict()
  }

  /** The entry with this number; only for numbers from `start` up to `end`. */
  at(number: number): Entry | undefined {
    return this.#entries.get(number)?.entry
  }

  /** The number of the first entry for who stands at a position, or nothing when that is not here. */
  find(position: string | null, beginning: Beginning = 'history'): number | undefined {
    if (position !== null) return this.#after.get(position)
    // Without positions there is no history to have: a server would begin with what comes next, too.
    if (!this.#positioned || beginning === 'now') return this.#end
    return this.#beginning === this.#start ? this.#start : undefined
  }

  #evict(): void {
    const oldest = this.#entries.get(this.#start)
    if (oldest === undefined) return
    if (this.#edge !== null && this.#after.get(this.#edge) === this.#start) this.#after.delete(this.#edge)
    this.#entries.delete(this.#start++)
    this.#bytes -= oldest.size
    this.#edge = positionOf(oldest.entry)
  }
}

function positionOf(entry: Entry): string | null {
  return 'gap' in entry ? null : (entry.position ?? null)
}

/** Messages are changed by who takes them (a codec puts in what it made of the payload), and payloads by apps. */
export function copyOf<Kept extends Entry>(entry: Kept): Kept {
  if ('gap' in entry || typeof entry.data !== 'object' || entry.data === null) return { ...entry }
  return { ...entry, data: structuredClone(entry.data) }
}
