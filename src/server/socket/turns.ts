/**
 * Whose turn it is, when several streams are read over one connection that does not take everything at once.
 *
 * @module
 */

/** Somebody who reads, page by page. */
export interface TurnTaker {
  // Written by {@link Turns} alone: most connections read one stream, and a set of those who have a turn weighs more.
  hasTurn: boolean
  /** The number of the last turn it had; 0: none yet. */
  lastTurn: number
  /** It may ask again. */
  resume(): void
}

/**
 * So many at once may have a page fetched. Of all pages that are there when the socket is full only one can be sent: with 128
 * streams and a slow peer the store would work 128 times for each page that leaves.
 */
const AT_ONCE = 4

/** A turn is one page. Next is who has waited for the longest, so that a long history starves nobody. */
export class Turns {
  readonly #outlet: { writable(): boolean }
  /** Those who wait; made when somebody has to. */
  #waiting: Set<TurnTaker> | null = null
  #called: TurnTaker | null = null
  #taken = 0
  #turns = 0
  #state: 'calm' | 'about to call' = 'calm'

  constructor(outlet: { writable(): boolean }) {
    this.#outlet = outlet
  }

  /**
   * Whether it may read now. If not it is resumed later, and has to ask again.
   *
   * @param isHeardy whether it could send what it reads.
   */
  ask(taker: TurnTaker, isHeardy: boolean): boolean {
    if (isHeardy && (taker.hasTurn || this.#isFreeFor(taker))) {
      if (!taker.hasTurn) this.#taken++
      taker.hasTurn = true
      return true
    }
    this.#giveBack(taker)
    this.#waiting ??= new Set()
    this.#waiting.add(taker)
    // The others may wait for something else.
    if (isHeardy) this.#callSoon()
    return false
  }

  /** It has sent its page, or there was none. */
  end(taker: TurnTaker): void {
    taker.lastTurn = ++this.#turns
    this.#giveBack(taker)
  }

  /** It reads no more, which may be what others waited for. */
  leave(taker: TurnTaker): void {
    this.#waiting?.delete(taker)
    this.#giveBack(taker)
    this.#callSoon()
  }

  /** There is room again: everybody who waits is asked once, as long as there is. */
  call(): void {
    const row = [...(this.#waiting ?? [])].sort((one, other) => one.lastTurn - other.lastTurn)
    for (const next of row) {
      if (this.#taken >= AT_ONCE || !this.#outlet.writable()) return
      if (this.#waiting?.delete(next) !== true) continue
      this.#called = next
      next.resume()
      this.#called = null
    }
  }

  #giveBack(taker: TurnTaker): void {
    if (!taker.hasTurn) return
    taker.hasTurn = false
    this.#taken--
    this.#callSoon()
  }

  #isFreeFor(taker: TurnTaker): boolean {
    if (this.#taken >= AT_ONCE) return false
    return taker === this.#called || this.#nobodyWaits()
  }

  #nobodyWaits(): boolean {
    return this.#waiting === null || this.#waiting.size === 0
  }

  /** Not now: whoever ends a turn is in the middle of it, and another one in the middle of that would nest 128 deep. */
  #callSoon(): void {
    if (this.#state !== 'calm' || this.#nobodyWaits()) return
    this.#state = 'about to call'
    queueMicrotask(() => {
      this.#state = 'calm'
      this.call()
    })
  }
}
