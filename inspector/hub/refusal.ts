/**
 * How the hub says no: with a status before a socket is open, with a close code after. Nothing of the request is echoed.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What a request is refused with, as `{"error": code}`. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405
  readonly code: string
}

export const refusals = {
  /** Sent to another name: a stranger's page that points a name of its own at this machine (DNS rebinding). */
  host: { status: 403, code: 'wrong_host' },
  origin: { status: 403, code: 'wrong_origin' },
  token: { status: 401, code: 'wrong_token' },
  method: { status: 405, code: 'wrong_method' },
  unknown: { status: 404, code: 'not_found' },
  request: { status: 400, code: 'bad_request' },
} as const satisfies Readonly<Record<string, Refusal>>

/** Close codes of the sockets, beside those of RFC 6455 (1001: the hub ends; 1009: oversized). */
export const closings = {
  malformed: [4400, 'malformed'],
  token: [4401, 'wrong_token'],
  /** Another version of the protocol. */
  version: [4406, 'other_protocol'],
  /** RFC 6455's successor of "try again later": whoever comes back begins anew. */
  slow: [1013, 'too_slow'],
  many: [4429, 'too_many'],
} as const satisfies Readonly<Record<string, readonly [code: number, reason: string]>>

export type Closing = (typeof closings)[keyof typeof closings]

/** Headers of everything the hub answers. */
export const standingHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Ends a request. */
export function refuse(response: ServerResponse, { status, code }: Refusal): void {
  response.writeHead(status, { ...standingHeaders, 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: code }))
}

/** Ends a request to become a socket, on which nothing has been answered. */
export function hangUp(socket: Duplex, { status, code }: Refusal): void {
  const body = JSON.stringify({ error: code })
  const headers = { ...standingHeaders, 'content-type': 'application/json', 'content-length': body.length }
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${status} ${code}`, ...lines, '', body].join('\r\n'))
}
