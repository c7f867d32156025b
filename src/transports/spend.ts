/**
 * One more request of an attempt, counted against the retry budget where it cannot wait for its turn.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/**
 * Pays for a request, or throws `budget_spent` with the pause until there is one more.
 *
 * @param undone - what is not done then, as the beginning of the sentence
 */
export function payFor(spend: (() => number) | undefined, undone: string, repeatable = true): void {
  const pause = spend?.() ?? 0
  if (pause === 0) return
  const sentence = `${undone}: the requests of this minute are spent.`
  throw new TransportError('budget_spent', sentence, { retryAfterMs: pause, repeatable })
}
