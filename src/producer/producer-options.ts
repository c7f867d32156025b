/**
 * What a producer can be told.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { OutboxStorage } from './storage.ts'

/** What to do behind an append that will never be taken: go on with the next one, or take nothing more. */
export type RefusedPolicy = 'skip' | 'stop'

/** How a durable connection sends. */
export interface ProducerOptions {
  /** Where what is to be sent waits. Default: in memory, for as long as the connection lives. */
  readonly storage?: OutboxStorage | undefined
  /**
   * What to do behind an append that the server will never take. `skip` (default): its `send()` rejects, and the next ones go on.
   * `stop`: nothing goes out any more over this connection, and what waits stays in the storage.
   */
  readonly onRefused?: RefusedPolicy | undefined
}

/** Throws `bad_option`. */
export function checkProducer({ onRefused, storage }: ProducerOptions = {}): void {
  if (onRefused !== undefined && onRefused !== 'skip' && onRefused !== 'stop')
    throw new TransportError('bad_option', 'Option producer.onRefused must be skip or stop.')
  if (storage !== undefined && typeof storage.claim !== 'function')
    throw new TransportError('bad_option', 'Option producer.storage must be an outbox storage.')
}
