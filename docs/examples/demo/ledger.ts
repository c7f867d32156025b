/**
 * A set of sequence numbers, kept as ranges, so that a day of numbers costs one pair. Both sides count with it:
 * the server what it appended, the page what arrived.
 *
 * @module
 */

/** First and last number of a run without a hole. */
export type Range = readonly [first: number, last: number]

export class Ledger {
  #ranges: Range[] = []

  constructor(ranges: readonly Range[] = []) {
    this.#ranges = [...ranges]
  }

  get ranges(): readonly Range[] {
    return this.#ranges
  }

  get last(): number | null {
    return this.#ranges.at(-1)?.[1] ?? null
  }

  get first(): number | null {
    return this.#ranges[0]?.[0] ?? null
  }

  has(number: number): boolean {
    return this.#ranges.some(([first, last]) => number >= first && number <= last)
  }

  /** @returns `false` when the number was there already. */
  add(number: number): boolean {
    if (this.has(number)) return false
    const before = this.#ranges.filter(([, last]) => last < number)
    const after = this.#ranges.filter(([first]) => first > number)
    const left = before.at(-1)?.[1] === number - 1 ? before.pop() : undefined
    const right = after[0]?.[0] === number + 1 ? after.shift() : undefined
    this.#ranges = [...before, [left?.[0] ?? number, right?.[1] ?? number], ...after]
    return true
  }

  /** How many numbers it holds from `first` to `last`. */
  count(first = Number.NEGATIVE_INFINITY, last = Number.POSITIVE_INFINITY): number {
    return this.#ranges.reduce((sum, range) => {
      const from = Math.max(first, range[0])
      const to = Math.min(last, range[1])
      return sum + Math.max(0, to - from + 1)
    }, 0)
  }

  /** How many numbers of this one, from `first` to `last`, the other one has not. */
  missingIn(other: Ledger, first: number, last: number): number {
    return this.#ranges.reduce((sum, range) => {
      const from = Math.max(first, range[0])
      const to = Math.min(last, range[1])
      return from > to ? sum : sum + (to - from + 1) - other.count(from, to)
    }, 0)
  }
}
