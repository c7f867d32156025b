/**
 * How a connection is told why it ends.
 *
 * @module
 */

import * as codes from '../../wire/close-codes.ts'
import { Refusal } from '../problem.ts'
import type { Expulsion } from '../security/gate.ts'

/** A close code with its reason. */
export interface Farewell {
  readonly code: number
  readonly reason: string
}

/** What is said to somebody whom the gate has refused, or who met a mistake of ours. */
export function farewellTo(thrown: unknown): Farewell {
  if (!(thrown instanceof Refusal)) return { code: codes.SERVER_FAILURE, reason: 'internal' }
  const reason = codes.closeReason(thrown.code, pauseOf(thrown))
  return { code: codeOf(thrown), reason }
}

function codeOf({ status, code }: Refusal): number {
  if (status === 401) return code === 'token_expired' ? codes.TOKEN_EXPIRED : codes.UNAUTHENTICATED
  if (status === 403) return codes.FORBIDDEN
  if (status === 429) return codes.RATE_LIMITED
  return status === 503 ? codes.TRY_AGAIN_LATER : codes.SERVER_FAILURE
}

function pauseOf({ headers }: Refusal): number | undefined {
  const seconds = Number(headers['Retry-After'])
  return seconds > 0 ? seconds * 1000 : undefined
}

/** What is said to somebody whose time inside is over. */
export const EXPULSIONS: Readonly<Record<Expulsion, Farewell>> = {
  expired: { code: codes.TOKEN_EXPIRED, reason: 'token_expired' },
  revoked: { code: codes.REVOKED, reason: 'revoked' },
  forbidden: { code: codes.FORBIDDEN, reason: 'forbidden' },
}
