/**
 * What the connections of this room are told.
 *
 * @module
 */
import type { DurableVia } from '../../src/transports/durable-input.ts'

export const CARRIERS: readonly DurableVia[] = ['websocket', 'sse', 'ndjson', 'long-poll']

/** Come back fast, and as often as it takes. */
export const PATIENT = { backoff: { base: 20, cap: 100 }, retryBudget: 1_000_000, environment: false } as const
