/**
 * From samples to a table. A row is judged only when the machine could tell the baseline from its twin by less than 5 %.
 *
 * @module
 */
import type { Candidate } from './candidates.ts'
import type { Sample } from './client.ts'
import { floors, type Protocol } from './protocols.ts'
import { type Chance, type Estimate, estimate, median } from './statistics.ts'

/** The samples of one candidate, by repetition. */
export interface Series {
  readonly candidate: Pick<Candidate, 'name' | 'protocol' | 'role'>
  readonly samples: readonly Sample[]
}

export interface Row {
  readonly name: string
  readonly protocol: Protocol
  readonly role: Candidate['role']
  readonly runs: number
  readonly messagesPerSecond: number
  readonly cpuMicroseconds: number
  /** Ours ÷ the baseline of the same repetition. */
  readonly rate: Estimate
  readonly cpu: Estimate
  readonly verdict: 'met' | 'missed' | 'void' | ''
}

const TWIN_TOLERANCE = 0.05

/** One row per series, in the order given. */
export function rowsFrom(all: readonly Series[], chance: Chance): readonly Row[] {
  return all.map((series) => {
    const { name, protocol, role } = series.candidate
    const baseline = find(all, protocol, 'baseline')
    const rate = estimate(paired(series, baseline, 'messagesPerSecond'), chance)
    return {
      name,
      protocol,
      role,
      runs: series.samples.length,
      messagesPerSecond: median(series.samples.map((sample) => sample.messagesPerSecond)),
      cpuMicroseconds: median(series.samples.map((sample) => sample.cpuMicroseconds)),
      rate,
      cpu: estimate(paired(series, baseline, 'cpuMicroseconds'), chance),
      verdict: role === 'judged' ? verdict(rate, floors[protocol], twinOf(all, protocol, baseline)) : '',
    }
  })
}

function find(all: readonly Series[], protocol: Protocol, role: Candidate['role']): Series | undefined {
  return all.find(({ candidate }) => candidate.protocol === protocol && candidate.role === role)
}

/** Paired by repetition: the machine has fast and slow minutes, and both of a pair ran in the same one. */
function paired(series: Series, baseline: Series | undefined, field: keyof Sample): number[] {
  return series.samples.map((sample, run) => sample[field] / (baseline?.samples[run]?.[field] ?? Number.NaN))
}

function twinOf(all: readonly Series[], protocol: Protocol, baseline: Series | undefined): number {
  const twin = find(all, protocol, 'twin')
  return twin === undefined ? Number.NaN : median(paired(twin, baseline, 'messagesPerSecond'))
}

function verdict(rate: Estimate, floor: number, twin: number): Row['verdict'] {
  if (!(Math.abs(twin - 1) <= TWIN_TOLERANCE)) return 'void'
  return rate.median >= floor ? 'met' : 'missed'
}

/** The rows as a table in Markdown. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const floor = row.verdict === '' ? '' : `≥ ${floors[row.protocol]}: ${row.verdict}`
    const rate = `${Math.round(row.messagesPerSecond / 1000)}k`
    const cells = [
      row.protocol,
      row.name,
      row.runs,
      rate,
      row.cpuMicroseconds.toFixed(2),
      ratio(row.rate),
      ratio(row.cpu),
    ]
    return `| ${[...cells, floor].join(' | ')} |`
  })
  return [
    '| protocol | receiver | runs | msg/s | CPU µs/msg | rate ÷ bare (95 %) | CPU ÷ bare (95 %) | floor |',
    '|---|---|---:|---:|---:|---:|---:|---|',
    ...lines,
  ].join('\n')
}

function ratio({ median: middle, low, high }: Estimate): string {
  return `${middle.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`
}
