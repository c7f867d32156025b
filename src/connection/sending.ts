/**
 * The sending half of a data plane: a queue that is made, and where need be loaded, by the first `send()`. Most connections
 * only receive.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Link } from '../link.ts'
import type { QueueKind, QueueOptions, SendOptions, SendQueue } from './send-queue.ts'

/** The outbox, loaded when it is wanted. */
const lazyOutbox: QueueKind = { make: async (options) => (await import('./outbox.ts')).outbox.make(options) }

export class Sending {
  readonly #kind: QueueKind
  readonly #options: QueueOptions
  #queue: SendQueue | null = null
  /** The queue on its way; what is sent meanwhile keeps its order by waiting for the same promise. */
  #making: Promise<SendQueue> | null = null
  #entering = 0
  /** What is sent through, while there is one. Set by {@link through}. */
  link: Link | null = null
  #over = false
  /** Sent by the queues of earlier starts: StrictMode starts one actor twice. */
  #sentBefore = 0
  #lastProducer: SendQueue['producer']

  constructor(kind: QueueKind | undefined, options: QueueOptions) {
    this.#kind = kind ?? lazyOutbox
    this.#options = options
  }

  /** How many messages a transport has taken. */
  get sent(): number {
    return this.#sentBefore + (this.#queue?.sent ?? 0)
  }

  /** How many are unsettled. */
  get queued(): number {
    return (this.#queue?.queued ?? 0) + this.#entering
  }

  /** What they weigh in bytes. */
  get queuedBytes(): number {
    return this.#queue?.queuedBytes ?? 0
  }

  /** Under which number appends go out, where they are numbered. */
  get producer(): SendQueue['producer'] {
    return this.#queue?.producer ?? this.#lastProducer
  }

  send(data: unknown, options?: SendOptions): Promise<void> {
    const queue = this.#open()
    if (!(queue instanceof Promise) && this.#entering === 0) return queue.send(data, options)
    this.#entering += 1
    return Promise.resolve(queue).then(
      (made) => {
        this.#entering -= 1
        if (this.#over) throw closedBefore()
        return made.send(data, options)
      },
      (thrown: unknown) => {
        this.#entering -= 1
        throw asTransportError(thrown, 'network', 'The code for sending could not be loaded.')
      },
    )
  }

  /** A link is up, or gone. Call the latter after `link.close()`, so that it could settle what it knows. */
  through(link: Link | null): void {
    this.link = link
    if (link === null) this.#queue?.detach()
    else if (this.#queue !== null) this.#queue.attach(link)
    else if (this.#kind.mayHold?.(this.#options.input) === true) this.#openEarly()
  }

  /** Takes nothing new any more, and tells when all that waits is settled. */
  drain(drained: () => void): void {
    const close = (queue: SendQueue): void => {
      queue.close()
      queue.onDrained = drained
      if (queue.queued === 0) drained()
    }
    if (this.#queue !== null && this.#entering === 0) close(this.#queue)
    else this.#making?.then(close, () => {})
  }

  /** The actor started, again or for the first time. */
  start(): void {
    this.#over = false
  }

  /** Nothing that waits will ever go out. */
  stop(): void {
    this.#over = true
    const queue = this.#queue
    if (queue === null) return
    // As it was before what waits is given up: a resume token taken now must tell of it.
    this.#lastProducer = queue.producer
    queue.clear(closedBefore())
    this.#sentBefore += queue.sent
    this.#queue = null
    this.#making = null
  }

  #open(): SendQueue | Promise<SendQueue> {
    if (this.#queue !== null) return this.#queue
    if (this.#making !== null) return this.#making
    const made = this.#kind.make(this.#options)
    if (!(made instanceof Promise)) return this.#keep(made)
    this.#making = made.then(
      (queue) => this.#keep(queue),
      (thrown: unknown) => {
        this.#making = null
        throw thrown
      },
    )
    return this.#making
  }

  #openEarly(): void {
    const queue = this.#open()
    if (queue instanceof Promise)
      queue.catch((cause: unknown) => {
        this.#options.report(asTransportError(cause, 'network', 'The code for sending could not be loaded.'))
      })
  }

  #keep(queue: SendQueue): SendQueue {
    // Made too late: what it may hold is for the next start.
    if (this.#over) {
      this.#making = null
      return queue
    }
    this.#queue = queue
    if (this.link !== null) queue.attach(this.link)
    return queue
  }
}

function closedBefore(): TransportError {
  return new TransportError('aborted', 'The connection was closed before the message was sent.')
}
