/**
 * What one look into a server's process found, for the eye.
 *
 * @module
 */
import type { growthPer } from './heap-census.ts'
import type { SelfTime } from './profile.ts'

export interface Examination {
  /** What came onto the heap for each connection. */
  readonly growth: ReturnType<typeof growthPer>
  /** While the connections were opened. */
  readonly accepting: readonly SelfTime[]
  /** While so many single records were broadcast. */
  readonly delivering: readonly SelfTime[]
  readonly broadcasts: number
}

/** So many lines of each list: what comes after is noise. */
const LINES = 60

/** The lists, per connection and per delivery. */
export function examinationText(name: string, connections: number, found: Examination): string {
  const heap = found.growth.map(
    ({ name: kind, count, bytes }) => `${bytes.toFixed(0).padStart(7)} B ${count.toFixed(2).padStart(6)} × ${kind}`,
  )
  const times = (spent: readonly SelfTime[], each: number): string[] =>
    spent.map(
      ({ name: place, milliseconds }) => `${((1_000 * milliseconds) / each).toFixed(2).padStart(8)} µs ${place}`,
    )
  const total = found.growth.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    `${name}: ${total.toFixed(0)} bytes of heap per connection`,
    ...heap.slice(0, LINES),
    `${name}: CPU per accepted connection`,
    ...times(found.accepting, connections).slice(0, LINES),
    `${name}: CPU per delivery`,
    ...times(found.delivering, connections * found.broadcasts).slice(0, LINES),
    '',
  ].join('\n')
}
