/**
 * The server's clock: it stands still, passes, or jumps as it does for a process that could not run.
 *
 * @module
 */
import type { Clock } from '../../src/server/clock.ts'

interface Timer {
  readonly due: number
  readonly run: () => void
}

export class JumpingClock implements Clock {
  #now = Date.UTC(2026, 0, 1)
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  setTimeout(run: () => void, milliseconds: number): unknown {
    const timer = { due: this.#now + Math.max(0, milliseconds), run }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size
  }

  /** So much time passes; each timer runs when it is due. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let timer = this.#nextDue(end); timer !== undefined; timer = this.#nextDue(end)) {
      this.#now = timer.due
      this.#run(timer)
    }
    this.#now = end
  }

  /**
   * So much time has passed and nothing could run: what fell due meanwhile runs now, late, and before anything that lies ready in
   * a socket is read. That is the order of Node's event loop after a long turn.
   */
  jump(milliseconds: number): void {
    this.#now += milliseconds
    const late = [...this.#timers].filter(({ due }) => due <= this.#now).sort((one, other) => one.due - other.due)
    for (const timer of late) if (this.#timers.has(timer)) this.#run(timer)
  }

  /** The wall clock is set: later or earlier, and no timer comes nearer. */
  set(milliseconds: number): void {
    this.#now += milliseconds
    for (const timer of [...this.#timers]) {
      this.#timers.delete(timer)
      this.#timers.add(Object.assign(timer, { due: timer.due + milliseconds }))
    }
  }

  #nextDue(end: number): Timer | undefined {
    return [...this.#timers].filter(({ due }) => due <= end).sort((one, other) => one.due - other.due)[0]
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer)
    timer.run()
  }
}
