/**
 * Collects the body of a request, within limits of size and time.
 *
 * @module
 */

import { PROBLEM_TYPE } from '../wire/names.ts'
import type { Clock } from './clock.ts'
import { headerOf, type StreamRequest, type StreamResponse, writeHead } from './exchange.ts'
import type { Limits } from './limits.ts'
import { Refusal, refusalBody } from './problem.ts'
import type { TimerWheel } from './timer-wheel.ts'

/** The minimum rate is an average over so long. */
const RATE_WINDOW_MS = 10_000

const LINGER_MS = 1_000

/** What reading a body needs of its server. */
interface BodyReading {
  readonly wheel: TimerWheel
  readonly clock: Clock
  readonly limits: Pick<Limits, 'bodyBytes' | 'bodyMs' | 'minimumBytesPerSecond'>
}

/** The body, or `null` when the client went away before its end: then nobody waits for an answer. */
export function readBody(request: StreamRequest, { wheel, limits }: BodyReading): Promise<Buffer | null> {
  refuseEncoded(request)
  // A body parser that was mounted before us: waiting for its end would last for ever.
  if (request.readableEnded === true) throw new Refusal(500, 'body_used', 'The body has been read by somebody else.')
  if (Number(headerOf(request, 'content-length') ?? 0) > limits.bodyBytes) throw tooLarge(limits.bodyBytes)
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    let sizeBefore = 0
    const settle = (finish: () => void): void => {
      wheel.clear(total)
      wheel.clear(window)
      finish()
    }
    const total = wheel.setDeadline(limits.bodyMs, () => settle(() => reject(tooSlow(limits.bodyMs))))
    // A body that is announced and comes drop by drop must not hold a connection for long.
    const look = (): void => {
      const rate = ((size - sizeBefore) / RATE_WINDOW_MS) * 1000
      if (rate < limits.minimumBytesPerSecond) settle(() => reject(tooSlow(limits.bodyMs)))
      else window = wheel.setDeadline(RATE_WINDOW_MS, look)
      sizeBefore = size
    }
    let window = wheel.setDeadline(RATE_WINDOW_MS, look)
    request.on('data', (chunk) => {
      size += chunk.length
      // A chunked body announces nothing, and may be endless.
      if (size <= limits.bodyBytes) chunks.push(chunk)
      else settle(() => reject(tooLarge(limits.bodyBytes)))
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
  const body = refusalBody(refusal)
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

function tooLarge(most: number): Refusal {
  return new Refusal(413, 'too_large', `A body may be ${most} bytes long.`)
}

function tooSlow(bodyMs: number): Refusal {
  return new Refusal(408, 'body_timeout', `The body came too slowly; it may take ${bodyMs / 1000} s.`)
}
