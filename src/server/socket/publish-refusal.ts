/**
 * What a store's "no" to an append is answered with over WebSocket.
 *
 * @module
 */

import type { RefuseFrame } from '../../wire/frames.ts'
import { type AppendOutcome, StoreError } from '../stores/store.ts'
import { RETRY_MS } from './subscription.ts'

/** Room for another producer appears when one is forgotten; the same pause as over HTTP (`Retry-After: 60`). */
const MOST_PRODUCERS_RETRY_MS = 60_000

/** Why a `pub` was refused. */
export type PublishRefusal = Omit<RefuseFrame, 't' | 's' | 'pid' | 'e' | 'q'>

export function publishRefusal(outcome: Exclude<AppendOutcome, { kind: 'appended' | 'duplicate' }>): PublishRefusal {
  switch (outcome.kind) {
    case 'absent':
      return { code: 'not_found' }
    case 'stale':
      return { code: 'fenced', epoch: outcome.epoch }
    case 'owned':
      return { code: 'owned' }
    case 'closed':
      return { code: 'closed' }
    case 'gap':
      return { code: 'gap', want: outcome.expected }
    case 'epoch-start':
      return { code: 'gap', want: 0 }
    case 'producers':
      return { code: 'rate', retryMs: MOST_PRODUCERS_RETRY_MS }
    case 'quota':
      return { code: 'quota' }
    case 'type':
    case 'stream-seq':
    case 'key-reused':
      return { code: 'type' }
  }
}

/** The store failed; whether the records are in it only a repetition will tell. */
export function failedToPublish(error: unknown): PublishRefusal {
  if (error instanceof StoreError && error.code === 'full') return { code: 'quota' }
  return { code: 'unavailable', retryMs: RETRY_MS }
}
