/**
 * From times to a table: how long a reader was without records, and that divided by the same of a redial by hand.
 *
 * @module
 */
import type { Chance } from './statistics.ts'

/** What carries the records. */
export const carriers = ['websocket', 'sse', 'ndjson', 'long-poll'] as const

export type Carrier = (typeof carriers)[number]

/**
 * `raw`: by hand. `twin`: the same once more, which shows what this machine cannot tell apart. `ours`: without a backoff.
 * `patient`: with the default one, which a lone cut is spread by.
 */
export const contenders = ['raw', 'twin', 'ours', 'patient'] as const

export type Contender = (typeof contenders)[number]

/** Of one carrier: ms from the cut to the next record, for each cut. */
export type Times = Readonly<Record<Contender, readonly number[]>>

/** The most that ours may take, divided by a redial by hand. */
export const MOST = 1.5

/** Where the twin itself differs by more than half of what is allowed, nothing is judged. */
const TWIN_TOLERANCE = (MOST - 1) / 2

const RESAMPLINGS = 1_000

/** A ratio, and the interval that holds it in 95 of 100 resamplings. */
export interface Ratio {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface Row {
  readonly via: Carrier
  readonly contender: Contender
  readonly cuts: number
  readonly p50: number
  readonly p95: number
  /** Divided by `raw`. */
  readonly ratio50: Ratio
  readonly ratio95: Ratio
  readonly verdict: 'met' | 'missed' | 'void' | ''
}

/** The smallest value that at least this share of the values does not exceed. `NaN` of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** One row per contender. */
export function rowsFrom(via: Carrier, times: Times, chance: Chance): readonly Row[] {
  const rows = contenders.map((contender): Row => {
    const own = times[contender]
    return {
      via,
      contender,
      cuts: own.length,
      p50: quantile(own, 0.5),
      p95: quantile(own, 0.95),
      ratio50: ratioOf(own, times.raw, 0.5, chance),
      ratio95: ratioOf(own, times.raw, 0.95, chance),
      verdict: '',
    }
  })
  const twin = rows.find(({ contender }) => contender === 'twin')
  return rows.map((row) => (row.contender === 'ours' ? { ...row, verdict: verdictOn(row, twin) } : row))
}

function ratioOf(own: readonly number[], raw: readonly number[], share: number, chance: Chance): Ratio {
  const again = (values: readonly number[]): number[] =>
    values.map(() => values[Math.floor(chance() * values.length)] ?? Number.NaN)
  const ratios = Array.from({ length: RESAMPLINGS }, () => quantile(again(own), share) / quantile(again(raw), share))
  return {
    value: quantile(own, share) / quantile(raw, share),
    low: quantile(ratios, 0.025),
    high: quantile(ratios, 0.975),
  }
}

function verdictOn({ ratio50, ratio95 }: Row, twin: Row | undefined): Row['verdict'] {
  const distance = Math.max(...[twin?.ratio50, twin?.ratio95].map((ratio) => Math.abs((ratio?.value ?? 0) - 1)))
  if (!(distance <= TWIN_TOLERANCE)) return 'void'
  return ratio50.value <= MOST && ratio95.value <= MOST ? 'met' : 'missed'
}

const names: Readonly<Record<Contender, string>> = {
  raw: 'by hand',
  twin: 'by hand, twin',
  ours: 'durableConnection, backoff aside',
  patient: 'durableConnection, default backoff',
}

/** The rows as a table in Markdown. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map(({ via, contender, cuts, p50, p95, ratio50, ratio95, verdict }) => {
    const target = verdict === '' ? '' : `≤ ${MOST}: ${verdict}`
    return `| ${[via, names[contender], cuts, p50.toFixed(2), p95.toFixed(2), text(ratio50), text(ratio95), target].join(' | ')} |`
  })
  return [
    '| carrier | who was cut | cuts | p50 ms | p95 ms | p50 ÷ by hand (95 %) | p95 ÷ by hand (95 %) | target |',
    '|---|---|---:|---:|---:|---:|---:|---|',
    ...lines,
  ].join('\n')
}

function text({ value, low, high }: Ratio): string {
  return `${value.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`
}
