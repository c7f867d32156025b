/**
 * One carrier that is tried, stood on or kept in reserve. Its link may be read before anybody wants the records: to see the first
 * byte.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, DialRequest, Link, Message } from '../link.ts'
import { HEADERS } from '../wire/names.ts'
import type { Reset } from './durable-gap.ts'
import type { Opened } from './durable-http.ts'
import type { DurableInput, DurableVia } from './durable-input.ts'
import type { Place } from './durable-position.ts'
import { mediaType } from './http-answer.ts'
import type { LadderHistory } from './ladder-evidence.ts'
import type { LadderMemory } from './ladder-memory.ts'

/** Opens a stream over one carrier. */
export type Carry = (via: DurableVia, input: DurableInput, request: DialRequest, place: Place) => Promise<Opened>

/** What all carriers of one dial and its link share. */
export interface Ladder {
  /** The best first. */
  readonly rungs: readonly DurableVia[]
  readonly input: DurableInput
  readonly request: DialRequest
  readonly origin: string
  readonly memory: LadderMemory
  readonly history: LadderHistory
  readonly carry: Carry
}

/** Whom an open tap tells. */
export interface TapOwner {
  /** Whether records of this one are wanted now; else they are kept. */
  wants(tap: Tap): boolean
  /** Takes an item, and says whether another is wanted. */
  give(item: Message | Bookmark): boolean
  /** A read came to its end: the chunk was more than was wanted, or the link is over. */
  rested(tap: Tap): void
  heard(tap: Tap): void
  /** It is of use: a record came, or a sign of life after a while. */
  proved(tap: Tap): void
}

export class Tap {
  readonly via: DurableVia
  /** Whether anything was heard, an answer's head included. */
  answered = false
  heardAt: number
  proved = false
  outcome: 'open' | 'ended' | TransportError = 'open'
  /** So many records that come next were handed over already, by another tap. */
  skip = 0
  /** Whether its records are those of every other carrier: a page of text is one piece, however many records it holds. */
  countable: boolean
  readonly #ladder: Ladder
  readonly #life = new AbortController()
  #owner: TapOwner | undefined
  #link: Link | undefined
  #openedAt = 0
  /** A stream server sends its first bytes with the head: a proxy that holds them back will hold back records as well. */
  #promised = false
  /** `head`: nothing of the body has come yet, and it is waited for. */
  #phase: 'dialling' | 'head' | 'open' | 'leaving' = 'dialling'
  #byteCame: () => void = () => {}
  #kept: (Message | Bookmark)[] = []
  #reading = false
  #appending = 0

  constructor(via: DurableVia, ladder: Ladder) {
    this.via = via
    this.#ladder = ladder
    this.heardAt = ladder.memory.now()
    this.countable = via !== 'long-poll'
  }

  get link(): Link {
    if (this.#link === undefined) throw new TransportError('internal', 'The carrier was used before it was open.')
    return this.#link
  }

  /** Resolves when it is open, or with what the server said about the place. Rejects when it is not, or was {@link abort}ed. */
  async open(place: Place, position: string | null): Promise<Reset | undefined> {
    const { request, carry, memory } = this.#ladder
    const { signal } = this.#life
    const heard = (): void => this.#heard()
    const opened = await carry(this.via, this.#watched(), { ...request, signal, position, heard }, place)
    if ('reset' in opened) return opened.reset
    this.#link = opened.link
    this.#openedAt = memory.now()
    this.#phase = 'head'
    if (this.#promised && !signal.aborted) await this.#firstByte()
    this.#phase = 'open'
    if (!signal.aborted && !(this.outcome instanceof TransportError)) return undefined
    this.close()
    throw this.outcome instanceof TransportError ? this.outcome : new TransportError('aborted', 'It was given up.')
  }

  #firstByte(): Promise<void> {
    return new Promise((resolve) => {
      this.#byteCame = resolve
      this.#life.signal.addEventListener('abort', () => resolve())
      this.pull()
    })
  }

  /** From now on it tells this one. */
  ownedBy(owner: TapOwner): void {
    this.#owner = owner
  }

  /** Gives an opening up. */
  abort(): void {
    this.#life.abort()
  }

  /** Hands over what was kept; `false` when no more is wanted. */
  handOver(): boolean {
    let next = 0
    let more = true
    while (more && next < this.#kept.length) {
      const item = this.#kept[next++]
      if (item !== undefined) more = this.#pass(item)
    }
    this.#kept = this.#kept.slice(next)
    return more
  }

  /** Reads on, unless it does. */
  pull(): void {
    if (this.#reading || this.outcome !== 'open') return
    this.#reading = true
    const rest = (outcome: Tap['outcome']): void => {
      this.#reading = false
      this.outcome = outcome
      this.#byteCame()
      this.#owner?.rested(this)
    }
    this.link.read(this.#take).then(
      (more) => rest(more ? 'open' : 'ended'),
      (thrown: unknown) => rest(asTransportError(thrown)),
    )
  }

  append: NonNullable<Link['append']> = async (append) => {
    const answer = this.link.append?.(append)
    if (answer === undefined) throw new TransportError('unsupported', 'This carrier cannot append under a number.')
    this.#appending++
    try {
      return await answer
    } finally {
      this.#appending--
      if (this.#phase === 'leaving' && this.#appending === 0) this.close()
    }
  }

  /** Closes when what is being appended has its answers. */
  leave(): void {
    this.#phase = 'leaving'
    if (this.#appending === 0) this.close()
  }

  close(code?: number, reason?: string): void {
    this.#kept = []
    this.#link?.close(code, reason)
    // Behind the link, which says goodbye: a socket hangs up when its signal aborts.
    this.#life.abort()
  }

  readonly #take = (item: Message | Bookmark): boolean => {
    if (this.#owner?.wants(this)) return this.#pass(item)
    this.#kept.push(item)
    // Before the first byte only the place where reading begins can have been told.
    return this.#phase === 'head'
  }

  #pass(item: Message | Bookmark): boolean {
    const isRecord = item.data !== undefined
    if (isRecord) this.#prove()
    if (this.skip === 0) return this.#owner?.give(item) ?? false
    // Bookmarks too: they are behind the place that was handed over.
    if (isRecord) this.skip--
    return true
  }

  #heard(): void {
    const { memory, request } = this.#ladder
    this.answered = true
    this.heardAt = memory.now()
    if (this.#phase === 'head') {
      this.#phase = 'open'
      this.#byteCame()
    }
    // A sign of life that is not the tail of the opening.
    const late = this.#link !== undefined && this.heardAt - this.#openedAt >= patience(request.heartbeatInterval) / 2
    if (late) this.#prove()
    if (this.#owner === undefined) request.heard()
    else this.#owner.heard(this)
  }

  #prove(): void {
    if (this.proved) return
    this.proved = true
    this.#owner?.proved(this)
  }

  /** The input with an ear for what the answers' heads say about the carrier. */
  #watched(): DurableInput {
    const { input } = this.#ladder
    const polling = this.via === 'long-poll'
    return {
      ...input,
      // Makes polling ask once before it waits: a poll that is held back looks like one that nobody will ever answer.
      ...(polling && { onGap: 'restart' }),
      onAnswer: async (answer) => {
        await input.onAnswer?.(answer)
        this.#promised = !polling && answer.header(HEADERS.protocol) !== undefined
        this.countable ||= mediaType(answer) === 'application/json'
      },
    }
  }
}

/** How long a working link may be silent, in ms: the server's default where no heartbeat is wanted. */
export function patience(heartbeatInterval: number): number {
  return Number.isFinite(heartbeatInterval) ? heartbeatInterval : 5_000
}
