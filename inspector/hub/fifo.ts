/**
 * First in, first out, also with a hundred thousand of them: an array's `shift` moves all that is left.
 *
 * @module
 */
export interface Fifo<Item> {
  readonly length: number
  push(item: Item): void
  shift(): Item | undefined
  /** Oldest first. */
  items(): readonly Item[]
  clear(): void
}

export function createFifo<Item>(): Fifo<Item> {
  let kept: (Item | undefined)[] = []
  let start = 0
  return {
    get length() {
      return kept.length - start
    },
    push: (item) => void kept.push(item),
    shift() {
      if (start === kept.length) return undefined
      const item = kept[start]
      // Let go now: until half of the array is empty may be a long time.
      kept[start] = undefined
      start += 1
      if (start * 2 >= kept.length) {
        kept = kept.slice(start)
        start = 0
      }
      return item
    },
    items: () => kept.slice(start) as Item[],
    clear() {
      kept = []
      start = 0
    },
  }
}
