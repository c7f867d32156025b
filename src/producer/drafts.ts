/**
 * What leaves together: items of a batch as records, joined where the stream allows it.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Outgoing } from '../link.ts'
import { MAX_RECORDS_PER_APPEND } from '../wire/names.ts'

/** Records that will be one append, and who waits for them. */
export interface Draft {
  readonly records: readonly (string | Uint8Array)[]
  readonly items: readonly Outgoing[]
}

/**
 * UTF-16 units in one append. At most three bytes each, so that the frame of a WebSocket (64 KiB, wire.md 4.2) holds whatever was
 * numbered while another carrier was up: a number is bound to its records for ever.
 */
const MOST_UNITS = 16_384

/** What the stream is made of. */
export type RecordKind = 'json' | 'text'

/** Encodes items and joins them, in their order. What cannot be written is refused on the spot. */
export function draftsOf(batch: readonly Outgoing[], kind: RecordKind): Draft[] {
  const drafts: { records: (string | Uint8Array)[]; items: Outgoing[] }[] = []
  let units = Number.POSITIVE_INFINITY
  for (const item of batch) {
    const record = recordOf(item, kind)
    if (record === null) continue
    // A text or byte stream has no brackets around its records: over HTTP, two in one body would be one.
    const alone = kind === 'text' || typeof record !== 'string'
    units += record.length + 1
    const last = alone || units > MOST_UNITS ? undefined : drafts.at(-1)
    const draft = last === undefined || last.records.length === MAX_RECORDS_PER_APPEND ? undefined : last
    if (draft === undefined) {
      drafts.push({ records: [record], items: [item] })
      units = alone ? Number.POSITIVE_INFINITY : record.length
    } else {
      draft.records.push(record)
      draft.items.push(item)
    }
  }
  return drafts
}

/** `null` when the item was refused. */
function recordOf(item: Outgoing, kind: RecordKind): string | Uint8Array | null {
  const { data } = item
  if (data instanceof Uint8Array) return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (kind === 'text' && typeof data === 'string') return data
  let cause: unknown
  try {
    const text: string | undefined = kind === 'json' ? JSON.stringify(data) : undefined
    if (text !== undefined) return text
  } catch (thrown) {
    // A cycle or a BigInt.
    cause = thrown
  }
  const wanted = kind === 'json' ? 'written as JSON' : 'sent to a text stream'
  item.settle(new TransportError('encode_failed', `The value cannot be ${wanted}.`, { cause }))
  return null
}
