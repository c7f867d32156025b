/**
 * The six connections that a browser opens to a host over HTTP/1.1: reads that stay open take turns, so that a request always gets
 * through.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { checkFunction, checkOption } from './option-checks.ts'
import { isPage, speaksHttp2, whenProtocolsChange } from './origin-slots-protocol.ts'

export interface OriginSlotsOptions {
  /**
   * Streaming reads of one origin that may be open at once. Default 4: of the six connections one is left for a poll, and one for
   * sends and everything else.
   */
  readonly reads?: number | undefined
  /** Long-polls that may be held open beside them. Default 1; more of them take the place of streaming reads. */
  readonly polls?: number | undefined
  /**
   * Whether the limit holds at this origin (`https://example.com`). Default: in a browser, as long as the origin was not seen to
   * speak HTTP/2 or 3, which put all requests on one connection; `http:` never does there. In Node: nowhere.
   */
  readonly isLimited?: ((origin: string) => boolean) | undefined
}

/** What stays open: a streaming read, or a long-poll. */
export type SlotKind = 'read' | 'poll'

/** How it stands at one origin. */
export interface SlotCounts {
  /** Reads and polls that are open or being opened. */
  readonly held: number
  /**
   * Reads and polls that wait for one of those to end. Their connections are `connecting`; a long-poll takes waiting for a server that
   * holds it back, and is `connected` after a second.
   */
  readonly waiting: number
  /** The most that can be held; `Infinity` where there is no limit. */
  readonly limit: number
}

interface Waiting {
  readonly kind: SlotKind
  begin(): void
}

interface Origin {
  readonly held: Record<SlotKind, number>
  /** Who came first is first. */
  readonly waiting: Set<Waiting>
}

/** Who may read from which origin at present; see {@link createOriginSlots}. */
export class OriginSlots {
  readonly #most: Readonly<Record<SlotKind, number>>
  readonly #isLimited: (origin: string) => boolean
  readonly #origins = new Map<string, Origin>()
  #stopWatching: (() => void) | undefined

  constructor({ reads = 4, polls = 1, isLimited = isLimitedHere }: OriginSlotsOptions = {}) {
    checkOption(Number.isSafeInteger(reads) && reads > 0, 'reads', 'a whole number above 0')
    checkOption(Number.isSafeInteger(polls) && polls >= 0, 'polls', 'a whole number from 0')
    checkFunction('isLimited', isLimited)
    this.#most = { read: reads, poll: polls }
    this.#isLimited = isLimited
  }

  /** How many reads of the URL's origin are open, and how many wait for their turn. */
  counts(url: string | URL): SlotCounts {
    const { origin } = new URL(url, globalThis.location?.href)
    const { held, waiting } = this.#origins.get(origin) ?? nothing()
    const limit = this.isLimited(origin) ? this.#most.read + this.#most.poll : Number.POSITIVE_INFINITY
    return { held: held.read + held.poll, waiting: waiting.size, limit }
  }

  isLimited(origin: string): boolean {
    return this.#isLimited(origin)
  }

  /**
   * Resolves when there is room, with what gives it back. Rejects `aborted` with the signal, and `limit_reached` when `late` resolves
   * before.
   */
  take(origin: string, kind: SlotKind, signal: AbortSignal, late: Promise<void>): Promise<() => void> {
    const place = this.#origins.get(origin) ?? nothing()
    this.#origins.set(origin, place)
    const given = this.#give(origin, place, kind, place.waiting.size > 0)
    if (given !== undefined) return Promise.resolve(given)
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        kind,
        begin: () => {
          const begun = this.#give(origin, place, kind, false)
          if (begun === undefined) return
          done()
          resolve(begun)
        },
      }
      const done = (): void => {
        place.waiting.delete(waiting)
        signal.removeEventListener('abort', abort)
        this.#tidy(origin, place)
      }
      const abort = (): void => {
        done()
        reject(new TransportError('aborted', 'The request was given up.'))
      }
      place.waiting.add(waiting)
      signal.addEventListener('abort', abort)
      void late.then(() => {
        if (!place.waiting.has(waiting)) return
        done()
        reject(this.#limitReached())
      })
      this.#stopWatching ??= whenProtocolsChange(() => this.#callAll())
    })
  }

  /** @param inLine others wait already: only the polls' own room is open to somebody new. */
  #give(origin: string, { held }: Origin, kind: SlotKind, inLine: boolean): (() => void) | undefined {
    const free = (one: SlotKind): boolean => held[one] < this.#most[one]
    const taken = kind === 'poll' && free('poll') ? 'poll' : 'read'
    if ((!free(taken) || (inLine && taken === 'read')) && this.isLimited(origin)) return undefined
    held[taken]++
    let give = (): void => {
      give = () => {}
      held[taken]--
      this.#call(origin)
    }
    return () => give()
  }

  #callAll(): void {
    for (const origin of [...this.#origins.keys()]) this.#call(origin)
  }

  #call(origin: string): void {
    const place = this.#origins.get(origin)
    if (place === undefined) return
    for (const { begin } of [...place.waiting]) begin()
    this.#tidy(origin, place)
  }

  #tidy(origin: string, { held, waiting }: Origin): void {
    if (held.read + held.poll + waiting.size === 0) this.#origins.delete(origin)
    if (this.#stopWatching === undefined || [...this.#origins.values()].some((one) => one.waiting.size > 0)) return
    this.#stopWatching()
    this.#stopWatching = undefined
  }

  #limitReached(): TransportError {
    const { read, poll } = this.#most
    const sentence = `${read} streaming reads and ${poll} long-polls of this origin are open, which is what a browser's connections over HTTP/1.1 allow: close one, use WebSocket, or serve HTTP/2.`
    return new TransportError('limit_reached', sentence)
  }
}

function nothing(): Origin {
  return { held: { read: 0, poll: 0 }, waiting: new Set() }
}

function isLimitedHere(origin: string): boolean {
  return isPage() && !speaksHttp2(origin)
}

/**
 * Counts the reads of each origin that stay open, for {@link withSlots}. One serves all connections of a page; other tabs have the
 * same six connections, and cannot be counted.
 *
 * @throws TransportError `bad_option`.
 * @example
 * const slots = createOriginSlots()
 * const feed = connection(withSlots(sse, slots), { codec: text })
 */
export function createOriginSlots(options?: OriginSlotsOptions): OriginSlots {
  return new OriginSlots(options)
}
