/**
 * The one step that changes a stream from outside, the same for HTTP and WebSocket. It runs to its end in one turn,
 * which is what makes check and append atomic.
 *
 * @module
 */

import type { ProducerTuple } from './producers.ts'
import type { RecordBody, StreamLog } from './stream-log.ts'

/** An append as it was asked for. */
export interface AppendRequest {
  /** Empty only together with `close`. */
  readonly bodies: readonly RecordBody[]
  /** The essence of the content type that came with the bodies, `null` when there are none. */
  readonly essence: string | null
  readonly producer: ProducerTuple | null
  readonly streamSeq: string | null
  /** Closes the stream behind the records. */
  readonly close: boolean
}

/** What became of it. */
export type AppendOutcome =
  | { readonly kind: 'appended' }
  | { readonly kind: 'duplicate'; readonly seq: number }
  | { readonly kind: 'stale'; readonly epoch: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'type' }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'epoch-start' }
  | { readonly kind: 'stream-seq' }
  | { readonly kind: 'full' }

/**
 * Appends, or says why not. The order of the checks is the protocol's: stale epoch, the closing append repeated,
 * closed, content type, producer, `Stream-Seq`.
 */
export function appendTo(log: StreamLog, request: AppendRequest): AppendOutcome {
  const verdict = request.producer === null ? null : log.producers.judge(request.producer)
  if (verdict?.kind === 'stale') return verdict
  if (log.state !== 'open') return onClosed(log, request)
  if (request.essence !== null && request.essence !== log.essence) return { kind: 'type' }
  if (verdict !== null && verdict.kind !== 'next') return verdict
  if (request.streamSeq !== null && log.streamSeq !== null && request.streamSeq <= log.streamSeq)
    return { kind: 'stream-seq' }
  return commit(log, request)
}

function commit(log: StreamLog, request: AppendRequest): AppendOutcome {
  if (request.bodies.length > 0) log.append(request.bodies)
  if (request.producer !== null) log.producers.accept(request.producer)
  if (request.streamSeq !== null) log.streamSeq = request.streamSeq
  if (request.close) log.close(request.producer)
  return { kind: 'appended' }
}

/** A closed stream takes its own closing append again, and being closed again without records; nothing else. */
function onClosed(log: StreamLog, request: AppendRequest): AppendOutcome {
  const { producer } = request
  const closer = log.closedBy
  if (closer !== null && producer !== null && sameTuple(closer, producer)) return { kind: 'duplicate', seq: closer.seq }
  return request.close && request.bodies.length === 0 && producer === null
    ? { kind: 'duplicate', seq: 0 }
    : { kind: 'closed' }
}

function sameTuple(one: ProducerTuple, other: ProducerTuple): boolean {
  return one.id === other.id && one.epoch === other.epoch && one.seq === other.seq
}
