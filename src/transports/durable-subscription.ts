/**
 * Durable records over a WebSocket subscription: counted frame by frame, so that neither a repeated nor a missing one gets through.
 *
 * @module
 */
import { believedPause, TransportError } from '../errors.ts'
import type { Link } from '../link.ts'
import { formatOffset, parseOffset } from '../wire/offset.ts'
import { badFrame } from './durable-control.ts'
import {
  type Frame,
  type parseFrame,
  post,
  recordsOf,
  refusedSubscription,
  subscribed,
  wholeNumber,
} from './durable-frames.ts'
import { gapError, readReset } from './durable-gap.ts'
import type { Translator } from './durable-link.ts'
import type { Emit, Tracker } from './durable-position.ts'
import type { Publisher } from './durable-publisher.ts'
import { createPong } from './durable-socket-greeting.ts'

/** So often in a row a server may leave records out before it counts as broken. */
const MOST_HOLES = 3

export interface SubscriptionOptions {
  readonly link: Link
  /** Reads what the link delivers. */
  readonly parse: typeof parseFrame
  readonly stream: string
  readonly tracker: Tracker
  readonly publisher: Publisher
  /** The number of our `sub`, and the `subok` that answered it. */
  readonly id: number
  readonly opened: Frame
  /** The number of a further `sub`. */
  nextId(): number
  /** The offset we asked for: the first record must be the one behind it. */
  readonly asked: string
}

export interface Subscription extends Translator {
  /** The server was told to stop sending, and is to go on from the last record that came. */
  again(): void
}

export function subscriptionTranslator(options: SubscriptionOptions): Subscription {
  const { link, parse, stream, tracker, publisher } = options
  const pong = createPong(link)
  let { gen, term, a: alias } = subscribed(options.opened)
  let id = options.id
  let expected = firstWanted(options.asked, options.opened)
  /** `held`: nobody reads, and the server was told to stop. */
  let state: 'reading' | 'held' | 'resubscribing' = 'reading'
  let holes = 0
  let pauseAsked: number | undefined

  const positionAt = (seq: number): string => formatOffset({ gen, term, seq })
  /** Records are missing: asks again from the last one that came, on the same connection. */
  const resubscribe = (): void => {
    if (++holes > MOST_HOLES) throw badFrame('records with holes between them')
    post(link, { t: 'unsub', id, a: alias })
    again()
  }
  const again = (): void => {
    state = 'resubscribing'
    id = options.nextId()
    post(link, { t: 'sub', id, s: stream, o: positionAt(expected - 1) })
  }
  const records = (frame: Frame, emit: Emit): void => {
    if (frame.a !== alias || state !== 'reading') return
    const first = wholeNumber(frame.n, 'a frame of records')
    if (first > expected) {
      resubscribe()
      return
    }
    const data = recordsOf(frame)
    for (let index = expected - first; index < data.length; index++) {
      tracker.records([data[index]], positionAt(expected), emit)
      expected++
      holes = 0
    }
  }
  const reopened = (frame: Frame): void => {
    if (state !== 'resubscribing' || frame.id !== id) return
    const asked = positionAt(expected - 1)
    expected = firstWanted(asked, frame)
    ;({ gen, term, a: alias } = subscribed(frame))
    state = 'reading'
  }
  const reset = ({ why, lost, earliest, a, id: request }: Frame): void => {
    if (a === alias || request === id) throw gapError(readReset(why, lost, earliest))
  }
  const takeTerm = (frame: Frame): void => {
    if (frame.a === alias) term = wholeNumber(frame.term, 'a term')
  }
  /** `false` at the end of the stream. */
  const goesOn = (frame: Frame): boolean => {
    if (frame.a !== alias || state !== 'reading') return true
    if (wholeNumber(frame.n, 'an end of stream') < expected) return false
    resubscribe()
    return true
  }

  return {
    again,
    hold() {
      if (state !== 'reading') return
      state = 'held'
      post(link, { t: 'unsub', id, a: alias })
    },
    goOn() {
      if (state === 'held') again()
    },
    take(item, emit) {
      const frame = parse(item)
      switch (frame.t) {
        case 'm':
          records(frame, emit)
          break
        case 'eof':
          return goesOn(frame)
        case 'ping':
          pong(frame)
          break
        case 'ack':
        case 'nack':
          publisher.answered(frame)
          break
        case 'term':
          takeTerm(frame)
          break
        case 'subok':
          reopened(frame)
          break
        case 'reset':
          reset(frame)
          break
        case 'err':
          if (frame.id === id) throw refusedSubscription(frame)
          if (frame.code === 'too_deep' || frame.code === 'too_many_keys') publisher.misshapen()
          break
        case 'bye':
          pauseAsked = pauseOf(frame)
          break
      }
      return true
    },
    cutShort: () => interrupted(pauseAsked),
    explain(failure) {
      if (pauseAsked === undefined) return failure
      // Announced, and its pause is drawn here: not a failure that the backoff would spread once more.
      const { closeCode, cause } = failure
      const retryAfterMs = Math.max(pauseAsked, failure.retryAfterMs ?? 0)
      return new TransportError('interrupted', failure.message, { closeCode, retryAfterMs, cause })
    },
  }
}

function interrupted(retryAfterMs: number | undefined): TransportError {
  return new TransportError('interrupted', 'The connection was closed before the end of the stream.', { retryAfterMs })
}

/**
 * The number of the first record we want: a server that begins elsewhere repeats or leaves out, and both are noticed by it.
 *
 * @throws TransportError `gap` when the server serves another generation than the one asked for, and does not say so.
 */
export function firstWanted(asked: string, opened: Frame): number {
  const { gen, from } = subscribed(opened)
  const parts = parseOffset(asked)
  if (parts === null) return from + 1
  if (parts.gen !== gen) throw gapError({ reason: 'generation', lost: null })
  return parts.seq + 1
}

/** The server spreads its clients over `spreadMs`: only here is known how far, so the random part is drawn here. */
function pauseOf({ afterMs, spreadMs }: Frame): number {
  const after = typeof afterMs === 'number' && afterMs > 0 ? afterMs : 0
  const spread = typeof spreadMs === 'number' && spreadMs > 0 ? spreadMs : 0
  return believedPause(after + Math.random() * spread)
}
