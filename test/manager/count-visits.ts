/**
 * How much is walked through or copied: the sizes of all lists that anything in this process iterates over, added up. Time would be
 * the machine's, this is the algorithm's.
 *
 * @module
 */

interface Walked {
  readonly owner: object
  readonly names: readonly PropertyKey[]
  size(list: never): number
}

const walked: readonly Walked[] = [
  {
    owner: Array.prototype,
    names: [Symbol.iterator, 'concat', 'filter', 'map', 'flatMap', 'slice', 'forEach', 'some', 'find', 'reduce'],
    size: (list: readonly unknown[]) => list.length,
  },
  {
    owner: Map.prototype,
    names: [Symbol.iterator, 'keys', 'values', 'entries', 'forEach'],
    size: (list: ReadonlyMap<unknown, unknown>) => list.size,
  },
  {
    owner: Set.prototype,
    names: [Symbol.iterator, 'keys', 'values', 'entries', 'forEach'],
    size: (list: ReadonlySet<unknown>) => list.size,
  },
]

/** Counts until `stop`, which puts everything back and answers the sum. */
export function countVisits(): { stop(): number } {
  let visits = 0
  const undo: (() => void)[] = []
  for (const { names, owner, size } of walked) {
    for (const name of names) {
      const before = Object.getOwnPropertyDescriptor(owner, name)
      if (before === undefined) continue
      const walk: (...given: unknown[]) => unknown = before.value
      const counting = function (this: never, ...given: unknown[]): unknown {
        visits += size(this)
        return Reflect.apply(walk, this, given)
      }
      Object.defineProperty(owner, name, { ...before, value: counting })
      undo.push(() => Object.defineProperty(owner, name, before))
    }
  }
  // Object.keys makes a list of its own, and of children, timers and contexts it is made most often.
  const { keys } = Object
  Object.keys = (given: object) => {
    const names = keys(given)
    visits += names.length
    return names
  }
  undo.push(() => (Object.keys = keys))
  return {
    stop() {
      for (let index = undo.length - 1; index >= 0; index--) undo[index]?.()
      return visits
    },
  }
}
