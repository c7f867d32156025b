/**
 * The data plane of one connection, as long as somebody looks: its messages pass the chart, so XState's inspection does not see them.
 *
 * @module
 */
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { DataPlane } from '../../src/connection/plane.ts'
import { type SendOutcome, tapSends } from '../../src/connection/send-tap.ts'
import { TransportError } from '../../src/errors.ts'
import { bounds } from '../protocol/bounds.ts'
import type { ConnectionFacts, FrameMessage } from '../protocol/messages.ts'
import { byteLengthOf } from './byte-length.ts'
import type { Redaction } from './redact.ts'
import type { Teller } from './teller.ts'

/** An actor with a data plane. */
interface Connection {
  on(type: string, hear: (event: { readonly [fact: string]: unknown }) => void): { unsubscribe(): void }
  getSnapshot(): unknown
}

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
  #toldProtocol: string | null = null

  constructor(connection: Connection, plane: DataPlane, id: string, teller: Teller, redaction: Redaction) {
    this.#connection = connection
    this.#plane = plane
    this.#id = id
    this.#teller = teller
    this.#redaction = redaction
    const on = (what: FrameMessage['what'], contentOf: (event: { readonly [fact: string]: unknown }) => unknown) =>
      connection.on(what, (event) => teller.guard(() => this.#hear(what, contentOf(event))))
    this.#subscriptions = [
      on('message', ({ message }) => (message as { readonly data: unknown }).data),
      on('gap', ({ gap }) => gap),
      on('error', ({ error }) => error),
      { unsubscribe: tapSends(plane.sending, (data, sequence) => this.#sent(data, sequence)) },
    ]
  }

  /** Whether the connection speaks another protocol than was told. */
  get hasNewFacts(): boolean {
    return this.#protocol() !== this.#toldProtocol
  }

  /** What is known of it, counted as told. */
  tellFacts(): ConnectionFacts {
    const { input } = this.#plane
    const url: unknown = Reflect.get(input, 'url')
    this.#toldProtocol = this.#protocol()
    return {
      url: typeof url === 'string' || url instanceof URL ? this.#redaction.words(String(url)) : null,
      protocol: this.#toldProtocol,
      maxAttempts: input.maxAttempts ?? null,
    }
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

  /** While there is no link, of the last one. */
  #protocol(): string | null {
    return this.#plane.sending.link?.protocol ?? this.#toldProtocol
  }

  #sent(data: unknown, sequence: number | undefined): SendOutcome | null {
    const teller = this.#teller
    const seq = teller.guard(() => this.#hear('send', data, sequence)) ?? null
    return seq === null ? null : (error) => teller.guard(() => this.#tellSettled(seq, error))
  }

  #tellSettled(seq: number, error: unknown): void {
    // Nobody looks any more.
    if (this.#subscriptions.length === 0) return
    const code = error instanceof TransportError ? error.code : 'send_failed'
    const failure = error === undefined ? null : code
    this.#teller.tell({ kind: 'settled', t: this.#teller.now(), actor: this.#id, seq, failure })
  }

  /** Tells of something on the wire, unless there is too much. Answers its number. */
  #hear(what: FrameMessage['what'], data: unknown, sequence?: number): number | null {
    const teller = this.#teller
    if (!teller.mayTellFrame()) return null
    const isOut = what === 'send'
    const seq = teller.nextSeq()
    const content = sequence === undefined ? data : recordIn(data)
    teller.keepFrame(seq, content, this.#redaction)
    teller.tell({
      kind: 'frame',
      seq,
      t: teller.now(),
      actor: this.#id,
      direction: isOut ? 'out' : 'in',
      what,
      bytes: byteLengthOf(data),
      position: isOut ? null : this.#position(),
      text: teller.wantsTexts ? this.#textOf(content) : null,
      ...(sequence !== undefined && { sequence }),
    })
    return seq
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

/** A record of a stream of JSON stands as JSON on the wire; one that is a text is shown as that text. */
function recordIn(data: unknown): unknown {
  if (typeof data !== 'string' || data.length > bounds.textLength) return data
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'string' ? value : data
  } catch {
    return data
  }
}
