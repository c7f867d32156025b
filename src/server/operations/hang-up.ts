/**
 * The last words to a peer that cannot be answered in the ordinary way: what it sent is no request, or not for us.
 *
 * @module
 */

import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { HEADERS, PROBLEM_TYPE, PROTOCOL_MAJOR } from '../../wire/names.ts'
import { Refusal, refusalBody } from '../problem.ts'

/**
 * How long the peer may take to read its answer. A socket that is closed with unread bytes in it resets the connection, and the
 * reset can overtake the answer.
 */
const LINGER_MS = 1_000

/** Refuses on a bare socket (an upgrade that is not taken, for one), and closes it whether the peer likes it or not. */
export function hangUp(socket: Duplex, refusal: Refusal): void {
  socket.on('error', () => {})
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.on('close', () => clearTimeout(timer))
  answerBare(socket, refusal)
}

function answerBare(socket: Duplex, refusal: Refusal): void {
  const body = refusalBody(refusal)
  const headers = {
    Connection: refusal.headers.Upgrade === undefined ? 'close' : 'close, Upgrade',
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    [HEADERS.protocol]: String(PROTOCOL_MAJOR),
    ...refusal.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
  // What the peer still sends is thrown away, or its connection would be reset before it has read the answer.
  socket.resume()
}

const TOO_SLOW = new Refusal(408, 'request_timeout', 'The request did not arrive in time.')
const TOO_MUCH = new Refusal(431, 'headers_too_large', 'The headers of a request are 16 KiB at most.')
const NO_HTTP = new Refusal(400, 'bad_request', 'This is no HTTP request.')

/** `CONNECT` asks for a tunnel. */
export const NO_TUNNEL = new Refusal(405, 'method_not_allowed', 'This server is no proxy.')

/**
 * The answer to what the parser could not take, by the code of Node's error: 400, 408 or 431. `null` when there is nobody to answer:
 * the connection broke, or TLS never came about.
 */
export function refusalOfError(error: Error): Refusal | null {
  const code = 'code' in error ? error.code : undefined
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return TOO_SLOW
  if (code === 'HPE_HEADER_OVERFLOW') return TOO_MUCH
  return typeof code === 'string' && code.startsWith('HPE_') ? NO_HTTP : null
}

/**
 * Whether bytes written to the socket now would be taken for the answer to what it sent last. They would not while an
 * earlier answer is due or half-way out: they would become part of that.
 */
export function isAnswerable(socket: Duplex, latest: ServerResponse | undefined): boolean {
  if (!socket.writable) return false
  if (latest === undefined || latest.writableFinished) return true
  // A request that came whole gets its own answer: what follows it says nothing about it.
  return latest.socket === socket && !latest.headersSent && !latest.req.complete
}

/** Whether the answer to a request that came whole is still to begin. */
export function isDue(latest: ServerResponse): boolean {
  return latest.req.complete && !latest.headersSent
}
