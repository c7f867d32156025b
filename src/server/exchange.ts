/**
 * One HTTP request and its answer, in the form `node:http` and the compatibility layer of `node:http2` share.
 *
 * @module
 */

import type { IncomingHttpHeaders } from 'node:http'
import { HEADERS, PROTOCOL_MAJOR } from '../wire/names.ts'
import type { Departure } from './departure.ts'
import type { Visitor } from './security/gate.ts'

/** What we read of a request. */
export interface StreamRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came; not there when the request came from elsewhere than a socket. */
  readonly rawHeaders?: readonly string[] | undefined
  /** The peer, as far as somebody knows it. */
  readonly socket?:
    | { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean | undefined }
    | undefined
  readonly httpVersionMajor: number
  /** Somebody has read the body already. */
  readonly readableEnded?: boolean | undefined
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end' | 'close' | 'error' | 'aborted', listener: () => void): unknown
  pause(): unknown
  resume(): unknown
  destroy(): unknown
}

/** What we do to an answer. */
export interface StreamResponse {
  statusCode: number
  readonly headersSent: boolean
  readonly writableEnded: boolean
  setHeader(name: string, value: string): unknown
  removeHeader(name: string): void
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown
  write(chunk: string | Uint8Array): boolean
  end(): unknown
  destroy(): unknown
}

/** A request with its answer and what was found out about both. */
export interface Exchange {
  readonly request: StreamRequest
  readonly response: StreamResponse
  readonly query: URLSearchParams
  /** The stream's path. */
  readonly path: string
  readonly visitor: Visitor
  readonly departure: Departure
}

/** A header that may come once. Node joins repeated ones with a comma, which no value of ours contains. */
export function headerOf(request: StreamRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()]
  return Array.isArray(value) ? value.join(', ') : value
}

/** Headers of every answer, refusals included. */
export function setStandingHeaders(response: StreamResponse, resourcePolicy = 'same-site'): void {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Cross-Origin-Resource-Policy', resourcePolicy)
  response.setHeader('Vary', 'Origin, Authorization')
  response.setHeader(HEADERS.protocol, String(PROTOCOL_MAJOR))
}

const TYPE = 'Content-Type'

/** Answers as a whole. Without a body no content length is set: 204 and 304 must not carry one. */
export function answer(
  response: StreamResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: string | Uint8Array,
): void {
  writeHead(response, status, headers)
  if (body !== undefined) {
    response.setHeader('Content-Length', String(Buffer.byteLength(body)))
    response.write(body)
  }
  response.end()
}

/**
 * Sets status and headers; they leave with the first bytes. The type goes last: over plain HTTP browsers take a head that was cut
 * off for a whole one, and a client that finds the type knows that it has the positions as well.
 */
export function writeHead(response: StreamResponse, status: number, headers: Readonly<Record<string, string>>): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) if (name !== TYPE) response.setHeader(name, value)
  if (headers[TYPE] !== undefined) response.setHeader(TYPE, headers[TYPE])
}
