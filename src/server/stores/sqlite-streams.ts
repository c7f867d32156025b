/**
 * The rows of the streams. A row is read once and then kept in memory: this store is the only one that writes the file.
 * What a group of operations changes is written once, at its end.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { essenceOf } from '../content-type.ts'
import { RunningTotals, type StreamCount } from './running-totals.ts'
import { numberIn, numberOrNullIn, type Row, textIn, textOrNullIn } from './sqlite-row.ts'
import { termsAfter, termsFromText, termsToText } from './sqlite-terms.ts'
import { type Closing, COSTS, costOf, KEYS, type StreamState } from './stream-state.ts'
import type { Seed } from './tables.ts'

/** About half a kilobyte each. Beyond that all are forgotten and read anew: rarer than keeping an order is dear. */
const REMEMBERED = 20_000

/** {@link costOf}, in SQL. */
const HELD = `coalesce(sum(bytes + (tail - earliest) * ${COSTS.record}
  + producers * ${COSTS.producer} + min(keys, ${KEYS.remembered}) * ${COSTS.key}), 0)`

const COLUMNS_THAT_CHANGE = `boot = ?, terms = ?, earliest = ?, tail = ?, bytes = ?, oldest_at = ?, closing = ?,
  closer_id = ?, closer_epoch = ?, closer_seq = ?, stream_seq = ?, used_at = ?, sweep_at = ?, producers = ?, keys = ?`

export class SqliteStreams {
  readonly totals: RunningTotals
  readonly #boot: number
  /** What the totals were when the last transaction ended, as the way back to it. */
  #held: number
  readonly #counts: StreamCount[] = []
  readonly #known = new Map<string, StreamState>()
  readonly #changed = new Set<StreamState>()
  readonly #byPath: StatementSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #delete: StatementSync
  readonly #due: StatementSync
  readonly #closed: StatementSync

  constructor(database: DatabaseSync, boot: number) {
    this.#boot = boot
    this.#byPath = database.prepare('SELECT * FROM streams WHERE path = ?')
    this.#insert = database.prepare(`INSERT INTO streams
      (path, gen, content_type, ttl_ms, expires_at, owner, boot, terms, earliest, tail, bytes, used_at, sweep_at, producers, keys)
      VALUES (?, ?, ?, ?, ?, ?, ?, '1:0', 0, 0, 0, ?, ?, 0, 0) RETURNING *`)
    this.#update = database.prepare(`UPDATE streams SET ${COLUMNS_THAT_CHANGE} WHERE id = ?`)
    this.#delete = database.prepare('DELETE FROM streams WHERE id = ?')
    this.#due = database.prepare('SELECT path FROM streams WHERE sweep_at <= ? ORDER BY sweep_at LIMIT ?')
    this.#closed = database.prepare('SELECT path FROM streams WHERE closing > ? ORDER BY closing LIMIT 1')
    this.totals = totalsOf(database)
    this.#held = this.totals.held
  }

  find(path: string): StreamState | null {
    const known = this.#known.get(path)
    if (known !== undefined) return known
    const row = this.#byPath.get(path)
    return row === undefined ? null : this.#know(row)
  }

  insert({ path, gen, config, usedAt, sweepAt }: Seed): StreamState {
    const { contentType, ttlMs, expiresAt, owner } = config
    const row = this.#insert.get(path, gen, contentType, ttlMs, expiresAt, owner, this.#boot, usedAt, sweepAt)
    const state = this.#know(row ?? {})
    this.totals.inserted(state)
    this.#counts.push({ owner, difference: 1 })
    return state
  }

  update(state: StreamState): void {
    this.#changed.add(state)
    this.totals.updated(state)
  }

  remove(state: StreamState): void {
    // Not later with the other changes: the path may be created again in the same transaction.
    this.#delete.run(state.id)
    this.#known.delete(state.path)
    this.#changed.delete(state)
    this.totals.removed(state)
    this.#counts.push({ owner: state.config.owner, difference: -1 })
  }

  due(now: number, limit: number): readonly StreamState[] {
    // The index knows only what is written.
    this.flush()
    const rows = this.#due.all(now, Math.min(limit, Number.MAX_SAFE_INTEGER))
    return rows.map((row) => this.find(textIn(row, 'path'))).filter((state) => state !== null)
  }

  *closed(): Iterable<StreamState> {
    this.flush()
    for (let last = 0; ; ) {
      const row = this.#closed.get(last)
      const state = row === undefined ? null : this.find(textIn(row, 'path'))
      if (state?.closing == null) return
      yield state
      last = state.closing.number
    }
  }

  /** Writes what has changed. */
  flush(): void {
    for (const state of this.#changed) this.#write(state)
    this.#changed.clear()
  }

  /** The transaction has ended well. */
  committed(): void {
    this.#held = this.totals.held
    this.#counts.length = 0
  }

  /** The transaction was taken back: what is true stands in the file. */
  reverted(): void {
    this.#known.clear()
    this.#changed.clear()
    this.totals.revert(this.#held, this.#counts)
    this.#counts.length = 0
  }

  /** Between operations only: within one, two copies of the same stream would be two truths. */
  forgetSome(): void {
    if (this.#known.size > REMEMBERED) this.#known.clear()
  }

  #write(state: StreamState): void {
    const { closing } = state
    this.#update.run(
      this.#boot,
      termsToText(state.terms),
      state.earliest,
      state.tail,
      state.bytes,
      state.oldestAt,
      closing?.number ?? null,
      closing?.by?.id ?? null,
      closing?.by?.epoch ?? null,
      closing?.by?.seq ?? null,
      state.streamSeq,
      state.usedAt,
      state.sweepAt,
      state.producers,
      state.keys,
      state.id,
    )
  }

  #know(row: Row): StreamState {
    const state = stateFrom(row, this.#boot)
    this.#known.set(state.path, state)
    return state
  }
}

function totalsOf(database: DatabaseSync): RunningTotals {
  const rows = database.prepare(`SELECT owner, count(*) AS streams, ${HELD} AS held FROM streams GROUP BY owner`).all()
  const owners = rows.map((row): [string | null, number] => [textOrNullIn(row, 'owner'), numberIn(row, 'streams')])
  const held = rows.reduce((sum, row) => sum + numberIn(row, 'held'), 0)
  return new RunningTotals(new Map(owners), held)
}

function stateFrom(row: Row, boot: number): StreamState {
  const tail = numberIn(row, 'tail')
  const contentType = textIn(row, 'content_type')
  const state: StreamState = {
    id: numberIn(row, 'id'),
    path: textIn(row, 'path'),
    gen: textIn(row, 'gen'),
    essence: essenceOf(contentType),
    config: {
      contentType,
      ttlMs: numberOrNullIn(row, 'ttl_ms'),
      expiresAt: numberOrNullIn(row, 'expires_at'),
      owner: textOrNullIn(row, 'owner'),
    },
    terms: termsAfter(termsFromText(textIn(row, 'terms')), boot - numberIn(row, 'boot'), tail),
    earliest: numberIn(row, 'earliest'),
    tail,
    bytes: numberIn(row, 'bytes'),
    oldestAt: numberOrNullIn(row, 'oldest_at'),
    closing: closingFrom(row),
    streamSeq: textOrNullIn(row, 'stream_seq'),
    usedAt: numberIn(row, 'used_at'),
    sweepAt: numberIn(row, 'sweep_at'),
    producers: numberIn(row, 'producers'),
    keys: numberIn(row, 'keys'),
    counted: 0,
  }
  state.counted = costOf(state)
  return state
}

function closingFrom(row: Row): Closing | null {
  const number = numberOrNullIn(row, 'closing')
  if (number === null) return null
  const id = textOrNullIn(row, 'closer_id')
  const by = id === null ? null : { id, epoch: numberIn(row, 'closer_epoch'), seq: numberIn(row, 'closer_seq') }
  return { number, by }
}
