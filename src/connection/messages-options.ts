/**
 * How much an iterator keeps, and what happens beyond it.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/**
 * What happens when messages come faster than the iterator is asked.
 *
 * - `block`: reading stops until the iterator has caught up. Every listener of the connection waits with it.
 * - `drop-oldest`, `drop-newest`: the connection goes on; the message that waited longest, or the one that came, is thrown away.
 * - `latest`: at most one message waits; a newer one replaces it.
 * - `error`: the iterator hands over what it has, then throws `overflow`. The connection and its other listeners go on.
 *
 * There is no `reconnect` here: the position belongs to the connection. Going back to what one iterator has consumed would hand
 * every other listener the same messages twice. A WebSocket that cannot be paused has that policy in its own input, where only
 * what nobody has been handed yet is thrown away.
 */
export type IterationOverflow = 'block' | 'drop-oldest' | 'drop-newest' | 'latest' | 'error'

export interface IterationOptions {
  /** How many messages may wait for the iterator. Default 256. */
  readonly highWaterMark?: number | undefined
  /** With `block`: reading goes on when no more than so many wait. Default half of `highWaterMark`. */
  readonly lowWaterMark?: number | undefined
  /**
   * How many bytes may wait; the message that reaches it is still taken. Decoded text counts one per UTF-16 unit, binary data its
   * bytes; what a codec made into any other value counts as a message only. Default 1 MiB.
   */
  readonly highWaterBytes?: number | undefined
  /** With `block`: reading goes on when no more than so many bytes wait. Default half of `highWaterBytes`. */
  readonly lowWaterBytes?: number | undefined
  /** Default `block`. */
  readonly overflow?: IterationOverflow | undefined
}

/** The marks of one iterator, complete. */
export interface WaterMarks {
  readonly overflow: IterationOverflow
  readonly high: number
  readonly low: number
  readonly highBytes: number
  readonly lowBytes: number
}

const policies: readonly string[] = ['block', 'drop-oldest', 'drop-newest', 'latest', 'error']

/** Fills in the defaults. Throws `bad_option`: a low mark that is never reached would stop the connection for good. */
export function waterMarksOf({
  highWaterMark: high = 256,
  lowWaterMark: low = Math.floor(high / 2),
  highWaterBytes: highBytes = 1_048_576,
  lowWaterBytes: lowBytes = Math.floor(highBytes / 2),
  overflow = 'block',
}: IterationOptions): WaterMarks {
  if (!(high >= 1 && highBytes >= 1)) refuse('highWaterMark and highWaterBytes must be 1 or more')
  if (!(low >= 0 && low < high && lowBytes >= 0 && lowBytes < highBytes)) {
    refuse('lowWaterMark and lowWaterBytes must be 0 or more, and below the high ones')
  }
  if (!policies.includes(overflow)) refuse(`overflow must be one of ${policies.join(', ')}`)
  return { overflow, high, low, highBytes, lowBytes }
}

function refuse(wanted: string): never {
  throw new TransportError('bad_option', `Of the options of an iterator, ${wanted}.`)
}
