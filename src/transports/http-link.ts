/**
 * One streamed HTTP answer as a {@link Link}: what SSE and the line formats have in common.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, Deliver, DialRequest, Link, Message, Outgoing } from '../link.ts'
import { type AnswerHead, abandoned, type HttpBody } from './http-answer.ts'
import type { Exchange } from './http-dial.ts'
import type { PositionSession } from './positions.ts'
import type { Poster } from './post.ts'
import { createLazyPoster } from './post-lazy.ts'
import type { HttpInput } from './request-input.ts'

/** Takes what a reader found. */
export type Emit = (item: Message | Bookmark) => void

/** Makes messages of bytes. It may throw a `TransportError`, after having emitted everything before the fault. */
export interface StreamReader {
  feed(chunk: Uint8Array, emit: Emit): void
  /** The bytes ended cleanly: emits what is complete without a terminator. */
  end?(emit: Emit): void
}

/** What an answer needs to become a link. */
export interface HttpLinkOptions extends Exchange {
  readonly protocol: string
  readonly reader: StreamReader
  readonly dial: DialRequest
  /** Whether the end of the bytes is the end of the stream; otherwise it is `interrupted`. */
  readonly endIsEnd: boolean
  /** Ends the request. */
  readonly life: AbortController
  /** Gives the messages other positions than the reader's. */
  readonly session?: PositionSession | undefined
}

/** Takes the answer's body over. */
export const httpLink = (options: HttpLinkOptions): Link => new HttpLink(options)

/**
 * Keeps what an open link needs, and nothing else of the request, the answer and the dial: those would weigh 2 kB for as long as
 * the stream lives. What a link is called by are functions of its own, because whoever wraps a link spreads it; the rest are
 * methods, as each closure weighs 56 bytes.
 */
class HttpLink implements Link {
  readonly protocol: string
  readonly #input: HttpInput
  readonly #until: HttpInput['until']
  readonly #repeatable: boolean
  readonly #header: AnswerHead['header']
  readonly #body: HttpBody
  readonly #reader: StreamReader
  readonly #heard: () => void
  readonly #endIsEnd: boolean
  readonly #session: PositionSession | undefined
  /** Only filled while the consumer is full, with at most what one chunk holds. */
  #kept: (Message | Bookmark)[] = []
  #deliver: Deliver | undefined
  #outcome: 'open' | 'ended' | TransportError = 'open'
  /** Only for `fetch`: in Firefox a cancelled reader leaves the connection open when its first byte was cut off. */
  readonly #life: AbortController | undefined
  #poster: Poster | undefined

  constructor({ protocol, request, answer, reader, dial, endIsEnd, life, session }: HttpLinkOptions) {
    this.#life = answer.body.own === undefined ? life : undefined
    this.protocol = protocol
    this.#input = request.input
    this.#until = request.input.until
    this.#repeatable = request.repeatable
    this.#header = answer.header
    this.#body = answer.body
    this.#reader = reader
    this.#heard = dial.heard
    this.#endIsEnd = endIsEnd
    this.#session = session
  }

  readonly read = (deliver: Deliver): Promise<boolean> =>
    this.#outcome === 'open' && this.#kept.length === 0 ? this.#pull(deliver) : this.#rest(deliver)

  readonly write = (batch: readonly Outgoing[]): Promise<void> => this.#posts().write(batch)

  readonly close = (): void => {
    if (this.#outcome === 'open') this.#finish(abandoned())
    this.#kept = []
    this.#posts().close()
    this.#life?.abort()
  }

  readonly #emit: Emit = (item) => {
    // A listener may close the link, and a terminal message ends it, in the middle of a chunk.
    if (this.#outcome !== 'open' || this.#session?.place(item) === false) return
    // Full: the rest of the chunk waits for the next read.
    if (this.#deliver === undefined) this.#kept.push(item)
    else if (!this.#deliver(item)) this.#deliver = undefined
    if (this.#until !== undefined && isMessage(item) && this.#until(item)) this.#finish('ended')
  }

  readonly #onChunk = (chunk: Uint8Array): boolean => {
    this.#heard()
    try {
      this.#reader.feed(chunk, this.#emit)
    } catch (thrown) {
      this.#fail(thrown)
    }
    return this.#outcome === 'open' && this.#deliver !== undefined
  }

  #end(): void {
    try {
      this.#reader.end?.(this.#emit)
      if (!this.#endIsEnd) throw new TransportError('interrupted', 'The stream stopped before its end.')
      this.#finish('ended')
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): void {
    const error = asTransportError(thrown)
    // Nothing fails before what came is handed over, so that what the session has placed is where the next attempt begins.
    const repeatable = this.#repeatable || this.#session?.resumable === true
    const { code, message, cause } = error
    // An error is dear, for its stack: one that says it already is passed on.
    this.#finish(error.repeatable === repeatable ? error : new TransportError(code, message, { cause, repeatable }))
  }

  #finish(how: 'ended' | TransportError): void {
    if (this.#outcome !== 'open') return
    this.#outcome = how
    this.#body.cancel()
  }

  /** Not `await`: an async function that waits here for hours weighs 0.4 kB. */
  #pull(deliver: Deliver): Promise<boolean> {
    this.#deliver = deliver
    // Who reads has the link: the dial is over, and its signal need not be kept.
    this.#body.own?.()
    return this.#body.read(this.#onChunk).then(
      (more) => {
        if (!more) this.#end()
        return this.#taken()
      },
      (thrown) => {
        this.#fail(thrown)
        return this.#taken()
      },
    )
  }

  /** A full consumer takes the rest first; only then does it hear how the stream went on. */
  #taken(): boolean {
    const full = this.#deliver === undefined
    this.#deliver = undefined
    return full || this.#verdict()
  }

  /** Hands over what was kept, then goes on. */
  async #rest(deliver: Deliver): Promise<boolean> {
    for (let index = 0; index < this.#kept.length; index++) {
      const item = this.#kept[index]
      if (item === undefined || deliver(item)) continue
      this.#kept = this.#kept.slice(index + 1)
      return true
    }
    this.#kept = []
    return this.#outcome === 'open' ? this.#pull(deliver) : this.#verdict()
  }

  #verdict(): boolean {
    if (this.#outcome === 'ended') return false
    throw this.#outcome
  }

  /** Made when first used: most streams only receive. */
  #posts(): Poster {
    this.#poster ??= createLazyPoster({ input: this.#input, answer: () => ({ header: this.#header }) })
    return this.#poster
  }
}

function isMessage(item: Message | Bookmark): item is Message {
  return item.data !== undefined
}
