/**
 * The data plane of one connection, as long as somebody looks: its messages pass the chart, so XState's inspection does not see them.
 *
 * @module
 */
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { DataPlane } from '../../src/connection/plane.ts'
import { byteLengthOf } from './byte-length.ts'
import type { Redaction } from './redact.ts'
import type { Teller } from './teller.ts'

/** An actor with a data plane. */
interface Connection {
  on(type: string, hear: (event: { readonly [fact: string]: unknown }) => void): { unsubscribe(): void }
  getSnapshot(): unknown
}

type What = 'message' | 'gap' | 'error'

/** A short text: what one message of a stream usually has. */
const textLength = 4_096

export class ConnectionWire {
  readonly #connection: Connection
  readonly #plane: DataPlane
  readonly #id: string
  readonly #teller: Teller
  readonly #redaction: Redaction
  #subscriptions: readonly { unsubscribe(): void }[]
  #toldHealth = ''

  constructor(connection: Connection, plane: DataPlane, id: string, teller: Teller, redaction: Redaction) {
    this.#connection = connection
    this.#plane = plane
    this.#id = id
    this.#teller = teller
    this.#redaction = redaction
    const on = (what: What, contentOf: (event: { readonly [fact: string]: unknown }) => unknown) =>
      connection.on(what, (event) => teller.guard(() => this.#hear(what, contentOf(event))))
    this.#subscriptions = [
      on('message', ({ message }) => message),
      on('gap', ({ gap }) => gap),
      on('error', ({ error }) => error),
    ]
  }

  stop(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
    this.#subscriptions = []
  }

  /** How the connection is, unless that is what was told last. */
  readHealth(): void {
    const { context, status } = this.#connection.getSnapshot() as ConnectionSnapshot
    if (status !== 'active') return
    const { attempt, failure } = context
    const facts = {
      ...this.#plane.counts,
      queued: this.#plane.sending.queued,
      attempt,
      silence: Math.round(this.#plane.silence),
      position: this.#position(),
      failure: failure && { code: failure.code, message: this.#redaction.words(failure.message) },
    }
    const told = JSON.stringify(facts)
    if (told === this.#toldHealth) return
    this.#toldHealth = told
    this.#teller.tell({ kind: 'health', t: this.#teller.now(), actor: this.#id, ...facts })
  }

  #hear(what: What, content: unknown): void {
    const teller = this.#teller
    if (!teller.mayTellFrame()) return
    const data = what === 'message' ? (content as { readonly data: unknown }).data : content
    const seq = teller.nextSeq()
    teller.keepFrame(seq, data, this.#redaction)
    teller.tell({
      kind: 'frame',
      seq,
      t: teller.now(),
      actor: this.#id,
      direction: 'in',
      what,
      bytes: byteLengthOf(data),
      position: this.#position(),
      text: teller.wantsTexts ? this.#textOf(data) : null,
    })
  }

  #position(): string | null {
    const { position } = this.#plane
    return position === null ? null : this.#redaction.words(position)
  }

  /** A text as it is, anything else as JSON. */
  #textOf(data: unknown): string {
    const text = this.#redaction.text(data, textLength)
    if (typeof data !== 'string') return text
    try {
      return String(JSON.parse(text))
    } catch {
      return text
    }
  }
}
