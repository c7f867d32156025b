/**
 * Appends over a WebSocket: numbered, several on their way at once, each settled by the server's own answer.
 *
 * @module
 */
import { believedPause, TransportError } from '../errors.ts'
import type { Outgoing } from '../link.ts'
import type { PublishFrame } from '../wire/frames.ts'
import { base64Of } from './durable-control.ts'
import type { Frame } from './durable-frames.ts'
import { byteLengthWithin } from './socket.ts'

/** The server reads no further than so many without an answer (wire.md 2.5). */
const MOST_UNANSWERED = 64

export interface PublisherOptions {
  /** The stream's path. */
  readonly stream: string
  /** The largest frame the server takes. */
  readonly frameBytes: number
  /** Hands a frame to the socket; `sent` is told an error when the socket did not take it. Resolves when it takes more. */
  transmit(frame: string, sent: (error?: unknown) => void): Promise<void>
}

export interface Publisher {
  write(batch: readonly Outgoing[]): Promise<void>
  /** Takes an `ack` or a `nack`. */
  answered(frame: Frame): void
  /** Settles everything that is not answered. Idempotent. */
  close(): void
}

type Content = Pick<PublishFrame, 'd'> | Pick<PublishFrame, 'b'>

interface Pending {
  readonly item: Outgoing
  readonly content: Content
}

export function createPublisher({ stream, frameBytes, transmit }: PublisherOptions): Publisher {
  // Unanswered items in order; the first one has the number `first`.
  let pending: Pending[] = []
  let first = 0
  let producer = producerId()
  let closed = false
  let waiting: (() => void)[] = []

  const frameOf = (content: Content, sequence: number): string => {
    const frame: PublishFrame = { t: 'pub', s: stream, pid: producer, e: 0, q: sequence, ...content }
    return JSON.stringify(frame)
  }
  const makeRoom = (): void => {
    const resolvers = waiting
    waiting = []
    for (const resolve of resolvers) resolve()
  }
  const room = async (): Promise<void> => {
    while (!closed && pending.length >= MOST_UNANSWERED) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const send = async (item: Outgoing): Promise<void> => {
    const content = contentOf(item)
    if (content === null) return
    await room()
    if (closed) return item.settle(new TransportError('send_failed', 'The connection is closed.'))
    const frame = frameOf(content, first + pending.length)
    if (!byteLengthWithin(frame, frameBytes)) {
      return item.settle(
        new TransportError('send_failed', `The server takes no frame of more than ${frameBytes} bytes.`),
      )
    }
    pending.push({ item, content })
    await transmit(frame, (error) => error !== undefined && close())
  }
  /** Whatever came behind a refused number was refused as well, or will be: none of it is in the stream. */
  const startAfresh = (): void => {
    producer = producerId()
    first = 0
    pending.forEach(({ content }, sequence) => {
      void transmit(frameOf(content, sequence), (error) => error !== undefined && close())
    })
  }
  const close = (): void => {
    closed = true
    const unanswered = pending
    pending = []
    for (const { item } of unanswered) {
      item.settle(
        new TransportError('send_unconfirmed', 'The connection ended before the server confirmed.', {
          repeatable: false,
        }),
      )
    }
    makeRoom()
  }

  return {
    async write(batch) {
      for (const item of batch) await send(item)
      await room()
    },
    answered(frame) {
      const { pid, q } = frame
      if (pid !== producer || typeof q !== 'number' || !Number.isSafeInteger(q) || q < first) return
      const accepted = frame.t === 'ack' ? q - first + 1 : q - first
      if (accepted > pending.length) return
      // Cumulative: what was accepted or refused, everything before it is in the stream.
      for (const { item } of pending.splice(0, accepted)) item.settle()
      first += accepted
      const refused = frame.t === 'nack' ? pending.shift() : undefined
      if (refused !== undefined) {
        refused.item.settle(refusal(frame))
        startAfresh()
      }
      makeRoom()
    },
    close,
  }
}

/** `null` when the item was refused on the spot. */
function contentOf(item: Outgoing): Content | null {
  const { data } = item
  if (data instanceof Uint8Array) return { b: [base64Of(data)] }
  if (data instanceof ArrayBuffer) return { b: [base64Of(new Uint8Array(data))] }
  try {
    const text: string | undefined = JSON.stringify(data)
    if (text !== undefined) return { d: [data] }
  } catch {
    // A cycle or a BigInt; told below like a function or `undefined`.
  }
  item.settle(new TransportError('encode_failed', 'The value cannot be written as JSON.'))
  return null
}

function refusal({ code, retryMs }: Frame): TransportError {
  const slug = typeof code === 'string' && /^[a-z_]{1,32}$/.test(code) ? code : 'unknown'
  const retryAfterMs = typeof retryMs === 'number' ? believedPause(retryMs) : undefined
  return new TransportError('send_failed', `The server refused it: ${slug}.`, { retryAfterMs, repeatable: false })
}

/** Not `randomUUID`: a page over plain HTTP does not have it. */
function producerId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
