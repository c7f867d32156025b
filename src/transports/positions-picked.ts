/**
 * An attempt of a strategy that finds its positions in the messages.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, Message } from '../link.ts'
import type { PositionSession, ResumedRequest } from './positions.ts'
import { type Find, jsonOf } from './positions-pick.ts'
import { type ResumeRequest, resumed } from './positions-request.ts'
import type { HttpInput } from './request-input.ts'

/** Where to go on. */
export interface ResumePoint {
  /** The position that `pick` found in the last message handed over. */
  readonly after: string
  /** What `id` has found; empty where there is no such option. As the server sent it: encode it before it goes into a URL. */
  readonly id: string
}

/** Makes the request that goes on. What it throws fails the attempt; a `TransportError` also says whether to try again. */
export type Resume = (point: ResumePoint) => ResumeRequest | Promise<ResumeRequest>

/** Whether a message at `position` came before, when the last one stood at `last`. */
export type IsRepeat = (position: string, last: string) => boolean

/** A strategy's parts, checked. */
export interface Parts {
  readonly find: Find
  /** Finds what the whole stream is called: the id of an answer, say. */
  readonly findId: Find | undefined
  /** Whether any of the two looks into JSON. */
  readonly looksIntoJson: boolean
  readonly resume: Resume
  readonly isRepeat: IsRepeat | undefined
}

/** What `find` finds in messages, and `findId` once in one of the first. */
export class PickedSession implements PositionSession {
  readonly #parts: Parts
  readonly #input: Parameters<typeof resumed>[0]
  #id: string | undefined
  #after: string | undefined

  /** Throws `bad_option` for a position that no attempt of this strategy has given. */
  constructor(parts: Parts, input: Pick<HttpInput, 'url' | 'query' | 'headers'>, position: string | null) {
    this.#parts = parts
    this.#input = input
    if (parts.findId === undefined) {
      this.#id = ''
      this.#after = position || undefined
    } else if (position !== null) [this.#id, this.#after] = separated(position)
  }

  get resumable(): boolean {
    return this.#after !== undefined
  }

  async ask(): Promise<ResumedRequest | undefined> {
    const after = this.#after
    const id = this.#id
    if (after === undefined || id === undefined) return undefined
    try {
      return resumed(this.#input, await this.#parts.resume({ after, id }))
    } catch (thrown) {
      throw asTransportError(thrown, 'internal', 'The function that says how to go on failed.')
    }
  }

  place(item: Message | Bookmark): boolean {
    // The protocol's own positions say nothing here.
    if (item.data === undefined) return false
    const { find, findId, isRepeat, looksIntoJson } = this.#parts
    const json = looksIntoJson ? jsonOf(item) : undefined
    if (findId !== undefined) this.#id ??= named(findId(item, json))
    const after = find(item, json)
    item.position = undefined
    // Without its id the stream could not be asked for: no position, though there is a number.
    if (after === undefined || this.#id === undefined) return true
    if (this.#after !== undefined && isRepeat?.(after, this.#after) === true) return false
    this.#after = after
    item.position = findId === undefined ? after : joined(this.#id, after)
    return true
  }
}

/** An id of dots alone would step out of its folder, even encoded (WHATWG URL, section 4.4). */
function named(id: string | undefined): string | undefined {
  return id === undefined || /^\.+$/.test(id) ? undefined : id
}

/** Both in one text, because the position is all that survives a reload. A slash stands in neither once they are encoded. */
function joined(id: string, after: string): string {
  return `${encodeURIComponent(id)}/${encodeURIComponent(after)}`
}

function separated(position: string): [id: string, after: string] {
  const [id = '', after = '', ...rest] = position.split('/')
  try {
    if (rest.length === 0 && named(decodeURIComponent(id)) && after !== '')
      return [decodeURIComponent(id), decodeURIComponent(after)]
  } catch {
    // Half a percent sign: refused like the rest.
  }
  throw new TransportError('bad_option', 'Option position must be one that this strategy gave.')
}
