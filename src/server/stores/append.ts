/**
 * Appending: check and change in one step.
 *
 * @module
 */

import { objection } from './judge.ts'
import { nowOf, present, recordsFrom, type Workplace } from './operation.ts'
import { retentionCut } from './retention.ts'
import { makeRoom } from './room.ts'
import type { AppendOutcome, AppendRequest, ProducerTuple, StoredRecord } from './store.ts'
import { COSTS, type Cut, costOfRecords, headOf, KEYS, type StreamState } from './stream-state.ts'

/** Appends, or says why not and changes nothing. */
export function appendTo(place: Workplace, path: string, request: AppendRequest): AppendOutcome {
  const now = nowOf(place)
  const state = present(place, path, now)
  if (state === null) return { kind: 'absent' }
  const refused = objection(place, state, request)
  if (refused !== null) return refused
  const records = recordsFrom(request.records, state.tail, now)
  const cut = retentionCut(state, () => place.tables.facts(state), records, place.rules.retention, now)
  if (!fits(place, records, costOfMemory(request) - cut.bytes - cut.count * COSTS.record)) return { kind: 'quota' }
  addRecords(place, state, records, cut)
  remember(place, state, request, now)
  if (request.streamSeq !== null) state.streamSeq = request.streamSeq
  if (request.close) closeState(place, state, request.producer)
  // Closing alone lengthens the life too: its end is what readers still have to see.
  state.usedAt = now
  place.tables.update(state)
  const head = headOf(state, null)
  place.tell({ path, gen: state.gen, head, records })
  return { kind: 'appended', head }
}

/** Whether the store takes these records; `besides` is what else the append takes, or gives back. */
export function fits(place: Workplace, records: readonly StoredRecord[], besides: number): boolean {
  if (records.some((record) => record.size > place.maxRecordBytes)) return false
  return makeRoom(place, costOfRecords(records) + besides)
}

/** Puts records at the end and takes what has to go from the beginning; that may be some of the new ones. */
export function addRecords(place: Workplace, state: StreamState, records: readonly StoredRecord[], cut: Cut): void {
  const earliest = state.earliest + cut.count
  if (earliest > state.earliest && state.earliest < state.tail) place.tables.dropRecords(state, earliest)
  const staying = earliest > state.tail ? records.slice(earliest - state.tail) : records
  if (staying.length > 0) place.tables.addRecords(state, staying)
  state.earliest = earliest
  state.tail += records.length
  state.bytes = records.reduce((sum, record) => sum + record.size, state.bytes) - cut.bytes
  state.oldestAt = cut.oldestAt
}

/** Closes a stream. Numbered, since many are closed within one millisecond and one of them is the oldest. */
export function closeState(place: Workplace, state: StreamState, by: ProducerTuple | null): void {
  state.closing = { number: ++place.tables.ledger.closings, by }
}

/** Who appended, so that the same append is known when it comes again. */
function remember(place: Workplace, state: StreamState, request: AppendRequest, now: number): void {
  const { producer, principal, fingerprint, idempotencyKey } = request
  if (producer !== null) {
    const { id, epoch, seq } = producer
    if (place.tables.producer(state, id) === null) state.producers++
    place.tables.keepProducer(state, { id, principal, epoch, seq, usedAt: now })
    if (fingerprint !== null) place.tables.keepFingerprint(state, id, epoch, seq, fingerprint)
  }
  if (idempotencyKey === null) return
  const slot = state.keys++ % KEYS.remembered
  place.tables.keepKey(state, slot, { key: idempotencyKey, principal, fingerprint, at: now })
}

/** At most: a producer that is known already costs nothing more. */
function costOfMemory(request: AppendRequest): number {
  return (request.producer === null ? 0 : COSTS.producer) + (request.idempotencyKey === null ? 0 : COSTS.key)
}
