/**
 * The few statistics the benchmark needs, with chance from a seed so that a run can be repeated.
 *
 * @module
 */

export type Chance = () => number

/** Numbers from 0 up to 1 out of a seed (the mulberry32 recurrence: 32 bits of state are plenty to shuffle a table). */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A new order in which every permutation is as likely (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], chance: Chance): Item[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(chance() * (last + 1))
    const [kept, moved] = [order[last], order[other]]
    if (kept === undefined || moved === undefined) break
    order[last] = moved
    order[other] = kept
  }
  return order
}

/** The middle value; the mean of the two middle ones where their number is even. `NaN` of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** A median and the interval that holds it in 95 of 100 resamplings. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
}

const RESAMPLINGS = 4_000

/** The median with its bootstrap interval. */
export function estimate(values: readonly number[], chance: Chance): Estimate {
  const medians = Array.from({ length: RESAMPLINGS }, () =>
    median(values.map(() => values[Math.floor(chance() * values.length)] ?? Number.NaN)),
  ).sort((a, b) => a - b)
  const at = (share: number): number => medians[Math.floor(share * (RESAMPLINGS - 1))] ?? Number.NaN
  return { median: median(values), low: at(0.025), high: at(0.975) }
}
