/**
 * What is written: numbered records that can be told apart from everything else, the broken ones included.
 *
 * @module
 */

/** Who wrote it. */
export type Writer = 'server' | 'client'

export interface ChaosRecord {
  /** 1 for the first. */
  readonly n: number
  readonly from: Writer
  /** Follows from `n`: most are short, one in a hundred is larger than a network chunk, some are larger than an SSE unit. */
  readonly pad: string
}

/** Characters of one to four bytes, and what an SSE or NDJSON reader could trip over. */
const SCRAPS = 'grüße 🐎 日本 \n\ndata: {} \u2028 "\\ plain '.repeat(1_000)

export function recordOf(n: number, from: Writer): ChaosRecord {
  return { n, from, pad: padOf(n) }
}

function padOf(n: number): string {
  if (n % 1_009 === 0) return SCRAPS.slice(0, 20_000)
  if (n % 101 === 0) return SCRAPS.slice(0, 4_000)
  return SCRAPS.slice(0, (n * 7) % 60)
}

/** The number of a record, or `null` for anything that we have not written, or not like this. */
export function numberOf(value: unknown, from: Writer): number | null {
  if (typeof value !== 'object' || value === null) return null
  if (!('n' in value) || !('from' in value) || !('pad' in value)) return null
  const { n } = value
  return typeof n === 'number' && value.from === from && value.pad === padOf(n) ? n : null
}

/** Whose record it says it is. */
export function writerOf(value: unknown): Writer | null {
  if (typeof value !== 'object' || value === null || !('from' in value)) return null
  return value.from === 'server' || value.from === 'client' ? value.from : null
}

/** At least so many bytes a transport has to move for these records. */
export function bytesOf(records: readonly ChaosRecord[]): number {
  return records.reduce((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)), 0)
}
