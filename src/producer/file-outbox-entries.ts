/**
 * What stands in a slot's file: lines of `<CRC-32 in hex> <JSON>`. The first says whose it is and where its numbers begin, each
 * other one is a batch or says what was acknowledged.
 *
 * Each write is one line, and is on the device before the next one begins. So a crash can only leave the last line unfinished,
 * and nobody was told that it is kept: it is cut off. Whatever else is wrong was whole once, and is damage.
 *
 * @module
 */
import { crc32 } from 'node:zlib'
import { damaged } from './file-outbox-failure.ts'
import type { ProducerIdentity, StoredBatch } from './storage.ts'

/** What a file says. */
export interface FileContent {
  readonly producer: ProducerIdentity
  readonly next: number
  readonly batches: readonly StoredBatch[]
  /** `false` when a crash has left something behind the last whole line. */
  readonly whole: boolean
}

/** Bytes stand in an object of their own, so that no text can be taken for them. */
type WrittenRecord = string | { readonly base64: string }

type Entry =
  | { readonly id: string; readonly epoch: number; readonly next: number }
  | { readonly put: number; readonly acknowledged: number; readonly records: readonly WrittenRecord[] }
  | { readonly acknowledged: number }

/** The first line. `next` is the number of the first batch behind it. */
export function headEntry({ id, epoch }: ProducerIdentity, next: number): Buffer {
  return line({ id, epoch, next })
}

/** A batch. It says what was acknowledged as well (-1 for nothing): a line, and a wait for the device, less. */
export function batchEntry({ sequence, records }: StoredBatch, acknowledged: number): Buffer {
  return line({ put: sequence, acknowledged, records: records.map(written) })
}

/** Everything up to and with this number is acknowledged. */
export function acknowledgedEntry(acknowledged: number): Buffer {
  return line({ acknowledged })
}

/** Reads a file. Throws `outbox_failed` when it is damaged; `file` is its name for that. */
export function readEntries(bytes: Buffer, file: string): FileContent {
  const { entries, whole } = split(bytes, file)
  const [head, ...others] = entries
  if (head === undefined || !('id' in head)) throw damaged(file, 0)
  const batches: StoredBatch[] = []
  let [next, acknowledged] = [head.next, -1]
  for (const [index, entry] of others.entries()) {
    // A hole would be a batch that the server waits for in vain.
    if ('id' in entry || ('put' in entry && entry.put !== next)) throw damaged(file, index + 1)
    if ('put' in entry) batches.push({ sequence: next++, records: entry.records.map(read) })
    acknowledged = Math.max(acknowledged, entry.acknowledged)
  }
  const waiting = batches.filter(({ sequence }) => sequence > acknowledged)
  return { producer: { id: head.id, epoch: head.epoch }, next, batches: waiting, whole }
}

const NEWLINE = 0x0a

function split(bytes: Buffer, file: string): { entries: Entry[]; whole: boolean } {
  const entries: Entry[] = []
  let begin = 0
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
    const entry = parsed(bytes.subarray(begin, end))
    if (entry === undefined) throw damaged(file, entries.length)
    entries.push(entry)
    begin = end + 1
  }
  const rest = bytes.subarray(begin)
  // It may lack no more than its end of line, or that may be damaged: then somebody was told that it is kept.
  const last = parsed(rest.subarray(0, rest.lastIndexOf('}') + 1))
  if (last !== undefined) entries.push(last)
  return { entries, whole: rest.length === 0 }
}

function line(entry: Entry): Buffer {
  const json = JSON.stringify(entry)
  return Buffer.from(`${checksum(json)} ${json}\n`)
}

function checksum(json: string | Buffer): string {
  return crc32(json).toString(16).padStart(8, '0')
}

function parsed(bytes: Buffer): Entry | undefined {
  const json = bytes.subarray(9)
  if (bytes.toString('latin1', 0, 9) !== `${checksum(json)} `) return undefined
  const value: unknown = JSON.parse(json.toString())
  return isEntry(value) ? value : undefined
}

/** Looks for another version's lines, not for accidents: those the checksum has found. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false
  const has = (name: string, type: string): boolean => typeof Reflect.get(value, name) === type
  if ('id' in value) return has('id', 'string') && has('epoch', 'number') && has('next', 'number')
  if ('put' in value && !(has('put', 'number') && 'records' in value && isRecords(value.records))) return false
  return has('acknowledged', 'number')
}

function isRecords(value: unknown): value is WrittenRecord[] {
  const isBytes = (each: unknown): boolean =>
    typeof each === 'object' && each !== null && 'base64' in each && typeof each.base64 === 'string'
  return Array.isArray(value) && value.every((each) => typeof each === 'string' || isBytes(each))
}

function written(record: string | Uint8Array): WrittenRecord {
  if (typeof record === 'string') return record
  return { base64: Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('base64') }
}

function read(record: WrittenRecord): string | Uint8Array {
  return typeof record === 'string' ? record : new Uint8Array(Buffer.from(record.base64, 'base64'))
}
