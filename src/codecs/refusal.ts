/**
 * What becomes of a message that cannot be decoded or does not fit its schema.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'

/**
 * - `error`: an `error` event says it, and the stream goes on behind it.
 * - `drop`: nothing is said, and the stream goes on behind it.
 * - `fail`: the connection comes to rest in `error`. Its position stays before the message, so that a later `connect` meets it again.
 * - a function: gets the message as it came, and the reason; then the stream goes on behind it. What it throws is an uncaught
 *   error of the app, and disturbs nothing.
 */
export type Refused = 'error' | 'drop' | 'fail' | ((message: Message, error: TransportError) => void)

/** What a refusal leads to. */
export interface RefusalOutcomes {
  /** The message counts as passed: its position is where to go on. */
  pass(): void
  /** Says it through the actor's emitter. */
  say(error: TransportError): void
  /** Ends the connection with this error. */
  fail(error: TransportError): void
}

/** Carries a policy out. The function's own mistake is thrown on, after the position was passed. */
export function refuse(
  refused: Refused | undefined,
  message: Message,
  error: TransportError,
  outcomes: RefusalOutcomes,
): void {
  if (refused === 'fail') {
    outcomes.fail(error)
    return
  }
  outcomes.pass()
  if (typeof refused === 'function') refused(message, error)
  else if (refused !== 'drop') outcomes.say(error)
}
