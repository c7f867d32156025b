/**
 * The queue of a durable stream, whose code is loaded when something is to be sent.
 *
 * @module
 */
import type { QueueKind } from '../connection/send-queue.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import type { ProducerOptions } from './producer-options.ts'
import type { ResumeToken } from './resume-token.ts'

/** Pass it to `connection(durable, { queue: producerQueue })` when you make logic of your own. */
export const producerQueue: QueueKind = {
  make: async (options) => new (await import('./producer.ts')).Producer(options),
  mayHold,
}

/** Whether an earlier life may have left something to send, or to tell. */
export function mayHold(
  input: ConnectionInput & {
    readonly producer?: ProducerOptions | undefined
    readonly resume?: ResumeToken | undefined
  },
): boolean {
  return input.producer?.storage?.survives === true || (input.resume?.producer?.waiting ?? 0) > 0
}
