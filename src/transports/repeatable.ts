/**
 * Whether a failed request may be sent again. A file of its own: the plain transports ask before any protocol is loaded.
 *
 * @module
 */

/** A GET, or anything with an idempotency key (architecture 7.4: a POST is never sent twice by itself). */
export function isRepeatable(input: {
  readonly method?: string | undefined
  readonly body?: unknown
  readonly idempotencyKey?: string | undefined
}): boolean {
  if (input.idempotencyKey !== undefined) return true
  return input.method === undefined ? input.body === undefined : String(input.method).toUpperCase() === 'GET'
}
