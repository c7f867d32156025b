/**
 * What the application does with its connection: it reads, iterates slowly and sends, and remembers what came of it.
 *
 * @module
 */

import type { ConnectionActor } from '../../src/connection/logic.ts'
import type { MessageIterator } from '../../src/connection/messages.ts'
import { messagesOf, sendOver, TransportError } from '../../src/index.ts'
import { follow, type Model, type Written } from './model.ts'
import { type Entry, torn } from './origin.ts'

/** An iterator is full at so many messages, and reads on when only half of them wait. */
const highWaterMark = 4

export interface Sent {
  readonly id: string
  /** `null` while it is not settled. */
  outcome: 'sent' | string | null
}

/** A slow reader, and how much waits for it. */
class SlowReader {
  readonly #messages: MessageIterator<Entry>
  #waiting = 0
  /** A `next()` that no message has answered yet, nor the end. */
  asking = false
  full = false
  ended = false
  readonly expected: string[] = []
  readonly taken: string[] = []

  constructor(actor: ConnectionActor) {
    this.#messages = messagesOf<Entry>(actor as never, { highWaterMark })
  }

  /** The connection has handed a message over. */
  note(id: string): void {
    this.expected.push(id)
    if (this.asking) {
      this.asking = false
      return
    }
    this.#waiting += 1
    if (this.#waiting >= highWaterMark) this.full = true
  }

  take(): void {
    if (this.asking || this.ended) return
    this.asking = this.#waiting === 0
    if (!this.asking) this.#waiting -= 1
    if (this.#waiting <= highWaterMark / 2) this.full = false
    void this.#ask()
  }

  leave(): void {
    void this.#messages.return?.()
    this.ended = true
  }

  async #ask(): Promise<void> {
    try {
      const { done, value } = await this.#messages.next()
      if (done === true) this.ended = true
      else this.taken.push(value.data.id)
    } catch {
      this.ended = true
    }
    if (this.ended) this.asking = false
  }
}

export class Application {
  readonly sends: Sent[] = []
  /** What the log does not explain. */
  readonly complaints: string[] = []
  reader: SlowReader | null = null
  heard = 0
  readonly #model: Model
  readonly #written: Written

  constructor(model: Model, written: Written) {
    this.#model = model
    this.#written = written
  }

  attach(actor: ConnectionActor): void {
    this.reader = null
    actor.on('message', ({ message }) => this.#hear(message.data as Entry))
  }

  iterate(actor: ConnectionActor): void {
    this.reader ??= new SlowReader(actor)
  }

  /** Leaves the loop; a full reader no longer holds anybody up. */
  leave(): void {
    this.reader?.leave()
    this.reader = null
  }

  get unsettled(): number {
    return this.sends.filter(({ outcome }) => outcome === null).length
  }

  send(actor: ConnectionActor, pad: string, signal?: AbortSignal): void {
    this.#model.sent += 1
    const sent: Sent = { id: `s${this.#model.sent}`, outcome: null }
    this.sends.push(sent)
    const settle = (outcome: string): void => {
      if (sent.outcome !== null) this.complaints.push(`${sent.id} was settled twice`)
      sent.outcome = outcome
    }
    sendOver(actor as never, { id: sent.id, text: torn, pad } as never, { signal }).then(
      () => settle('sent'),
      (error: unknown) => settle(error instanceof TransportError ? error.code : `not typed: ${String(error)}`),
    )
  }

  #hear({ id, text }: Entry): void {
    this.heard += 1
    this.reader?.note(id)
    if (text !== torn) this.complaints.push(`${id} arrived with the text ${text}`)
    const cursor = follow(this.#model.protocol, this.#written, this.#model.cursor, id)
    if (cursor !== null) this.#model.cursor = cursor
    else {
      const { log } = this.#written
      const near = log.slice(Math.max(0, this.#model.cursor - 2), this.#model.cursor + 3).join(' ')
      this.complaints.push(`${id} came at ${this.#model.cursor} of a log that says … ${near} …`)
    }
  }
}
