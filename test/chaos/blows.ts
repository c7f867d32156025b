/**
 * Cuts that are due: each is aimed at a byte that an application waits for, and lands when that byte comes by.
 *
 * @module
 */
import { EventEmitter } from 'node:events'
import type { Direction, Side, Traffic } from './traffic.ts'

/**
 * `reset`: RST. `finish`: FIN, as if all had been said. `late`: RST to the client, and what it had said arrives at the server
 * behind what the next connection says. `half-open`: nobody is told, and nothing comes any more. `stall`: nothing moves for
 * longer than a watchdog waits; then all that was held back arrives after all, and FIN.
 */
export type Ending = 'reset' | 'finish' | 'late' | 'half-open' | 'stall'

export interface Blow {
  /** `records`: what is read. `request`: what is written. `answer`: the confirmation of what has been written. */
  readonly aim: 'records' | 'request' | 'answer'
  /** So many bytes of content of this kind pass before it, on whatever connection. */
  readonly after: number
  readonly ending: Ending
}

/** Where a piece of bytes is cut. What is before goes on its way. `mute`: nothing else happens. */
export interface Cut {
  readonly at: number
  readonly ending: Ending | 'mute'
}

interface Armed {
  readonly blow: Blow
  left: number
  /** Of an `answer`: where requests have gone by. Several may be under way, and any of their answers will do. */
  readonly asked: Set<Traffic>
}

/** The blows of one proxy: one at a time for each direction. `landed` is emitted for each that is counted. */
export class Blows extends EventEmitter<{ landed: [Direction] }> {
  /**
   * Cuts that hit a connection with bytes in flight: the piece that was about to be passed on held content of the direction (not
   * a head, not a handshake) or the answer to it, and at least one byte of it was not passed on. No other cut is counted.
   */
  readonly landed: Record<Direction, number> = { down: 0, up: 0 }
  readonly #armed: Record<Direction, Armed | null> = { down: null, up: null }
  readonly #random: () => number

  constructor(random: () => number) {
    super()
    this.#random = random
  }

  /** Replaces the one that is due in this direction. */
  arm(direction: Direction, blow: Blow): void {
    this.#armed[direction] = { blow, left: blow.after, asked: new Set() }
  }

  disarm(): void {
    this.#armed.down = null
    this.#armed.up = null
  }

  isDue(direction: Direction): boolean {
    return this.#armed[direction] !== null
  }

  /** Looks at what is about to be passed on, of which the first `head` bytes are a head. */
  cutIn(traffic: Traffic, side: Side, length: number, head: number): Cut | null {
    for (const direction of traffic.carries) {
      const armed = this.#armed[direction]
      const at = armed === null ? null : this.#reach(armed, traffic, side, length, head)
      if (armed === null || at === null) continue
      this.#armed[direction] = null
      this.landed[direction] += 1
      this.emit('landed', direction)
      return { at, ending: armed.blow.ending }
    }
    return null
  }

  /** The answer that was waited for will not come. */
  forget(traffic: Traffic): void {
    this.#armed.up?.asked.delete(traffic)
  }

  #reach(armed: Armed, traffic: Traffic, side: Side, length: number, head: number): number | null {
    const { aim } = armed.blow
    if (aim === 'answer' && side === 'server') {
      // Where an answer ends nobody knows here, but the first bytes behind a request belong to one.
      return armed.asked.has(traffic) ? Math.floor(this.#random() * Math.min(length, 150)) : null
    }
    if (side !== (aim === 'records' ? 'server' : 'client')) return null
    const content = length - head
    if (armed.left >= content) {
      armed.left -= content
      return null
    }
    if (aim === 'answer') {
      armed.asked.add(traffic)
      armed.left = 0
      return null
    }
    return head + armed.left
  }
}
