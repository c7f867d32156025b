/**
 * What one long-poll answer holds.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { type HttpAnswer, mediaType } from './http-answer.ts'
import type { LongPollInput } from './long-poll.ts'
import { DEFAULT_MESSAGE_BYTES } from './request-input.ts'
import { createTextDecoding, exceeded, exceedsBytes, invalidUtf8 } from './text-decoding.ts'

const NDJSON = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines)$/
const JSON_TYPES = /^application\/(?:[\w.+-]+\+)?json$/
const TEXT = /^(?:$|text\/|application\/(?:[\w.+-]+\+)?xml$)/

/**
 * The data of an answer's messages. Rejects `limit_exceeded`, `invalid_utf8`, `decode_failed`, and `network` when it was cut short:
 * a page is all or nothing, as only its end has a position.
 */
export async function readPage(input: LongPollInput, answer: HttpAnswer): Promise<unknown[]> {
  const bytes = await readBytes(answer, input.maxPageBytes ?? 4_194_304)
  if (answer.status === 204) return []
  const limit = input.maxMessageBytes ?? DEFAULT_MESSAGE_BYTES
  const type = mediaType(answer)
  const ndjson = NDJSON.test(type)
  const json = JSON_TYPES.test(type)
  if (input.split === undefined && !ndjson && !json && !TEXT.test(type)) {
    if (bytes.length > limit) throw exceeded('A message', limit)
    return bytes.length === 0 ? [] : [bytes]
  }
  const text = decoded(bytes)
  if (input.split !== undefined) return [...input.split(text, answer)]
  if (text === '') return []
  if (json) {
    const value = parsed(text)
    // The elements share the page's limit: measuring each would mean writing it out again.
    return Array.isArray(value) ? value : [value]
  }
  const texts = ndjson ? text.split(/\r?\n/).filter((line) => line.trim() !== '') : [text]
  if (texts.some((one) => exceedsBytes(one, limit))) throw exceeded('A message', limit)
  return texts
}

async function readBytes({ body }: HttpAnswer, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const cut = await body.read((chunk) => {
    chunks.push(chunk)
    length += chunk.length
    return length <= maxBytes
  })
  if (cut) throw exceeded('An answer', maxBytes)
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

function decoded(bytes: Uint8Array): string {
  const decoding = createTextDecoding()
  const text = decoding.decode(bytes)
  if (decoding.broken || decoding.incomplete) throw invalidUtf8()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not even as the cause: V8's SyntaxError quotes the text.
    throw new TransportError('decode_failed', 'The answer says it is JSON, but it is not.')
  }
}
