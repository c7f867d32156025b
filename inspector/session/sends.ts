/**
 * What one connection has sent, and what became of it: known at every instant as it was known then.
 *
 * @module
 */
import type { FrameMessage, SettledMessage } from '../protocol/messages.ts'
import { countWhile, Ring } from './history.ts'
import type { Fate, Unsettled } from './view.ts'

/** A place in time; the number orders what happened within one millisecond. */
export interface Instant {
  readonly t: number
  readonly seq: number
}

function isBefore(one: Instant, other: Instant): boolean {
  return one.t < other.t || (one.t === other.t && one.seq < other.seq)
}

export class Sends {
  readonly #frames = new Ring<FrameMessage>()
  /** By the number of the frame. One that was sent before anybody listened has its outcome here too. */
  readonly #outcomes = new Map<number, SettledMessage>()

  add(frame: FrameMessage): void {
    this.#frames.push(frame)
  }

  settle(outcome: SettledMessage): void {
    if (!this.#outcomes.has(outcome.seq)) this.#outcomes.set(outcome.seq, outcome)
  }

  forgetOldest(): void {
    this.#frames.shift()
  }

  forgetOutcome({ seq }: SettledMessage): void {
    this.#outcomes.delete(seq)
  }

  #outcomeAt(seq: number, at: number): SettledMessage | undefined {
    const outcome = this.#outcomes.get(seq)
    return outcome === undefined || outcome.t > at ? undefined : outcome
  }

  /**
   * @param ends when links of this connection went down, the oldest first.
   * @returns nothing where it had not been sent yet.
   */
  fate(frame: FrameMessage, at: number, ends: Ring<Instant>): Fate | undefined {
    if (frame.t > at) return undefined
    const outcome = this.#outcomeAt(frame.seq, at)
    if (outcome !== undefined) {
      const delay = Math.max(0, outcome.t - frame.t)
      const { failure: code } = outcome
      return code === null ? { state: 'settled', delay } : { state: 'failed', delay, code }
    }
    const end = ends.item(countWhile(ends, (each) => isBefore(each, frame)))
    if (end !== undefined && end.t <= at) return { state: 'lost', delay: end.t - frame.t }
    return { state: 'unsettled', delay: at - frame.t }
  }

  /** Those that nothing is known of yet: all of the link of then, what went down with an earlier one is lost. */
  unsettled(at: number, ends: Ring<Instant>): Unsettled | undefined {
    const end = ends.item(countWhile(ends, ({ t }) => t <= at) - 1)
    let [count, since] = [0, at]
    const first = end === undefined ? 0 : countWhile(this.#frames, (frame) => !isBefore(end, frame))
    for (let index = first; ; index++) {
      const frame = this.#frames.item(index)
      if (frame === undefined || frame.t > at) return count === 0 ? undefined : { count, since }
      if (this.#outcomeAt(frame.seq, at) !== undefined) continue
      if (count === 0) since = frame.t
      count++
    }
  }
}
