/**
 * An attempt that goes on behind the last id of an event stream.
 *
 * @module
 */
import type { Bookmark, Message } from '../link.ts'
import type { PositionSession, ResumedRequest } from './positions.ts'
import { utf8AsLatin1 } from './positions-header.ts'
import type { IsRepeat } from './positions-picked.ts'
import { resumed } from './positions-request.ts'
import type { HttpInput } from './request-input.ts'

/** Where it begins and how it tells what came before. */
export interface EventIdOptions {
  readonly input: Pick<HttpInput, 'url' | 'query' | 'headers'>
  readonly position: string | null
  readonly url: string | undefined
  readonly isRepeat: IsRepeat | undefined
}

/** Takes the positions that the transport has given: the id that stood last before the end of each event. */
export class EventIdSession implements PositionSession {
  readonly #options: EventIdOptions
  #last: string
  /** The id in force, as this attempt has heard it. */
  #id: string | undefined
  #repeats = false

  constructor(options: EventIdOptions) {
    this.#options = options
    this.#last = options.position ?? ''
  }

  /** An empty id takes the position back (WHATWG HTML, section 9.2.6). */
  get resumable(): boolean {
    return this.#last !== ''
  }

  async ask(): Promise<ResumedRequest | undefined> {
    if (!this.resumable) return undefined
    const { input, url } = this.#options
    return resumed(input, { url, headers: { 'last-event-id': utf8AsLatin1(this.#last) } })
  }

  place({ position }: Message | Bookmark): boolean {
    // An event without an id of its own belongs to the one before it: what became of that becomes of this.
    if (position !== this.#id) {
      this.#id = position
      this.#repeats =
        position !== undefined && this.resumable && this.#options.isRepeat?.(position, this.#last) === true
      if (!this.#repeats) this.#last = position ?? this.#last
    }
    return !this.#repeats
  }
}
