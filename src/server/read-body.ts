/**
 * Collects the body of a request, within limits of size and time.
 *
 * @module
 */

import { PROBLEM_TYPE } from '../wire/names.ts'
import type { Clock } from './clock.ts'
import { headerOf, type StreamRequest, type StreamResponse, writeHead } from './exchange.ts'
import { problemBody, Refusal } from './problem.ts'

/** Largest body of an append. */
export const MAX_BODY_BYTES = 1024 * 1024

/** A body that is announced and never comes must not hold a connection for ever. */
const BODY_TIMEOUT_MS = 30_000

const LINGER_MS = 1_000

/** The body, or `null` when the client went away before its end: then nobody waits for an answer. */
export function readBody(request: StreamRequest, clock: Clock): Promise<Buffer | null> {
  refuseEncoded(request)
  if (Number(headerOf(request, 'content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const timer = clock.setTimeout(() => settle(() => reject(tooSlow())), BODY_TIMEOUT_MS)
    const settle = (finish: () => void): void => {
      clock.clearTimeout(timer)
      finish()
    }
    request.on('data', (chunk) => {
      size += chunk.length
      // A chunked body announces nothing, and may be endless.
      if (size <= MAX_BODY_BYTES) chunks.push(chunk)
      else settle(() => reject(tooLarge()))
    })
    request.on('end', () => settle(() => resolve(Buffer.concat(chunks))))
    request.on('error', () => settle(() => resolve(null)))
    request.on('close', () => settle(() => resolve(null)))
  })
}

/** Whether the rest of the body must not be read: the connection cannot be used again. */
export function leavesBodyUnread(refusal: Refusal): boolean {
  return refusal.status === 413 || refusal.status === 408
}

/**
 * Refuses without reading on. A socket that is closed with unread bytes in it resets the connection, and the reset can
 * overtake the answer; so the answer is sent whole, the socket is left alone, and it is closed when the client has gone
 * or its second is over.
 */
export function refuseUnread(request: StreamRequest, response: StreamResponse, refusal: Refusal, clock: Clock): void {
  request.pause()
  const body = problemBody(refusal.status, refusal.code, refusal.message, {})
  writeHead(response, refusal.status, {
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    // HTTP/2 forbids the header: a stream there ends alone.
    ...(request.httpVersionMajor < 2 ? { Connection: 'close' } : {}),
  })
  response.write(body)
  // In HTTP/2 a stream that stays open for the client's half disturbs no other.
  if (request.httpVersionMajor >= 2) response.end()
  const timer = clock.setTimeout(() => {
    response.end()
    request.destroy()
  }, LINGER_MS)
  response.on('close', () => clock.clearTimeout(timer))
}

/** Nothing is decompressed: a few KiB would become gigabytes. */
function refuseEncoded(request: StreamRequest): void {
  const encoding = headerOf(request, 'content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new Refusal(415, 'content_encoding', 'Send the body without a content encoding.')
}

function tooLarge(): Refusal {
  return new Refusal(413, 'too_large', `A body may be ${MAX_BODY_BYTES} bytes long.`)
}

function tooSlow(): Refusal {
  return new Refusal(408, 'body_timeout', `The body did not arrive within ${BODY_TIMEOUT_MS / 1000} s.`)
}
