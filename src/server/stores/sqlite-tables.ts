/**
 * The tables of the file store. Everything happens in a transaction that somebody else begins and ends; reads may also
 * come between two.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RecordFacts } from './retention.ts'
import { SqliteLedger } from './sqlite-ledger.ts'
import { bodyIn, numberIn, type Row, textIn, textOrNullIn } from './sqlite-row.ts'
import { SqliteStreams } from './sqlite-streams.ts'
import type { ReadLimits, StoredRecord } from './store.ts'
import type { StreamState } from './stream-state.ts'
import {
  FINGERPRINTS,
  type IdempotencyKey,
  type Producer,
  type Seed,
  type Tables,
  type Tenure,
  type Totals,
} from './tables.ts'

/** What belongs to a stream, in tables of its own. */
const BELONGINGS = ['records', 'producers', 'fingerprints', 'keys'] as const

/** Large enough that it needs space of its own: what fits into a page that is there would prove nothing. */
const PROBE_BYTES = 64 * 1024

function prepareAll(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql)
  return {
    addRecord: prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?)'),
    dropRecords: prepare('DELETE FROM records WHERE stream = ? AND seq <= ?'),
    facts: prepare('SELECT seq, at, size FROM records WHERE stream = ? AND seq > ? ORDER BY seq'),
    read: prepare('SELECT seq, at, size, body FROM records WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?'),
    producer: prepare('SELECT * FROM producers WHERE stream = ? AND id = ?'),
    keepProducer: prepare('REPLACE INTO producers VALUES (?, ?, ?, ?, ?, ?)'),
    forgetFingerprints: prepare(`DELETE FROM fingerprints WHERE stream = ?1
      AND producer IN (SELECT id FROM producers WHERE stream = ?1 AND used_at < ?2)`),
    forgetProducers: prepare('DELETE FROM producers WHERE stream = ?1 AND used_at < ?2'),
    fingerprint: prepare(
      'SELECT fingerprint FROM fingerprints WHERE stream = ? AND producer = ? AND slot = ? AND epoch = ? AND seq = ?',
    ),
    keepFingerprint: prepare('REPLACE INTO fingerprints VALUES (?, ?, ?, ?, ?, ?)'),
    // A key that was used again after its day has two places; the younger counts.
    key: prepare('SELECT * FROM keys WHERE stream = ? AND key = ? ORDER BY at DESC LIMIT 1'),
    keepKey: prepare('REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?)'),
    tenure: prepare('SELECT * FROM leases WHERE name = ?'),
    keepTenure: prepare('REPLACE INTO leases VALUES (?, ?, ?, ?)'),
    forgetTenure: prepare('DELETE FROM leases WHERE name = ?'),
    forgetTenures: prepare('DELETE FROM leases WHERE expires_at < ?'),
    fillProbe: prepare(`REPLACE INTO probe VALUES (1, zeroblob(${PROBE_BYTES}))`),
    emptyProbe: prepare('DELETE FROM probe'),
    belongings: BELONGINGS.map((table) => prepare(`DELETE FROM ${table} WHERE stream = ?`)),
  }
}

export class SqliteTables implements Tables {
  readonly ledger: SqliteLedger
  readonly #streams: SqliteStreams
  readonly #statements: ReturnType<typeof prepareAll>

  constructor(database: DatabaseSync) {
    this.ledger = new SqliteLedger(database)
    this.#streams = new SqliteStreams(database, this.ledger.boot)
    this.#statements = prepareAll(database)
  }

  get totals(): Totals {
    return this.#streams.totals
  }

  find(path: string): StreamState | null {
    return this.#streams.find(path)
  }

  insert(seed: Seed): StreamState {
    return this.#streams.insert(seed)
  }

  update(state: StreamState): void {
    this.#streams.update(state)
  }

  remove(state: StreamState): void {
    // The number is given again some day: nothing may be left for the next one who has it.
    for (const statement of this.#statements.belongings) statement.run(state.id)
    this.#streams.remove(state)
  }

  due(now: number, limit: number): readonly StreamState[] {
    return this.#streams.due(now, limit)
  }

  closed(): Iterable<StreamState> {
    return this.#streams.closed()
  }

  addRecords(state: StreamState, records: readonly StoredRecord[]): void {
    for (const { seq, at, size, body } of records) this.#statements.addRecord.run(state.id, seq, at, size, body)
  }

  /** One range at the beginning of the stream’s part of the table. */
  dropRecords(state: StreamState, through: number): void {
    this.#statements.dropRecords.run(state.id, through)
  }

  *facts(state: StreamState): Iterable<RecordFacts> {
    for (const row of this.#statements.facts.iterate(state.id, state.earliest)) yield factsFrom(row)
  }

  read(state: StreamState, after: number, limits: ReadLimits): readonly StoredRecord[] {
    const records: StoredRecord[] = []
    let bytes = 0
    const most = Math.min(Math.max(1, limits.records), Number.MAX_SAFE_INTEGER)
    // Row by row: so many records of the largest size at once would be a gigabyte.
    for (const row of this.#statements.read.iterate(state.id, after, most)) {
      const facts = factsFrom(row)
      bytes += facts.size
      if (bytes > limits.bytes && records.length > 0) break
      records.push({ ...facts, body: bodyIn(row, 'body') })
    }
    return records
  }

  producer(state: StreamState, id: string): Producer | null {
    const row = this.#statements.producer.get(state.id, id)
    if (row === undefined) return null
    const [epoch, seq, usedAt] = [numberIn(row, 'epoch'), numberIn(row, 'seq'), numberIn(row, 'used_at')]
    return { id, principal: textOrNullIn(row, 'principal'), epoch, seq, usedAt }
  }

  keepProducer(state: StreamState, { id, principal, epoch, seq, usedAt }: Producer): void {
    this.#statements.keepProducer.run(state.id, id, principal, epoch, seq, usedAt)
  }

  forgetProducers(state: StreamState, unusedSince: number): number {
    // First what is found by the producers, then the producers.
    this.#statements.forgetFingerprints.run(state.id, unusedSince)
    return Number(this.#statements.forgetProducers.run(state.id, unusedSince).changes)
  }

  fingerprint(state: StreamState, producer: string, epoch: number, seq: number): string | null {
    const row = this.#statements.fingerprint.get(state.id, producer, seq % FINGERPRINTS, epoch, seq)
    return row === undefined ? null : textIn(row, 'fingerprint')
  }

  keepFingerprint(state: StreamState, producer: string, epoch: number, seq: number, fingerprint: string): void {
    this.#statements.keepFingerprint.run(state.id, producer, seq % FINGERPRINTS, epoch, seq, fingerprint)
  }

  key(state: StreamState, key: string): IdempotencyKey | null {
    const row = this.#statements.key.get(state.id, key)
    if (row === undefined) return null
    const [principal, fingerprint] = [textOrNullIn(row, 'principal'), textOrNullIn(row, 'fingerprint')]
    return { key, principal, fingerprint, at: numberIn(row, 'at') }
  }

  keepKey(state: StreamState, slot: number, { key, principal, fingerprint, at }: IdempotencyKey): void {
    this.#statements.keepKey.run(state.id, slot, key, principal, fingerprint, at)
  }

  tenure(name: string): Tenure | null {
    const row = this.#statements.tenure.get(name)
    if (row === undefined) return null
    return { owner: textIn(row, 'owner'), epoch: numberIn(row, 'epoch'), expiresAt: numberIn(row, 'expires_at') }
  }

  keepTenure(name: string, tenure: Tenure | null): void {
    if (tenure === null) this.#statements.forgetTenure.run(name)
    else this.#statements.keepTenure.run(name, tenure.owner, tenure.epoch, tenure.expiresAt)
  }

  forgetTenures(expiredBefore: number): void {
    this.#statements.forgetTenures.run(expiredBefore)
  }

  /** Before the end of a transaction: what was changed but not written yet. */
  flush(): void {
    this.#streams.flush()
    this.ledger.flush()
  }

  committed(): void {
    this.#streams.committed()
  }

  /** After a transaction that was taken back. */
  reverted(): void {
    this.#streams.reverted()
    this.ledger.reload()
  }

  /** Between operations. */
  forgetSome(): void {
    this.#streams.forgetSome()
  }

  /** Takes space, or gives it back: whether there is any cannot be known otherwise. */
  probe(action: 'fill' | 'empty'): void {
    if (action === 'fill') this.#statements.fillProbe.run()
    else this.#statements.emptyProbe.run()
  }
}

function factsFrom(row: Row): RecordFacts {
  return { seq: numberIn(row, 'seq'), at: numberIn(row, 'at'), size: numberIn(row, 'size') }
}
