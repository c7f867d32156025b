/**
 * What a reload needs to know: how far one has read, and as whom one sends.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { planeOf } from '../connection/planes.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { TransportError } from '../errors.ts'
import { PRODUCER_ID } from '../wire/names.ts'
import type { ProducerIdentity } from './storage.ts'

/** A place to go on from. Plain JSON of some hundred bytes, without a secret in it; the same stream has to be asked for with it. */
export interface ResumeToken {
  /** The position behind the last message handed over; `null` before the first. */
  readonly position: string | null
  /** Who sends, and how many appends had not been confirmed; `null` when nothing was sent. */
  readonly producer: (ProducerIdentity & { readonly waiting: number }) | null
}

/**
 * The token of this moment. Store it when the page is hidden (`pagehide`, `visibilitychange`), and give it back as `resume` in
 * the input of the next connection to the same stream. Unlike a restored XState snapshot, which re-arms no timers, it starts an
 * ordinary new connection.
 *
 * @example
 * addEventListener('pagehide', () => sessionStorage.setItem('room', JSON.stringify(resumeTokenOf(room))))
 */
export function resumeTokenOf(connection: AnyActorRef): ResumeToken {
  const { input, position, sending } = planeOf(connection)
  const { producer } = sending
  if (producer !== undefined)
    return { position, producer: { id: producer.id, epoch: producer.epoch, waiting: producer.waiting } }
  return { position, producer: (input as { readonly resume?: ResumeToken }).resume?.producer ?? null }
}

/** Where to begin: where the token says, unless a position was given beside it. */
export function resumed(input: object & { readonly resume?: ResumeToken | undefined }): ConnectionInput {
  const position = input.resume?.position
  return typeof position === 'string' ? { position } : {}
}

/**
 * The producer in a token. It comes from a storage that anybody may have written to.
 *
 * @throws TransportError `bad_option`
 */
export function producerIn(token: ResumeToken | undefined): ResumeToken['producer'] | undefined {
  const producer = token?.producer ?? undefined
  if (producer === undefined) return undefined
  const { epoch, id, waiting } = producer
  if (typeof id === 'string' && PRODUCER_ID.test(id) && isCount(epoch) && isCount(waiting)) return producer
  throw new TransportError('bad_option', 'Option resume holds no producer of this library.')
}

/** The next epoch must be one the server can count to as well. */
function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < Number.MAX_SAFE_INTEGER
}
