/**
 * The sending half of a data plane: an outbox that is made, and where need be loaded, by the first `send()`. Most connections
 * only receive.
 *
 * @module
 */
import type { Translate } from '../codecs/schema.ts'
import { TransportError } from '../errors.ts'
import type { Link } from '../link.ts'
import type { Clock } from './clock.ts'
import type { Outbox, OutboxOptions, SendOptions } from './outbox.ts'

/** The code of the outbox, where it is there from the start. */
export type OutboxCode = typeof Outbox | undefined

export class Sending {
  readonly #code: OutboxCode
  readonly #encode: Translate
  readonly #options: OutboxOptions | undefined
  readonly #clock: Clock
  #outbox: Outbox | null = null
  /** The code on its way; what is sent meanwhile keeps its order by waiting for the same promise. */
  #loading: Promise<Outbox> | null = null
  #entering = 0
  #link: Link | null = null
  #over = false

  constructor(code: OutboxCode, encode: Translate, options: OutboxOptions | undefined, clock: Clock) {
    this.#code = code
    this.#encode = encode
    this.#options = options
    this.#clock = clock
  }

  /** How many messages a transport has taken. */
  get sent(): number {
    return this.#outbox?.sent ?? 0
  }

  /** How many are unsettled. */
  get queued(): number {
    return (this.#outbox?.queued ?? 0) + this.#entering
  }

  send(data: unknown, options?: SendOptions): Promise<void> {
    if (this.#code !== undefined) return this.#open(this.#code).send(data, options)
    if (this.#outbox !== null && this.#entering === 0) return this.#outbox.send(data, options)
    this.#entering += 1
    return this.#load().then(
      (outbox) => {
        this.#entering -= 1
        if (this.#over) throw closedBefore()
        return outbox.send(data, options)
      },
      (cause: unknown) => {
        this.#entering -= 1
        this.#loading = null
        throw new TransportError('network', 'The code for sending could not be loaded.', { cause })
      },
    )
  }

  /** A link is up, or gone. Call the latter after `link.close()`, so that it could settle what it knows. */
  through(link: Link | null): void {
    this.#link = link
    if (link === null) this.#outbox?.detach()
    else this.#outbox?.attach(link)
  }

  /** Takes nothing new any more, and tells when all that waits is settled. */
  drain(drained: () => void): void {
    const close = (outbox: Outbox): void => {
      outbox.close()
      outbox.onDrained = drained
      if (outbox.queued === 0) drained()
    }
    if (this.#outbox !== null && this.#entering === 0) close(this.#outbox)
    else this.#loading?.then(close, () => {})
  }

  /** The actor started, again or for the first time. */
  start(): void {
    this.#over = false
  }

  /** Nothing that waits will ever go out. */
  stop(): void {
    this.#over = true
    this.#outbox?.clear(closedBefore())
  }

  #load(): Promise<Outbox> {
    this.#loading ??= import('./outbox.ts').then((code) => this.#open(code.Outbox))
    return this.#loading
  }

  #open(Code: typeof Outbox): Outbox {
    if (this.#outbox === null) {
      this.#outbox = new Code(this.#encode, this.#options, this.#clock)
      if (this.#link !== null) this.#outbox.attach(this.#link)
    }
    return this.#outbox
  }
}

function closedBefore(): TransportError {
  return new TransportError('aborted', 'The connection was closed before the message was sent.')
}
