/**
 * Whether an append may be made. The order of the checks is the protocol's, and each check sees only what those before
 * it let through.
 *
 * @module
 */

import { nowOf, viewOf, type Workplace } from './operation.ts'
import type { AppendOutcome, AppendRequest, ProducerTuple } from './store.ts'
import { KEYS, type StreamState } from './stream-state.ts'
import type { Producer } from './tables.ts'

/** Producers are forgotten for others only after so long: a repetition that comes even later would be appended twice. */
const PRODUCER_IDLE_MS = 7 * 24 * 60 * 60 * 1000

/** Why an append is not made, or `null`: make it. */
export function objection(place: Workplace, state: StreamState, request: AppendRequest): AppendOutcome | null {
  const { producer: tuple, principal } = request
  const producer = tuple === null ? null : place.tables.producer(state, tuple.id)
  // Before all else: a stale epoch or a gap would tell a stranger how far the owner has come.
  if (producer !== null && producer.principal !== principal) return { kind: 'owned' }
  if (producer !== null && tuple !== null && tuple.epoch < producer.epoch)
    return { kind: 'stale', epoch: producer.epoch }
  return (
    repeatedClose(place, state, request) ??
    repeatedKey(place, state, request) ??
    closed(place, state, request) ??
    (request.essence !== null && request.essence !== state.essence ? { kind: 'type' } : null) ??
    (tuple === null ? null : outOfTurn(place, state, request, tuple, producer)) ??
    (behind(state, request) ? { kind: 'stream-seq' } : null)
  )
}

function repeatedClose(place: Workplace, state: StreamState, request: AppendRequest): AppendOutcome | null {
  const by = state.closing?.by
  const tuple = request.producer
  if (by == null || tuple === null) return null
  if (by.id !== tuple.id || by.epoch !== tuple.epoch || by.seq !== tuple.seq) return null
  return duplicate(place, state, by.seq, differs(place, state, request, tuple))
}

/** Before `closed`: what is repeated may be what closed the stream, or what somebody closed it behind. */
function repeatedKey(place: Workplace, state: StreamState, request: AppendRequest): AppendOutcome | null {
  if (request.idempotencyKey === null) return null
  const known = place.tables.key(state, request.idempotencyKey)
  if (known === null || known.at < nowOf(place) - KEYS.forMs) return null
  return known.principal === request.principal && known.fingerprint === request.fingerprint
    ? duplicate(place, state, 0, false)
    : { kind: 'key-reused' }
}

/** A closed stream takes being closed again, without records; nothing else. */
function closed(place: Workplace, state: StreamState, request: AppendRequest): AppendOutcome | null {
  if (state.closing === null) return null
  const again = request.close && request.records.length === 0 && request.producer === null
  return again ? duplicate(place, state, 0, false) : { kind: 'closed', head: viewOf(place, state, nowOf(place)) }
}

function outOfTurn(
  place: Workplace,
  state: StreamState,
  request: AppendRequest,
  tuple: ProducerTuple,
  producer: Producer | null,
): AppendOutcome | null {
  // Nothing is known of it, or not any more: from the middle on, the beginning may be in the stream already.
  if (producer === null) {
    if (tuple.seq !== 0) return { kind: 'gap', expected: 0 }
    return hasRoomForProducer(place, state) ? null : { kind: 'producers' }
  }
  if (tuple.epoch > producer.epoch) return tuple.seq === 0 ? null : { kind: 'epoch-start' }
  if (tuple.seq <= producer.seq) return duplicate(place, state, producer.seq, differs(place, state, request, tuple))
  return tuple.seq === producer.seq + 1 ? null : { kind: 'gap', expected: producer.seq + 1 }
}

function hasRoomForProducer(place: Workplace, state: StreamState): boolean {
  const { tables, rules } = place
  if (state.producers < rules.producers) return true
  state.producers -= tables.forgetProducers(state, nowOf(place) - PRODUCER_IDLE_MS)
  tables.update(state)
  return state.producers < rules.producers
}

function behind(state: StreamState, request: AppendRequest): boolean {
  return request.streamSeq !== null && state.streamSeq !== null && request.streamSeq <= state.streamSeq
}

function duplicate(place: Workplace, state: StreamState, seq: number, differing: boolean): AppendOutcome {
  return { kind: 'duplicate', seq, differs: differing, head: viewOf(place, state, nowOf(place)) }
}

/** Whether a repetition came with another body, as far as that is still known. */
function differs(place: Workplace, state: StreamState, request: AppendRequest, tuple: ProducerTuple): boolean {
  if (request.fingerprint === null) return false
  const known = place.tables.fingerprint(state, tuple.id, tuple.epoch, tuple.seq)
  return known !== null && known !== request.fingerprint
}
