/**
 * What the server has to tell: a short log whose loss, repetition or damage shows.
 *
 * @module
 */
import { isRecord } from './record.ts'

/** Characters of one to four bytes, so that a cut or a split can tear each kind; the last one says that it is the last. */
export const log: readonly string[] = ['a', 'é', '€', '😀', 'end']

/** A record on the wire: its number, counted from 1, and its text. */
export function wireOf(text: string, index: number): string {
  return JSON.stringify({ n: index + 1, v: text })
}

/** A record on the wire, parsed or not. */
function parsed(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : data
  } catch {
    return undefined
  }
}

/** The text of a message, whatever the transport and its codec made of the record; what is no record of ours shows as such. */
export function textOf(data: unknown): string {
  const record = parsed(data)
  return isRecord(record) ? record.v : `not a record: ${String(data).slice(0, 60)}`
}

/** The number of a record, which is where to resume behind it. */
export function numberOf(data: unknown): string | undefined {
  const record = parsed(data)
  return isRecord(record) ? String(record.n) : undefined
}

/** Whether a message is the last one of the log. */
export function isLast({ data }: { readonly data: unknown }): boolean {
  return textOf(data) === log.at(-1)
}
