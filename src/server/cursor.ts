/**
 * From what a client sends (`offset=`, `Last-Event-ID`, `sub.o`) to a place in a stream, or to a reason why not.
 *
 * @module
 */

import type { ResetReason } from '../wire/control.ts'
import { FROM_NOW, FROM_START, formatOffset, parseOffset } from '../wire/offset.ts'
import type { StreamHead } from './stores/store.ts'

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

/** Finds a start. The order of the checks is the protocol's: syntax, generation, beyond its term, before the earliest. */
export function locate(head: StreamHead, start: string): Located {
  if (start === FROM_START) return { kind: 'at', seq: head.earliest }
  if (start === FROM_NOW) return { kind: 'at', seq: head.tail }
  const parts = parseOffset(start)
  if (parts === null) return { kind: 'bad_offset' }
  if (parts.gen !== head.gen) return reset(head, 'generation', null)
  const last = lastOfTerm(head, parts.term)
  if (last === null || parts.seq > last) return reset(head, 'truncated', null)
  return trimmedBefore(head, parts.seq) ?? { kind: 'at', seq: parts.seq }
}

/** The reset for a reader who wants what follows `seq`, or `null` when that is still there. */
export function trimmedBefore(head: StreamHead, seq: number): Reset | null {
  return seq < head.earliest ? reset(head, 'trimmed', head.earliest - seq) : null
}

/** The reset for a reader who only wants the newest record: what lies before that was left out on purpose. */
export function skippedFrom(head: StreamHead, seq: number): Reset {
  const newest = head.tail - 1
  return { ...reset(head, 'skipped', newest - seq), earliest: offsetAt(head, newest) }
}

/** The reset for a reader of a stream that has been created again. */
export function replacedBy(head: StreamHead): Reset {
  return reset(head, 'generation', null)
}

/** The term a position belongs to: the one its last record was appended in. */
export function termAt(head: Pick<StreamHead, 'terms'>, seq: number): number {
  return head.terms.findLast(({ after }) => after < seq)?.term ?? head.terms[0]?.term ?? 1
}

/** A position as an offset. */
export function offsetAt(head: Pick<StreamHead, 'gen' | 'terms'>, seq: number): string {
  return formatOffset({ gen: head.gen, term: termAt(head, seq), seq })
}

/**
 * The last sequence a term has, `null` when there is no such term. Another node may have written it and lost it again:
 * a position beyond it was read by a client from records that no longer exist.
 */
function lastOfTerm(head: StreamHead, term: number): number | null {
  const index = head.terms.findIndex((start) => start.term === term)
  if (index === -1) return null
  return head.terms[index + 1]?.after ?? head.tail
}

function reset(head: StreamHead, reason: ResetReason, lost: number | null): Reset {
  return { kind: 'reset', reason, lost, earliest: offsetAt(head, head.earliest), next: offsetAt(head, head.tail) }
}
