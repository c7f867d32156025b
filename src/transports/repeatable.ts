/**
 * Whether a failed request may be sent again. A file of its own: the plain transports ask before any protocol is loaded.
 *
 * @module
 */
import type { Repeatable } from '../connection/settings.ts'

/** For the chart, which sees no request but knows the position. */
export function repetitionOf(input: Parameters<typeof isRepeatable>[0] & { readonly positions?: unknown }): Repeatable {
  return isRepeatable(input) || (input.positions === undefined ? false : 'from-position')
}

/** A GET, or anything with an idempotency key (architecture 7.4: a POST is never sent twice by itself). */
export function isRepeatable(input: {
  readonly method?: string | undefined
  readonly body?: unknown
  readonly idempotencyKey?: string | undefined
}): boolean {
  if (input.idempotencyKey !== undefined) return true
  return input.method === undefined ? input.body === undefined : String(input.method).toUpperCase() === 'GET'
}
