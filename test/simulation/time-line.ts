/**
 * Simulated time that jumps from event to event and lets promises settle in between, so that whatever is armed by what just
 * happened is armed at that moment and not at the end of the jump.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/connection/clock.ts'

interface Entry {
  readonly kind: 'timer' | 'arrival'
  readonly due: number
  readonly act: () => void
}

export class TimeLine implements Clock {
  #now = 0
  #entries = new Map<number, Entry>()
  #nextId = 1
  /** When a timer that is due fires: browsers align those of hidden pages. Bytes are never late. */
  firesAt: (due: number) => number = (due) => due
  /** What comes first after a moment in which nothing could run: timers, or bytes that lie ready. */
  first: Entry['kind'] = 'timer'

  now(): number {
    return this.#now
  }

  setTimeout(act: () => void, milliseconds: number): number {
    return this.#add('timer', act, milliseconds)
  }

  clearTimeout(id: unknown): void {
    this.#entries.delete(id as number)
  }

  /** Something happens outside, whatever our timers do. */
  arrive(act: () => void, milliseconds: number): void {
    this.#add('arrival', act, milliseconds)
  }

  /** How long each pending timer still has, the soonest first. */
  get pending(): number[] {
    const timers = [...this.#entries.values()].filter(({ kind }) => kind === 'timer')
    return timers.map(({ due }) => due - this.#now).sort((one, other) => one - other)
  }

  /** Time passes and nothing can run: the event loop is blocked, or the page is frozen. */
  block(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** Time passes; everything due happens in its order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    await turn()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const [id, entry] = next
      this.#now = Math.max(this.#now, this.#when(entry))
      this.#entries.delete(id)
      entry.act()
      await turn()
    }
    this.#now = end
  }

  #add(kind: Entry['kind'], act: () => void, milliseconds: number): number {
    const id = this.#nextId++
    this.#entries.set(id, { kind, act, due: this.#now + Math.max(0, milliseconds) })
    return id
  }

  #when({ kind, due }: Entry): number {
    return kind === 'timer' ? this.firesAt(due) : due
  }

  #next(end: number): [number, Entry] | undefined {
    let found: [number, Entry] | undefined
    for (const candidate of this.#entries) {
      if (this.#when(candidate[1]) <= end && (found === undefined || this.#isBefore(candidate[1], found[1]))) {
        found = candidate
      }
    }
    return found
  }

  /** What is overdue is ready at the same moment; among equals the older one goes first. */
  #isBefore(one: Entry, other: Entry): boolean {
    const when = Math.max(this.#when(one), this.#now)
    const otherWhen = Math.max(this.#when(other), this.#now)
    if (when !== otherWhen) return when < otherWhen
    return one.kind !== other.kind ? one.kind === this.first : one.due < other.due
  }
}
