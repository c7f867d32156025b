/**
 * From what a client sends (`offset=`, `Last-Event-ID`, `sub.o`) to a place in a stream, or to a reason why not.
 *
 * @module
 */

import type { ResetReason } from '../wire/control.ts'
import { FROM_NOW, FROM_START, parseOffset } from '../wire/offset.ts'
import type { StreamLog } from './stream-log.ts'

/** A position that cannot be served. Never answered with an empty page: history that is gone is always said. */
export interface Reset {
  readonly kind: 'reset'
  readonly reason: ResetReason
  /** How many records are gone, `null` when nobody can know. */
  readonly lost: number | null
  /** The oldest offset that can be served. */
  readonly earliest: string
  /** The tail, as an offset. */
  readonly next: string
}

/** Where a read starts. */
export type Located = { readonly kind: 'at'; readonly seq: number } | Reset | { readonly kind: 'bad_offset' }

/** Finds a start. The order of the checks is the protocol's: syntax, generation, beyond the tail, before the earliest. */
export function locate(log: StreamLog, start: string): Located {
  log.expire()
  if (start === FROM_START) return { kind: 'at', seq: log.earliest }
  if (start === FROM_NOW) return { kind: 'at', seq: log.tail }
  const parts = parseOffset(start)
  if (parts === null) return { kind: 'bad_offset' }
  if (parts.gen !== log.gen) return reset(log, 'generation', null)
  if (parts.term !== log.term || parts.seq > log.tail) return reset(log, 'truncated', null)
  return trimmedBefore(log, parts.seq) ?? { kind: 'at', seq: parts.seq }
}

/** The reset for a reader who wants what follows `seq`, or `null` when that is still there. */
export function trimmedBefore(log: StreamLog, seq: number): Reset | null {
  return seq < log.earliest ? reset(log, 'trimmed', log.earliest - seq) : null
}

function reset(log: StreamLog, reason: ResetReason, lost: number | null): Reset {
  return { kind: 'reset', reason, lost, earliest: log.offsetAt(log.earliest), next: log.offsetAt(log.tail) }
}
