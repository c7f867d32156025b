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
 * The data of an answer's messages. Rejects `limit_exceeded`, `invalid_utf8`, `decode_failed`, and `network` or `interrupted` when it
 * was cut short: a page is all or nothing, as only its end has a position.
 */
export async function readPage(input: LongPollInput, answer: HttpAnswer): Promise<unknown[]> {
  const bytes = await readBytes(answer, input.maxPageBytes ?? 4_194_304)
  if (answer.status === 204) return []
  // WebKitGTK ends a chunked body that was cut as if it were whole. Where a length was announced, it is held against the body.
  const announced = answer.header('content-encoding') === undefined ? answer.header('content-length') : undefined
  if (announced !== undefined && bytes.length < Number(announced)) throw cutShort()
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
  // No text is no JSON: taken for an empty page, a cut before the first byte would skip everything on it.
  if (text === '' && json && announced !== '0') throw cutShort()
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
    if (isOpen(text)) throw cutShort()
    // Not even as the cause: V8's SyntaxError quotes the text.
    throw new TransportError('decode_failed', 'The answer says it is JSON, but it is not.')
  }
}

function cutShort(): TransportError {
  return new TransportError('interrupted', 'The answer was cut short.')
}

/** Whether a string, an array or an object still waits for its end. */
function isOpen(text: string): boolean {
  let depth = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (quoted && character === '\\') index++
    else if (character === '"') quoted = !quoted
    else if (!quoted && (character === '[' || character === '{')) depth++
    else if (!quoted && (character === ']' || character === '}')) depth--
  }
  return quoted || depth > 0
}
