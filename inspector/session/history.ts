/**
 * What something was, over time: the newest last, found by its instant.
 *
 * @module
 */

/** Takes from its front in constant time on average: the room is given back once half of it is empty. */
export class Ring<Item> {
  #items: Item[] = []
  #head = 0
  #copy: readonly Item[] | undefined

  get size(): number {
    return this.#items.length - this.#head
  }

  get first(): Item | undefined {
    return this.#items[this.#head]
  }

  get last(): Item | undefined {
    return this.size === 0 ? undefined : this.#items.at(-1)
  }

  /** Counted from the oldest that is kept. */
  item(index: number): Item | undefined {
    return index < 0 ? undefined : this.#items[this.#head + index]
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#copy = undefined
  }

  /** Before the item at this place. */
  insert(index: number, item: Item): void {
    this.#items.splice(this.#head + index, 0, item)
    this.#copy = undefined
  }

  shift(): void {
    if (this.size === 0) return
    this.#head++
    this.#copy = undefined
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
  }

  removeLast(): void {
    if (this.size > 0) this.#items.pop()
    this.#copy = undefined
  }

  replaceLast(item: Item): void {
    if (this.size > 0) this.#items[this.#items.length - 1] = item
    this.#copy = undefined
  }

  /** The same array until something changes. */
  get all(): readonly Item[] {
    this.#copy ??= this.#items.slice(this.#head)
    return this.#copy
  }
}

/** How many items stand before the first one that is not `before`. They are sorted that way. */
export function countWhile<Item>(items: Pick<Ring<Item>, 'item' | 'size'>, before: (item: Item) => boolean): number {
  let low = 0
  let high = items.size
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items.item(middle)
    if (item !== undefined && before(item)) low = middle + 1
    else high = middle
  }
  return low
}

/** Moments in the order of `t`; those of one instant in the order of their arrival. */
export class History<Moment extends { readonly t: number }> {
  readonly #moments = new Ring<Moment>()

  get size(): number {
    return this.#moments.size
  }

  get all(): readonly Moment[] {
    return this.#moments.all
  }

  get oldest(): Moment | undefined {
    return this.#moments.first
  }

  get newest(): Moment | undefined {
    return this.#moments.last
  }

  /** The last one that is not later than `t`; the newest of all for `null`. */
  at(t: number | null): Moment | undefined {
    const newest = this.#moments.last
    if (t === null || newest === undefined || newest.t <= t) return newest
    return this.#moments.item(countWhile(this.#moments, (moment) => moment.t <= t) - 1)
  }

  /** The last one for which this holds; it must hold for all that are older too. */
  lastWhile(holds: (moment: Moment) => boolean): Moment | undefined {
    return this.#moments.item(countWhile(this.#moments, holds) - 1)
  }

  /** Answers whether it became the newest: a message that was kept back belongs before what came meanwhile. */
  add(moment: Moment): boolean {
    const newest = this.#moments.last
    if (newest === undefined || newest.t <= moment.t) {
      this.#moments.push(moment)
      return true
    }
    this.#moments.insert(
      countWhile(this.#moments, (other) => other.t <= moment.t),
      moment,
    )
    return false
  }

  /** Lets the oldest go, but never the last that is left: an actor that has not moved for long is still in a state. */
  forgetOldest(): void {
    if (this.#moments.size > 1) this.#moments.shift()
  }
}
