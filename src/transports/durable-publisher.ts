/**
 * Numbered appends over a WebSocket: each is one `pub` frame, answered by an `ack` or a `nack` of its number.
 *
 * @module
 */
import { believedPause, TransportError } from '../errors.ts'
import type { AppendAnswer, NumberedAppend } from '../link.ts'
import type { RefusalCode } from '../wire/frames.ts'
import { copied, fenced, owned } from './durable-append.ts'
import { base64Of } from './durable-control.ts'
import type { Frame } from './durable-frames.ts'
import { byteLengthWithin } from './socket.ts'

/** The server reads no further than so many without an answer (wire.md 2.5). */
export const MOST_UNANSWERED = 64

export interface PublisherOptions {
  /** The stream's path. */
  readonly stream: string
  /** What the stream is made of: in a JSON stream a record is JSON as it stands. */
  readonly records: 'json' | 'text'
  /** The largest frame the server takes. */
  readonly frameBytes: number
  /** Hands a frame to the socket; `sent` is told an error when the socket did not take it. */
  transmit(frame: string, sent: (error?: unknown) => void): void
  /** Makes an append that is too large for a frame in another way; the numbers keep it in its place. */
  appendLarge(append: NumberedAppend): Promise<AppendAnswer>
}

export interface Publisher {
  append(append: NumberedAppend): Promise<AppendAnswer>
  /** Whether frames are unanswered. */
  readonly awaits: boolean
  /**
   * The server takes no frame of some shape (`too_deep`, `too_many_keys`) and does not say which one it was. From here on each append is
   * a request, whose answer is its own; what had arrived is recognised by its number. With nothing unanswered it was another's.
   */
  misshapen(): void
  /** Takes an `ack` or a `nack`. What makes no sense is ignored: its append is made again. */
  answered(frame: Frame): void
  /** Nothing is answered any more. Idempotent. */
  close(): void
}

interface Pending {
  readonly append: NumberedAppend
  readonly resolve: (answer: AppendAnswer) => void
  readonly reject: (error: TransportError) => void
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { frameBytes, transmit, appendLarge } = options
  // In the order in which they went out. Usually of one producer; of more, while others' outboxes are emptied.
  let pending: Pending[] = []
  /** The highest number of each producer and epoch: nobody else's can be confirmed to us. */
  const sent = new Map<string, number>()
  let state: 'open' | 'shapeless' | 'closed' = 'open'

  const close = (): void => {
    state = 'closed'
    const unanswered = pending
    pending = []
    for (const { reject } of unanswered) reject(broken())
  }
  const take = (matches: (producer: NumberedAppend['producer']) => boolean): Pending[] => {
    const taken: Pending[] = []
    pending = pending.filter((one) => !matches(one.append.producer) || taken.push(one) === 0)
    return taken
  }

  return {
    get awaits() {
      return pending.length > 0
    },
    append(append) {
      if (state === 'closed') return Promise.reject(broken())
      const frame = publishFrame(options, append)
      if (state === 'shapeless' || !byteLengthWithin(frame, frameBytes)) return appendLarge(append)
      const { id, epoch, sequence } = append.producer
      const key = `${id} ${epoch}`
      sent.set(key, Math.max(sequence, sent.get(key) ?? 0))
      return new Promise((resolve, reject) => {
        pending.push({ append, resolve, reject })
        transmit(frame, (error) => error !== undefined && close())
      })
    },
    answered(frame) {
      const { pid, e, q } = frame
      const highest = sent.get(`${pid} ${e}`)
      if (highest === undefined || typeof q !== 'number' || !Number.isSafeInteger(q)) return
      const isOf = ({ id, epoch }: NumberedAppend['producer']): boolean => id === pid && epoch === e
      if (frame.t === 'nack') {
        for (const one of take((other) => isOf(other) && other.sequence === q)) one.resolve(refusal(frame))
        return
      }
      // Numbers that were never sent from here: a copy of the outbox is at work elsewhere.
      if (q > highest) for (const { resolve } of take(isOf)) resolve({ kind: 'barred', error: copied() })
      // Cumulative: what was stored, everything before it is stored, too.
      for (const { append, resolve } of take((other) => isOf(other) && other.sequence <= q))
        resolve(append.producer.sequence === q ? storedAt(frame) : { kind: 'stored' })
    },
    misshapen() {
      if (state !== 'open' || pending.length === 0) return
      state = 'shapeless'
      const doubted = pending
      pending = []
      for (const { append, resolve, reject } of doubted) appendLarge(append).then(resolve, reject)
    },
    close,
  }
}

function storedAt({ o, differs }: Frame): AppendAnswer {
  return { kind: 'stored', ...(typeof o === 'string' && { offset: o }), ...(differs === true && { differs }) }
}

/** Built as text: in a JSON stream a record is written already. */
function publishFrame(
  { stream, records: kind }: PublisherOptions,
  { producer: { id, epoch, sequence }, records }: NumberedAppend,
): string {
  const head = JSON.stringify({ t: 'pub', s: stream, pid: id, e: epoch, q: sequence })
  const texts = records.filter((record) => typeof record === 'string')
  const content =
    texts.length === records.length
      ? `"d":${kind === 'text' ? JSON.stringify(texts) : `[${texts.join(',')}]`}`
      : `"b":${JSON.stringify(records.map((record) => (typeof record === 'string' ? record : base64Of(record))))}`
  return `${head.slice(0, -1)},${content}}`
}

/** What a `nack` means. A code of a later version is final for its append (wire.md 2.5). */
function refusal({ code, want, retryMs }: Frame): AppendAnswer {
  const slug = typeof code === 'string' && /^[a-z_]{1,32}$/.test(code) ? code : 'unknown'
  const retryAfterMs = typeof retryMs === 'number' ? believedPause(retryMs) : undefined
  switch (slug as RefusalCode) {
    case 'gap':
      if (typeof want === 'number' && Number.isSafeInteger(want) && want >= 0) return { kind: 'early', expected: want }
      return { kind: 'later', retryAfterMs }
    case 'rate':
    case 'unavailable':
      return { kind: 'later', retryAfterMs }
    case 'fenced':
      return { kind: 'barred', error: fenced() }
    case 'owned':
      return { kind: 'barred', error: owned() }
    default:
      return {
        kind: 'refused',
        error: new TransportError('send_failed', `The server refused it: ${slug}.`, {
          retryAfterMs,
          repeatable: false,
        }),
      }
  }
}

function broken(): TransportError {
  return new TransportError('interrupted', 'The connection ended before the server confirmed.')
}
