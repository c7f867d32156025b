/**
 * A streamed HTTP answer: NDJSON, lines, JSON text sequence, text or bytes, over HTTP/1.1 and HTTP/2.
 *
 * @module
 */
import { isJson } from '../codecs/json-text.ts'
import { TransportError } from '../errors.ts'
import type { Dial, Message } from '../link.ts'
import { mediaType, refusal } from './http-answer.ts'
import { exchange, sessionOf, underDial } from './http-dial.ts'
import { type Emit, httpLink, type StreamReader } from './http-link.ts'
import { createBytesReader, createTextReader } from './http-pieces.ts'
import { createJsonSequenceReader } from './json-sequence.ts'
import { createLineReader } from './lines.ts'
import { checkOneOf, checkOption, checkPositive } from './option-checks.ts'
import { DEFAULT_MESSAGE_BYTES, type HttpInput } from './request-input.ts'

/** How the bytes are cut into messages. `text` and `bytes` deliver pieces as they arrive, which are no messages of the sender's. */
export type StreamFormat = 'ndjson' | 'lines' | 'json-seq' | 'text' | 'bytes'

/** What a streamed answer can be told. */
export interface HttpStreamInput extends HttpInput {
  /** Default: from the content type of the answer, else `lines`. */
  readonly format?: StreamFormat | undefined
  /** The longest piece of `text` or `bytes`, in bytes; at least 4. Default: as they arrive. */
  readonly chunkBytes?: number | undefined
}

const ACCEPT: Record<StreamFormat, string> = {
  ndjson: 'application/x-ndjson, application/jsonl, application/json;q=0.5',
  lines: 'application/x-ndjson, text/plain;q=0.9, */*;q=0.5',
  'json-seq': 'application/json-seq',
  text: 'text/plain, */*;q=0.5',
  bytes: 'application/octet-stream, */*;q=0.5',
}

const BY_TYPE: Readonly<Record<string, StreamFormat>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'application/json-lines': 'ndjson',
  'application/json-seq': 'json-seq',
  'application/octet-stream': 'bytes',
}

/** Pages for people. What stands behind them is a portal, a proxy or a wrong address, never a stream. */
const PAGES = /^(text\/html|application\/xhtml\+xml)$/

/**
 * Opens a streamed answer. Messages are `{ data: string }`, or bytes for `format: 'bytes'`; JSON is decoded by the codec above.
 * The clean end of the bytes is the end, unless `until` is set: then it is `interrupted`.
 */
export const httpStream: Dial<HttpStreamInput> = (input, dial) =>
  underDial(dial, async (life) => {
    const { format, chunkBytes } = input
    checkOneOf('format', format, Object.keys(ACCEPT))
    checkPositive('chunkBytes', chunkBytes)
    // Four bytes are the longest character: a smaller piece could not hold one.
    checkOption(chunkBytes === undefined || chunkBytes > 3, 'chunkBytes', 'at least 4')
    const session = sessionOf(input, dial)
    const { request, answer } = await exchange(input, {
      attempt: dial.attempt,
      signal: life.signal,
      spend: dial.spend,
      session,
      headers: { accept: ACCEPT[format ?? 'lines'] },
    })
    dial.heard()
    if (answer.status < 200 || answer.status > 299) throw refusal(request, answer)
    const type = mediaType(answer)
    if (PAGES.test(type)) throw refusal(request, answer, 'a stream')
    // An event stream read line by line would be field names and blank lines: surely not what was wanted.
    if (format === undefined && type === 'text/event-stream')
      throw refusal(request, answer, 'lines (sse reads event streams)')
    const agreed = format ?? BY_TYPE[type] ?? 'lines'
    return httpLink({
      protocol: agreed,
      request,
      answer,
      reader: readerFor(agreed, input),
      dial,
      endIsEnd: answer.status === 204 || input.until === undefined,
      life,
      session,
    })
  })

function readerFor(
  format: StreamFormat,
  { chunkBytes, maxMessageBytes = DEFAULT_MESSAGE_BYTES, until }: HttpStreamInput,
): StreamReader {
  switch (format) {
    case 'json-seq':
      return createJsonSequenceReader(maxMessageBytes)
    case 'text':
      return createTextReader(chunkBytes)
    case 'bytes':
      return createBytesReader(chunkBytes)
    case 'ndjson': {
      const lines = createLineReader({ skipBlank: true, maxBytes: maxMessageBytes })
      return new WholeLines(lines, until === undefined ? isRecord : (line) => isRecord(line) && until(line))
    }
    default: {
      const lines = createLineReader({ skipBlank: false, maxBytes: maxMessageBytes })
      return until === undefined ? lines : new WholeLines(lines, () => true)
    }
  }
}

function isRecord({ data }: Message): boolean {
  return isJson(String(data))
}

/**
 * A last line may lack its line feed, but not a part of its JSON: WebKit ends a chunked body that was cut as if it were whole, and
 * a body without a length ends wherever its connection does. Half a record would be taken for one: `12` of `123` is JSON too, so
 * that where the last message is known, no other JSON counts without its line feed. Half a character is then no bad one (F08).
 */
class WholeLines implements StreamReader {
  readonly #lines: StreamReader
  readonly #isWhole: (line: Message) => boolean

  constructor(lines: StreamReader, isWhole: (line: Message) => boolean) {
    this.#lines = lines
    this.#isWhole = isWhole
  }

  feed(chunk: Uint8Array, emit: Emit): void {
    this.#lines.feed(chunk, emit)
  }

  end(emit: Emit): void {
    try {
      this.#lines.end?.((item) => {
        if (item.data === undefined || !this.#isWhole(item)) throw cutShort()
        emit(item)
      })
    } catch (thrown) {
      throw thrown instanceof TransportError && thrown.code === 'invalid_utf8' ? cutShort() : thrown
    }
  }
}

function cutShort(): TransportError {
  return new TransportError('interrupted', 'The last line was cut short.')
}
