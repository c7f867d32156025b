/**
 * The bytes behind `--data`.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { TransportError } from '../errors.ts'

/** Enough for any request that starts a stream; a mistyped `@disk.img` must not fill the memory. */
const LONGEST = 16_777_216

/** What is sent: text where it is text, so that a WebSocket sends a text frame. */
export type RequestData = string | Uint8Array

/** Reads `TEXT`, `@FILE` or `-`. Rejects `bad_option`, and `aborted` when stdin is waited for in vain. */
export async function readData(
  source: string,
  stdin: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): Promise<RequestData> {
  if (source === '-') return asText(await Promise.race([collected(stdin), interruption(signal)]))
  if (source.startsWith('@')) return asText(await contentOf(source.slice(1)))
  return source
}

/** The content type of a body that names none: most endpoints that stream answers to a POST want JSON. */
export function contentTypeOf(data: RequestData): string {
  if (typeof data !== 'string') return 'application/octet-stream'
  try {
    const value: unknown = JSON.parse(data)
    if (typeof value === 'object' && value !== null) return 'application/json'
  } catch {
    // Not JSON: plain text then.
  }
  return 'text/plain;charset=UTF-8'
}

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    const content = await readFile(path)
    if (content.length > LONGEST) throw tooLong()
    return content
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    throw new TransportError('bad_option', 'The file of --data cannot be read.', { cause })
  }
}

async function collected(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    length += bytes.length
    if (length > LONGEST) throw tooLong()
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** A terminal's stdin ends when somebody types Ctrl-D; Ctrl-C must do as well. */
function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(new TransportError('aborted', 'Interrupted while reading stdin.'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

function tooLong(): TransportError {
  return new TransportError('bad_option', `The body of --data is longer than ${LONGEST} bytes.`)
}

function asText(bytes: Uint8Array): RequestData {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return new Uint8Array(bytes)
  }
}
