/**
 * HTTP/1.1 answers, written by hand: `node:http` would correct what a test wants to be wrong.
 *
 * @module
 */
import { STATUS_CODES } from 'node:http'
import { bytesOf, eventText, type Item } from './frames.ts'
import type { Pipe } from './pipe.ts'

/** Header fields; a list repeats the field, and pairs keep an order and a spelling of your own. */
export type HeaderFields =
  | Readonly<Record<string, string | number | readonly string[]>>
  | readonly (readonly [string, string])[]

export interface AnswerHead {
  /** Default 200. */
  readonly status?: number | undefined
  readonly headers?: HeaderFields | undefined
  /**
   * How the body says its length: `chunked` (default), `close` (it ends where the connection ends: a cut looks like an end), or the
   * `content-length` to promise, true or not.
   */
  readonly framing?: 'chunked' | 'close' | number | undefined
  /** Leave the connection open for another request after the answer's own end. Default `false`. */
  readonly keepAlive?: boolean | undefined
}

/** A whole answer. */
export interface WholeAnswer extends Omit<AnswerHead, 'framing'> {
  readonly body?: string | Uint8Array | undefined
}

/** How messages look in the body: events, lines of text, or bytes as they come. */
export type BodyFormat = 'sse' | 'lines' | 'body'

const types: Readonly<Record<BodyFormat, string>> = {
  sse: 'text/event-stream',
  lines: 'application/x-ndjson',
  body: 'application/octet-stream',
}

/** An answer whose head is out and whose body goes on. */
export class HttpVoice {
  readonly format: BodyFormat
  readonly #pipe: Pipe
  readonly #head: AnswerHead

  constructor(pipe: Pipe, format: BodyFormat, head: AnswerHead) {
    this.#pipe = pipe
    this.format = format
    this.#head = head
  }

  open(): Promise<void> {
    const { framing = 'chunked', keepAlive = false } = this.#head
    const length: [string, string][] = []
    if (framing === 'chunked') length.push(['transfer-encoding', 'chunked'])
    if (typeof framing === 'number') length.push(['content-length', String(framing)])
    const own: [string, string][] = [
      ['content-type', types[this.format]],
      ['cache-control', 'no-store'],
      ['connection', keepAlive ? 'keep-alive' : 'close'],
      ...length,
    ]
    return writeHead(this.#pipe, this.#head.status ?? 200, this.#head.headers, own)
  }

  send(item: Item): Promise<void> {
    if (item instanceof Uint8Array) return this.#chunk(item)
    const fields = typeof item === 'string' ? { data: item } : item
    if (this.format === 'sse') return this.#chunk(bytesOf(eventText(fields)))
    return this.#chunk(bytesOf(`${fields.data ?? ''}${this.format === 'lines' ? '\n' : ''}`))
  }

  /** The smallest thing a reader ignores: a comment, or an empty line. */
  heartbeat(): Promise<void> {
    return this.#chunk(bytesOf(this.format === 'sse' ? ':\n\n' : '\n'))
  }

  async end(): Promise<void> {
    const { framing = 'chunked', keepAlive = false } = this.#head
    if (framing === 'chunked') void this.#pipe.write(bytesOf('0\r\n\r\n'))
    if (keepAlive && framing !== 'close') this.#pipe.end('finished')
    else await this.#pipe.finish('finished')
  }

  #chunk(bytes: Uint8Array): Promise<void> {
    if ((this.#head.framing ?? 'chunked') !== 'chunked' || bytes.length === 0) return this.#pipe.write(bytes)
    const size = bytesOf(`${bytes.length.toString(16)}\r\n`)
    return this.#pipe.write(Buffer.concat([size, bytes, bytesOf('\r\n')]))
  }
}

/** Writes an answer with its length and its end; the head alone for HEAD. */
export async function writeWhole(pipe: Pipe, method: string, answer: WholeAnswer): Promise<void> {
  const { headers, keepAlive = false, status = 200 } = answer
  const body = bytesOf(answer.body ?? '')
  // RFC 9110 section 8.6: no length where there cannot be a body.
  const bodiless = status === 204 || status === 304 || status < 200
  const own: [string, string][] = [['connection', keepAlive ? 'keep-alive' : 'close']]
  if (!bodiless) own.push(['content-length', String(body.length)])
  if (body.length > 0) own.push(['content-type', 'text/plain; charset=utf-8'])
  void writeHead(pipe, status, headers, own)
  if (method !== 'HEAD' && !bodiless && body.length > 0) void pipe.write(body)
  if (keepAlive) pipe.end('finished')
  else await pipe.finish('finished')
}

/** What the caller says wins over what we would say. */
async function writeHead(
  pipe: Pipe,
  status: number,
  given: HeaderFields | undefined,
  own: readonly (readonly [string, string])[],
): Promise<void> {
  const fields = pairsOf(given)
  const named = new Set(fields.map(([name]) => name.toLowerCase()))
  const all = [...fields, ...own.filter(([name]) => !named.has(name))]
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const written = pipe.write(Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines}\r\n`))
  pipe.beginBody()
  await written
}

/** Header fields as pairs, in their order. */
export function pairsOf(given: HeaderFields = {}): (readonly [string, string])[] {
  if (isPairs(given)) return [...given]
  return Object.entries(given).flatMap(([name, value]) =>
    typeof value === 'object' ? value.map((one) => [name, one] as const) : [[name, String(value)] as const],
  )
}

function isPairs(given: HeaderFields): given is readonly (readonly [string, string])[] {
  return Array.isArray(given)
}
