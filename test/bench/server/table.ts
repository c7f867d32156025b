/**
 * From samples to tables: figures side by side, and the targets of our own rows.
 *
 * @module
 */

import { median } from '../statistics.ts'
import type { Contender, Family } from './contenders.ts'
import type { Sample } from './measure.ts'

/** The samples of one contender, by repetition. */
export interface Series {
  readonly contender: Pick<Contender, 'name' | 'family' | 'role'>
  readonly samples: readonly Sample[]
}

/** One number of a sample. */
type Figure = (sample: Sample) => number

interface Column {
  readonly title: string
  readonly figure: Figure
  readonly digits: number
}

const heapKilobytes: Figure = ({ heap }) => heap / 1_000
const residentKilobytes: Figure = ({ resident }) => resident / 1_000
const acceptCpu: Figure = ({ acceptCpuMicroseconds }) => acceptCpuMicroseconds
const deliveryCpu: Figure = ({ alone }) => alone.cpuMicroseconds

const columns: readonly Column[] = [
  { title: 'heap kB', figure: heapKilobytes, digits: 1 },
  { title: 'RSS kB', figure: residentKilobytes, digits: 1 },
  { title: 'accepts/s', figure: ({ acceptsPerSecond }) => acceptsPerSecond, digits: 0 },
  { title: 'CPU µs per accept', figure: acceptCpu, digits: 0 },
  { title: 'CPU µs per delivery', figure: deliveryCpu, digits: 1 },
  { title: 'p50 ms', figure: ({ alone }) => alone.p50Ms, digits: 0 },
  { title: 'p99 ms', figure: ({ alone }) => alone.p99Ms, digits: 0 },
  { title: 'last ms', figure: ({ alone }) => alone.lastMs, digits: 0 },
  { title: 'longest stall ms', figure: ({ alone }) => alone.longestStallMs, digits: 0 },
  { title: 'loop p99 ms', figure: ({ alone }) => alone.loopP99Ms, digits: 0 },
  { title: 'deliveries/s', figure: ({ alone }) => alone.deliveriesPerSecond, digits: 0 },
  { title: 'CPU µs, ten together', figure: ({ together }) => together.cpuMicroseconds, digits: 2 },
  { title: 'deliveries/s, ten together', figure: ({ together }) => together.deliveriesPerSecond, digits: 0 },
  { title: 'deliveries/s, one a turn', figure: ({ rush }) => rush.deliveriesPerSecond, digits: 0 },
]

/** Medians of every contender, as a table in Markdown. kB are 1,000 bytes. */
export function figuresTable(all: readonly Series[]): string {
  const head = ['server', 'runs', ...columns.map(({ title }) => title)]
  const rows = all.map(({ contender, samples }) => [
    contender.name,
    String(samples.length),
    ...columns.map(({ figure, digits }) => rounded(median(samples.map(figure)), digits)),
  ])
  return tableOf(head, rows)
}

/** What our rows have to reach. */
interface Target {
  readonly what: string
  readonly figure: Figure
  /** Divided by the same figure of this row in the same repetition. */
  readonly against?: 'floor' | 'plain' | undefined
  readonly bound: 'at most' | 'at least'
  readonly limit: number | Readonly<Record<Family, number>>
  /** Such a limit was meant for so many connections: it is not judged with fewer. */
  readonly connections?: number | undefined
}

const targets: readonly Target[] = [
  { what: 'heap per connection, kB', figure: heapKilobytes, bound: 'at most', limit: { websocket: 3.8, sse: 5.5 } },
  {
    what: 'RSS per connection, kB',
    figure: residentKilobytes,
    bound: 'at most',
    limit: { websocket: 8, sse: 12 },
    connections: 10_000,
  },
  {
    what: 'RSS per connection, kB: the most that may land',
    figure: residentKilobytes,
    bound: 'at most',
    limit: 32,
    connections: 10_000,
  },
  { what: 'CPU per accepted connection ÷ plain', figure: acceptCpu, against: 'plain', bound: 'at most', limit: 1.3 },
  { what: 'CPU per delivery ÷ prepared bytes', figure: deliveryCpu, against: 'floor', bound: 'at most', limit: 1.15 },
  {
    what: 'p99 of a broadcast, ms',
    figure: ({ alone }) => alone.p99Ms,
    bound: 'at most',
    limit: 150,
    connections: 10_000,
  },
  {
    what: 'longest stall of the event loop, ms',
    figure: ({ alone }) => alone.longestStallMs,
    bound: 'at most',
    limit: 20,
  },
  { what: 'broadcast fully written, ms', figure: ({ alone }) => alone.lastMs, bound: 'at most', limit: 500 },
  {
    what: 'deliveries/s of a core, one by one',
    figure: ({ alone }) => 1e6 / alone.cpuMicroseconds,
    bound: 'at least',
    limit: 50_000,
  },
  {
    what: 'deliveries/s of a core, ten together',
    figure: ({ together }) => 1e6 / together.cpuMicroseconds,
    bound: 'at least',
    limit: 250_000,
  },
]

/** Ratios finer than the twin's own distance from its floor mean nothing. */
const TWIN_TOLERANCE = 0.05

export interface Judgement {
  readonly name: string
  readonly what: string
  readonly bound: Target['bound']
  readonly limit: number
  readonly value: number
  /** `void`: the machine was too uneven for this ratio, or its other row is missing. */
  readonly verdict: 'met' | 'missed' | 'void'
}

/** Judges the rows that are ours. */
export function judge(all: readonly Series[], connections: number): readonly Judgement[] {
  const judged = all.filter(({ contender, samples }) => contender.role === 'judged' && samples.length > 0)
  return judged.flatMap((series) =>
    targets
      .filter((target) => connections >= (target.connections ?? 0))
      .map((target) => judgement(series, target, all)),
  )
}

function judgement(series: Series, target: Target, all: readonly Series[]): Judgement {
  const { name, family } = series.contender
  const { what, bound } = target
  const limit = typeof target.limit === 'number' ? target.limit : target.limit[family]
  const other = target.against === undefined ? undefined : find(all, family, target.against)
  const value = median(
    target.against === undefined ? series.samples.map(target.figure) : ratios(series, other, target.figure),
  )
  const clear = target.against === undefined || (other !== undefined && evenFor(all, family, target.figure))
  const holds = bound === 'at most' ? value <= limit : value >= limit
  return { name, what, bound, limit, value, verdict: clear ? (holds ? 'met' : 'missed') : 'void' }
}

function find(all: readonly Series[], family: Family, role: Contender['role']): Series | undefined {
  return all.find(({ contender }) => contender.family === family && contender.role === role)
}

/** Paired by repetition: the machine has fast and slow minutes. */
function ratios(series: Series, other: Series | undefined, figure: Figure): number[] {
  return series.samples.map((sample, run) => {
    const beside = other?.samples[run]
    return beside === undefined ? Number.NaN : figure(sample) / figure(beside)
  })
}

function evenFor(all: readonly Series[], family: Family, figure: Figure): boolean {
  const twin = find(all, family, 'twin')
  return twin !== undefined && Math.abs(median(ratios(twin, find(all, family, 'floor'), figure)) - 1) <= TWIN_TOLERANCE
}

/** The judgements as a table in Markdown. */
export function targetsTable(judgements: readonly Judgement[]): string {
  const rows = judgements.map(({ name, what, bound, limit, value, verdict }) => [
    name,
    what,
    `${bound} ${limit.toLocaleString('en')}`,
    rounded(value, value < 100 ? 2 : 0),
    verdict,
  ])
  return tableOf(['server', 'what', 'target', 'measured', ''], rows)
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`, ...rows.map(line)].join(
    '\n',
  )
}

function rounded(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
