/**
 * How often each state was entered, and for how long.
 *
 * @module
 */
import type { StateValue } from 'xstate'
import type { MetricsSnapshot } from './metrics.ts'
import { statePaths } from './state-paths.ts'
import { Tally } from './tally.ts'

export class StateTimes {
  readonly #entered = new Tally()
  /** When each active state was entered, in the order of the chart. */
  #active: ReadonlyMap<string, number>
  readonly #finished = new Tally()
  #endedAt: number | null = null

  constructor(value: StateValue, at: number) {
    this.#active = new Map(statePaths(value).map((path) => [path, at]))
  }

  moved(value: StateValue, at: number): void {
    const before = this.#active
    const next = new Map<string, number>()
    for (const path of statePaths(value)) {
      const since = before.get(path)
      if (since === undefined) this.#entered.add(path)
      next.set(path, since ?? at)
    }
    for (const [path, since] of before) if (!next.has(path)) this.#finished.add(path, at - since)
    this.#active = next
  }

  end(at: number): void {
    this.#endedAt ??= at
  }

  figures(now: number): Pick<MetricsSnapshot, 'entered' | 'stateMs' | 'current'> {
    const at = this.#endedAt ?? now
    const times = { ...this.#finished.counts() }
    for (const [path, since] of this.#active) times[path] = (times[path] ?? 0) + at - since
    return {
      entered: this.#entered.counts(),
      stateMs: times,
      current: Object.fromEntries([...this.#active.keys()].map((path) => [path, 1])),
    }
  }
}
