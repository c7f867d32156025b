/**
 * The tables of the memory store: maps, never objects, since paths and producer ids are other people's words.
 *
 * @module
 */

import { MemoryRecords } from './memory-records.ts'
import type { RecordFacts } from './retention.ts'
import { RunningTotals } from './running-totals.ts'
import type { ReadLimits, StoredRecord } from './store.ts'
import type { StreamState } from './stream-state.ts'
import {
  FINGERPRINTS,
  type IdempotencyKey,
  type Ledger,
  type Producer,
  type Seed,
  type Tables,
  type Tenure,
} from './tables.ts'

interface Fingerprint {
  readonly epoch: number
  readonly seq: number
  readonly text: string
}

/** Everything that goes with one stream. */
interface Belongings {
  readonly records: MemoryRecords
  readonly producers: Map<string, Producer>
  readonly fingerprints: Map<string, Fingerprint[]>
  readonly keys: Map<string, IdempotencyKey>
  /** The keys by their place in the ring: the oldest makes way, and no append has to look for it. */
  readonly slots: IdempotencyKey[]
}

export class MemoryTables implements Tables {
  readonly ledger: Ledger = { lastGen: 0n, closings: 0, leases: 0 }
  readonly totals = new RunningTotals(new Map(), 0)
  readonly #streams = new Map<string, StreamState>()
  readonly #belongings = new Map<number, Belongings>()
  /** In the order in which they were closed. */
  readonly #closed = new Set<StreamState>()
  readonly #tenures = new Map<string, Tenure>()
  #ids = 0

  find(path: string): StreamState | null {
    return this.#streams.get(path) ?? null
  }

  insert(seed: Seed): StreamState {
    const state: StreamState = {
      ...seed,
      id: ++this.#ids,
      // What this store has acknowledged it loses only together with the stream: there is one term.
      terms: [{ term: 1, after: 0 }],
      earliest: 0,
      tail: 0,
      bytes: 0,
      oldestAt: null,
      closing: null,
      streamSeq: null,
      producers: 0,
      keys: 0,
      counted: 0,
    }
    this.#streams.set(state.path, state)
    this.#belongings.set(state.id, {
      records: new MemoryRecords(),
      producers: new Map(),
      fingerprints: new Map(),
      keys: new Map(),
      slots: [],
    })
    this.totals.inserted(state)
    return state
  }

  update(state: StreamState): void {
    // A set keeps the place of what is in it already, so the order stays that of the closing.
    if (state.closing !== null) this.#closed.add(state)
    this.totals.updated(state)
  }

  remove(state: StreamState): void {
    this.#streams.delete(state.path)
    this.#belongings.delete(state.id)
    this.#closed.delete(state)
    this.totals.removed(state)
  }

  due(now: number, limit: number): readonly StreamState[] {
    const due: StreamState[] = []
    for (const state of this.#streams.values()) {
      if (state.sweepAt <= now) due.push(state)
      if (due.length >= limit) break
    }
    return due
  }

  closed(): Iterable<StreamState> {
    return this.#closed
  }

  addRecords(state: StreamState, records: readonly StoredRecord[]): void {
    this.#of(state).records.add(records)
  }

  dropRecords(state: StreamState, through: number): void {
    this.#of(state).records.drop(through)
  }

  facts(state: StreamState): Iterable<RecordFacts> {
    return this.#of(state).records.oldestFirst()
  }

  read(state: StreamState, after: number, limits: ReadLimits): readonly StoredRecord[] {
    return this.#of(state).records.read(after, limits)
  }

  producer(state: StreamState, id: string): Producer | null {
    return this.#of(state).producers.get(id) ?? null
  }

  keepProducer(state: StreamState, producer: Producer): void {
    this.#of(state).producers.set(producer.id, producer)
  }

  forgetProducers(state: StreamState, unusedSince: number): number {
    const { producers, fingerprints } = this.#of(state)
    const forgotten = [...producers.values()].filter((producer) => producer.usedAt < unusedSince)
    for (const { id } of forgotten) {
      producers.delete(id)
      fingerprints.delete(id)
    }
    return forgotten.length
  }

  fingerprint(state: StreamState, producer: string, epoch: number, seq: number): string | null {
    const known = this.#of(state).fingerprints.get(producer)?.[seq % FINGERPRINTS]
    return known !== undefined && known.epoch === epoch && known.seq === seq ? known.text : null
  }

  keepFingerprint(state: StreamState, producer: string, epoch: number, seq: number, fingerprint: string): void {
    const { fingerprints } = this.#of(state)
    const ring = fingerprints.get(producer) ?? []
    ring[seq % FINGERPRINTS] = { epoch, seq, text: fingerprint }
    fingerprints.set(producer, ring)
  }

  key(state: StreamState, key: string): IdempotencyKey | null {
    return this.#of(state).keys.get(key) ?? null
  }

  keepKey(state: StreamState, slot: number, key: IdempotencyKey): void {
    const { keys, slots } = this.#of(state)
    const before = slots[slot]
    // It may have been used again since, after its day was over: then it has a younger place of its own.
    if (before !== undefined && keys.get(before.key) === before) keys.delete(before.key)
    slots[slot] = key
    keys.set(key.key, key)
  }

  tenure(name: string): Tenure | null {
    return this.#tenures.get(name) ?? null
  }

  keepTenure(name: string, tenure: Tenure | null): void {
    if (tenure === null) this.#tenures.delete(name)
    else this.#tenures.set(name, tenure)
  }

  forgetTenures(expiredBefore: number): void {
    for (const [name, tenure] of this.#tenures) if (tenure.expiresAt < expiredBefore) this.#tenures.delete(name)
  }

  #of(state: StreamState): Belongings {
    const belongings = this.#belongings.get(state.id)
    if (belongings === undefined) throw new Error('A stream that was removed has nothing any more.')
    return belongings
  }
}
