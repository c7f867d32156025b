/**
 * How much there is in a store, kept up to date so that no append has to count.
 *
 * @module
 */

import { costOf, type StreamState } from './stream-state.ts'
import type { Totals } from './tables.ts'

/** A stream more or less. */
export interface StreamCount {
  readonly owner: string | null
  readonly difference: 1 | -1
}

export class RunningTotals implements Totals {
  readonly #owners: Map<string, number>
  #streams = 0
  #held: number

  /** Starts with what is there already. */
  constructor(owners: ReadonlyMap<string | null, number>, held: number) {
    this.#owners = new Map()
    this.#held = held
    for (const [owner, streams] of owners) {
      this.#streams += streams
      if (owner !== null) this.#owners.set(owner, streams)
    }
  }

  get streams(): number {
    return this.#streams
  }

  get held(): number {
    return this.#held
  }

  ofOwner(owner: string): number {
    return this.#owners.get(owner) ?? 0
  }

  inserted(state: StreamState): void {
    this.#streams++
    this.#count(state.config.owner, 1)
    this.updated(state)
  }

  updated(state: StreamState): void {
    const cost = costOf(state)
    this.#held += cost - state.counted
    state.counted = cost
  }

  removed(state: StreamState): void {
    this.#streams--
    this.#count(state.config.owner, -1)
    this.#held -= state.counted
  }

  /** Takes back what came after a moment at which so much was held. */
  revert(held: number, changes: readonly StreamCount[]): void {
    this.#held = held
    for (const { owner, difference } of changes) {
      this.#streams -= difference
      this.#count(owner, difference === 1 ? -1 : 1)
    }
  }

  #count(owner: string | null, difference: 1 | -1): void {
    if (owner === null) return
    const streams = this.ofOwner(owner) + difference
    if (streams > 0) this.#owners.set(owner, streams)
    else this.#owners.delete(owner)
  }
}
