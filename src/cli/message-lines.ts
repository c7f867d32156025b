/**
 * Messages as they go to stdout.
 *
 * @module
 */
import { isJson } from '../codecs/json-text.ts'
import type { Message } from '../link.ts'
import type { Via } from './options.ts'
import { printable } from './printable.ts'

export interface LineOptions {
  /** How the stream is read: pieces of `text` and `bytes` are no messages of the sender's, so that no line feed is put between them. */
  readonly via: Via | undefined
  /** Stdout is a terminal, which other people's control characters must not reach. */
  readonly terminal: boolean
}

/** The payload alone: text as it is, values as JSON, bytes as bytes. */
export function plainLine({ data }: Message, { via, terminal }: LineOptions): string | Uint8Array {
  const end = via === 'text' || via === 'bytes' ? '' : '\n'
  if (data instanceof Uint8Array) {
    if (terminal) return printable(new TextDecoder().decode(data)) + end
    return end === '' ? data : Buffer.concat([data, Buffer.from(end)])
  }
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return (terminal ? printable(text) : text) + end
}

/**
 * One JSON object: `time` (ISO 8601, of arrival), `event`, `data`, `position`; absent facts are `null`. Bytes are base64, and say so in
 * a field `encoding`.
 */
export function jsonLine(message: Message, { via, terminal }: LineOptions, time: Date): string {
  const { data, event, position } = message
  const head = `{"time":"${time.toISOString()}","event":${JSON.stringify(event ?? null)},"data":`
  const encoding = data instanceof Uint8Array ? ',"encoding":"base64"' : ''
  const line = `${head}${dataAsJson(data, via)},"position":${JSON.stringify(position ?? null)}${encoding}}`
  return `${terminal ? printable(line) : line}\n`
}

function dataAsJson(data: unknown, via: Via | undefined): string {
  if (data instanceof Uint8Array) return `"${Buffer.from(data).toString('base64')}"`
  if (typeof data === 'string' && (via === 'ndjson' || via === 'json-seq') && isJson(data)) {
    // The sender's own spelling: parsing and writing again would round every number above 2^53. Outside of strings a line feed
    // is white space (RFC 8259 section 2), and within them there is none.
    return data.replaceAll(/[\r\n]/g, ' ')
  }
  return JSON.stringify(data)
}
