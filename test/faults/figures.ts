/**
 * Shares and a percentile as a plain table.
 *
 * @module
 */
import type { Outcome } from './outcomes.ts'

/** Where each file of the suite leaves its outcomes. */
export const outcomeFolder = new URL('../artefacts/faults/', import.meta.url)

/** The smallest value that 95 of 100 do not exceed. */
export function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`
}

function line(name: string, outcomes: readonly Outcome[]): string {
  const retryable = outcomes.filter((outcome) => outcome.retryable)
  const back = retryable.filter(({ reconnected }) => reconnected).length
  const recovered = outcomes.filter((outcome) => outcome.recovered).length
  const times = outcomes.flatMap(({ connectTime }) => (connectTime === null ? [] : [connectTime]))
  const p95 = times.length === 0 ? '-' : percentile95(times).toFixed(1)
  const cells = [name, outcomes.length, share(back, retryable.length), share(recovered, outcomes.length), p95]
  return cells.map((cell, index) => String(cell)[index === 0 ? 'padEnd' : 'padStart'](index === 0 ? 20 : 12)).join('')
}

/** One line for each transport and one for all. */
export function table(outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.map(({ row }) => row))].sort()
  const head = ['transport', 'runs', 'back up', 'recovered', 'p95 ms']
    .map((cell, index) => (index === 0 ? cell.padEnd(20) : cell.padStart(12)))
    .join('')
  const lines = names.map((name) =>
    line(
      name,
      outcomes.filter(({ row }) => row === name),
    ),
  )
  return [head, ...lines, line('all', outcomes)].join('\n')
}
