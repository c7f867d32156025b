/**
 * Sending with an answer: `actor.send({ type: 'send', data })` is fire and forget, this is the promise.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import type { ConnectionEvent } from '../../machines/connection-types.ts'
import { submit } from './logic.ts'
import { planeOf } from './planes.ts'
import type { SendOptions } from './send-queue.ts'

/**
 * Sends over a connection actor. Resolves when the transport took the data (or its server acknowledged it), rejects with a
 * `TransportError`. Never forwards to a stopped actor: XState's development build would print the payload.
 *
 * @example
 * await sendOver(chat, { text: 'hello' }, { signal: AbortSignal.timeout(5_000) })
 */
export function sendOver<Sent>(
  connection: AnyActorRef & { send(event: ConnectionEvent<Sent>): void },
  data: NoInfer<Sent>,
  options?: SendOptions,
): Promise<void> {
  return submit(planeOf(connection), connection.getSnapshot(), data, options)
}
