/**
 * What a store's "no" to an append is answered with over HTTP.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import type { Positions } from './positions.ts'
import { notFound, Refusal } from './problem.ts'
import type { AppendOutcome, ProducerTuple, StreamHead } from './stores/store.ts'

type Failure = Exclude<AppendOutcome, { kind: 'appended' | 'duplicate' }>

export function refusalOf(positions: Positions, failure: Failure, producer: ProducerTuple | null): Refusal {
  switch (failure.kind) {
    case 'absent':
      return notFound()
    case 'stale':
      return new Refusal(403, 'stale_epoch', 'A newer epoch of this producer has taken over.', {
        [HEADERS.producerEpoch]: String(failure.epoch),
      })
    case 'owned':
      return new Refusal(403, 'producer_owned', 'This producer id belongs to somebody else.')
    case 'closed':
      return new Refusal(409, 'closed', 'The stream is closed.', tailHeaders(positions, failure.head))
    case 'type':
      return new Refusal(409, 'content_type_mismatch', 'The stream has another content type.')
    case 'gap':
      return new Refusal(409, 'producer_gap', 'An earlier append of this producer is missing.', {
        [HEADERS.producerExpectedSeq]: String(failure.expected),
        [HEADERS.producerReceivedSeq]: String(producer?.seq ?? 0),
      })
    case 'epoch-start':
      return new Refusal(400, 'epoch_start', 'A new epoch starts with sequence 0.')
    case 'stream-seq':
      return new Refusal(409, 'stream_seq', 'Stream-Seq has to grow.')
    case 'key-reused':
      return new Refusal(409, 'idempotency_mismatch', 'This idempotency key was used for something else.')
    case 'producers':
      return new Refusal(429, 'too_many_producers', 'The stream remembers too many producers.', { 'Retry-After': '60' })
    case 'quota':
      return new Refusal(507, 'store_full', 'There is no room for more records.')
  }
}

/** Where the stream ends, and whether for good. */
export function tailHeaders(positions: Positions, head: StreamHead): Record<string, string> {
  return { [HEADERS.nextOffset]: positions.at(head, head.tail), ...closedHeader(head) }
}

export function closedHeader(head: StreamHead): Record<string, string> {
  return head.state === 'closed' ? { [HEADERS.closed]: 'true' } : {}
}
