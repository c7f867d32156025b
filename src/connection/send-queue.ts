/**
 * What a connection sends through: a queue that outlives links. Two kinds exist: the outbox alone, and the producer of a durable
 * stream behind one.
 *
 * @module
 */
import type { Translate } from '../codecs/schema.ts'
import type { TransportError } from '../errors.ts'
import type { Link, ProducerNumber } from '../link.ts'
import type { Clock } from './clock.ts'
import type { ConnectionInput } from './settings.ts'

export interface SendOptions {
  /**
   * Gives the send up while it still waits: it rejects with `aborted` and is never sent. What a transport has taken cannot be
   * called back; such a send goes on to its own outcome.
   */
  readonly signal?: AbortSignal | undefined
}

export interface SendQueue {
  /** How many items are not settled. */
  readonly queued: number
  /** What they weigh in bytes, a text counting one per UTF-16 unit. */
  readonly queuedBytes: number
  /** How many items a transport has taken. */
  readonly sent: number
  /** Called whenever the last unsettled item was settled. */
  onDrained: () => void
  /** Under which number the next append goes out, where appends are numbered and one was wanted already. */
  readonly producer?: (ProducerNumber & { readonly waiting: number }) | undefined
  /** Resolves when a transport has taken the item (or its server acknowledged it, where the protocol acknowledges). */
  send(data: unknown, options?: SendOptions): Promise<void>
  /** A link is up: what waits goes out. */
  attach(link: Link): void
  /** The link is gone. Call after `link.close()`, so that it could settle what it knows. */
  detach(): void
  /** The connection drains: what was accepted still goes out, and nothing more is accepted. */
  close(): void
  /** The connection is over: nothing that waits will go out over it. */
  clear(error: TransportError): void
}

/** What a queue is made with. */
export interface QueueOptions {
  readonly encode: Translate
  readonly input: ConnectionInput
  /** The actor's clock. */
  readonly clock: Clock
  /** Tells the app what belongs to no single `send()`. */
  report(error: TransportError): void
}

/** A kind of queue. Its code may still be on its way: most connections only receive. */
export interface QueueKind {
  make(options: QueueOptions): SendQueue | Promise<SendQueue>
  /** Whether something from an earlier life may wait to be sent, so that the queue is wanted before the first `send()`. */
  mayHold?(input: ConnectionInput): boolean
}
