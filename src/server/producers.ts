/**
 * Exactly-once appends: who wrote what, by `(producer id, epoch, sequence)`.
 *
 * @module
 */

import type { Clock } from './clock.ts'

/** The key of one append. */
export interface ProducerTuple {
  readonly id: string
  readonly epoch: number
  readonly seq: number
}

/** What an append with this key is. */
export type ProducerVerdict =
  | { readonly kind: 'next' }
  /** It is in the stream already. `seq` is the highest accepted. */
  | { readonly kind: 'duplicate'; readonly seq: number }
  /** A newer incarnation of the producer has taken over. */
  | { readonly kind: 'stale'; readonly epoch: number }
  | { readonly kind: 'gap'; readonly expected: number }
  /** A new epoch has to start at 0. */
  | { readonly kind: 'epoch-start' }
  /** Too many producers are remembered. Forgetting one early would let its repeats in twice. */
  | { readonly kind: 'full' }

interface ProducerState {
  epoch: number
  seq: number
  lastUsed: number
}

export class Producers {
  readonly #states = new Map<string, ProducerState>()
  readonly #limits: { readonly remembered: number; readonly idleMs: number }
  readonly #clock: Clock

  constructor(limits: { readonly remembered: number; readonly idleMs: number }, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  judge(tuple: ProducerTuple): ProducerVerdict {
    const state = this.#states.get(tuple.id)
    if (state === undefined) {
      if (tuple.seq !== 0) return { kind: 'gap', expected: 0 }
      return this.#hasRoom() ? { kind: 'next' } : { kind: 'full' }
    }
    if (tuple.epoch < state.epoch) return { kind: 'stale', epoch: state.epoch }
    if (tuple.epoch > state.epoch) return tuple.seq === 0 ? { kind: 'next' } : { kind: 'epoch-start' }
    if (tuple.seq <= state.seq) return { kind: 'duplicate', seq: state.seq }
    return tuple.seq === state.seq + 1 ? { kind: 'next' } : { kind: 'gap', expected: state.seq + 1 }
  }

  /** Remembers an append that was judged `next` and has been made. */
  accept(tuple: ProducerTuple): void {
    this.#states.set(tuple.id, { epoch: tuple.epoch, seq: tuple.seq, lastUsed: this.#clock.now() })
  }

  #hasRoom(): boolean {
    if (this.#states.size < this.#limits.remembered) return true
    const idleSince = this.#clock.now() - this.#limits.idleMs
    for (const [id, state] of this.#states) if (state.lastUsed < idleSince) this.#states.delete(id)
    return this.#states.size < this.#limits.remembered
  }
}
