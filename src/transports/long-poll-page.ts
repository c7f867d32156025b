/**
 * What one long-poll answer holds.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import { type HttpAnswer, mediaType, requestFailure } from './http-answer.ts'
import type { LongPollInput } from './long-poll.ts'
import { DEFAULT_MESSAGE_BYTES, type PreparedRequest } from './request.ts'
import { createTextDecoding, exceedsBytes } from './text-decoding.ts'

const NDJSON = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines)$/
const JSON_TYPES = /^application\/(?:[\w.+-]+\+)?json$/
const TEXT = /^(?:$|text\/|application\/(?:[\w.+-]+\+)?xml$)/

/**
 * The data of an answer's messages. Rejects `limit_exceeded`, `invalid_utf8`, `decode_failed`, and `network` when it was cut short:
 * a page is all or nothing, as only its end has a position.
 */
export async function readPage(input: LongPollInput, request: PreparedRequest, answer: HttpAnswer): Promise<unknown[]> {
  const bytes = await readBytes(request, answer, input.maxPageBytes ?? 4_194_304)
  const limit = input.maxMessageBytes ?? DEFAULT_MESSAGE_BYTES
  const type = mediaType(answer)
  const ndjson = NDJSON.test(type)
  const json = JSON_TYPES.test(type)
  if (input.split === undefined && !ndjson && !json && !TEXT.test(type)) {
    if (bytes.length > limit) throw tooLong(request, limit)
    return bytes.length === 0 ? [] : [bytes]
  }
  const text = decoded(request, bytes)
  if (input.split !== undefined) return [...input.split(text, answer)]
  if (text === '') return []
  if (json) {
    const value = parsed(request, text)
    // The elements share the page's limit: measuring each would mean writing it out again.
    return Array.isArray(value) ? value : [value]
  }
  const texts = ndjson ? text.split(/\r?\n/).filter((line) => line.trim() !== '') : [text]
  if (texts.some((one) => exceedsBytes(one, limit))) throw tooLong(request, limit)
  return texts
}

async function readBytes(request: PreparedRequest, { body }: HttpAnswer, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const cut = await body.read((chunk) => {
    chunks.push(chunk)
    length += chunk.length
    return length <= maxBytes
  })
  if (cut) {
    body.cancel()
    throw requestFailure(request, 'limit_exceeded', `An answer is longer than ${maxBytes} bytes (maxPageBytes).`)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

function decoded(request: PreparedRequest, bytes: Uint8Array): string {
  const decoding = createTextDecoding()
  const text = decoding.decode(bytes)
  if (decoding.broken || decoding.incomplete) {
    throw requestFailure(request, 'invalid_utf8', 'The answer holds bytes that are not UTF-8.')
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function parsed(request: PreparedRequest, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not even as the cause: V8's SyntaxError quotes the text.
    throw requestFailure(request, 'decode_failed', 'The answer says it is JSON, but it is not.')
  }
}

function tooLong(request: PreparedRequest, limit: number): TransportError {
  return requestFailure(request, 'limit_exceeded', `A message is longer than ${limit} bytes.`)
}
