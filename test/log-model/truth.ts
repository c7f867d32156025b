/**
 * What really stands in the log, as its store has answered: every life of the stream, every record in it, and every place where it
 * has ever begun.
 *
 * @module
 */

import { offsetAt } from '../../src/server/cursor.ts'
import type { RecordBody, StreamHead, StreamStore } from '../../src/server/stores/store.ts'

/** A place in the log: so many records of one of its lives lie before it. */
export interface Place {
  /** The number of the life, from 0. */
  readonly life: number
  readonly seq: number
}

/** One life: the stream from its creation until it is deleted. */
export interface Life {
  readonly gen: string
  /** What was appended, the first record first. */
  readonly records: string[]
  /** The places before the oldest record that was kept, then. */
  readonly starts: Set<number>
}

/** The name in a record's JSON. */
function nameOf(body: RecordBody): string {
  const { id } = JSON.parse(String(body)) as { readonly id: string }
  return id
}

export class Truth {
  readonly lives: Life[] = []
  /** What cannot be: a record that changed, or that left a hole before it. */
  readonly complaints: string[] = []
  /** How often the stream was deleted, or is about to be. */
  deletions = 0
  #head: StreamHead | null = null

  /** Where the next record comes. */
  get tail(): Place {
    const life = this.lives.length - 1
    return { life, seq: this.lives[life]?.records.length ?? 0 }
  }

  /** The oldest record that is kept lies behind it. */
  get start(): Place {
    return { life: this.lives.length - 1, seq: this.#head?.earliest ?? 0 }
  }

  /** The offset of the tail, as the server would write it. */
  get tailOffset(): string {
    if (this.#head === null) throw new Error('There is no stream yet.')
    return offsetAt(this.#head, this.#head.tail)
  }

  lifeOf(gen: string): number {
    return this.lives.findIndex((life) => life.gen === gen)
  }

  /** Records that end at the tail of this head, or none. */
  note(head: StreamHead, bodies: readonly RecordBody[]): void {
    const life = this.#life(head)
    const first = head.tail - bodies.length
    for (const [index, body] of bodies.entries()) this.#place(life, first + index, nameOf(body))
    life.starts.add(head.earliest)
    // Answers may come late, heads do not go backwards.
    if (this.#head?.gen !== head.gen || this.#head.tail <= head.tail) this.#head = head
  }

  /** Reads what a process that was killed has stored without having said so. */
  async readUp(store: StreamStore, path: string): Promise<void> {
    const head = await store.head(path)
    if (head === null) return
    const known = Math.max(this.#life(head).records.length, head.earliest)
    const result = await store.read(path, known, { records: 10_000, bytes: Number.POSITIVE_INFINITY })
    this.note(
      head,
      (result?.records ?? []).map(({ body }) => body),
    )
  }

  /** Every place of a record with this name. */
  places(name: string): readonly Place[] {
    return this.lives.flatMap(({ records }, life) =>
      records.flatMap((record, index) => (record === name ? [{ life, seq: index + 1 }] : [])),
    )
  }

  #life(head: StreamHead): Life {
    const found = this.lives.find(({ gen }) => gen === head.gen)
    if (found !== undefined) return found
    const born = { gen: head.gen, records: [], starts: new Set<number>() }
    this.lives.push(born)
    return born
  }

  #place({ records }: Life, index: number, name: string): void {
    const known = records[index]
    if (known === undefined && index === records.length) records.push(name)
    else if (known !== name)
      this.complaints.push(`Record ${index + 1} is ${name}, and was ${known ?? 'not there yet'}.`)
  }
}
