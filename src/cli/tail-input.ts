/**
 * From options to the connection's input.
 *
 * @module
 */
import type { ConnectionInput } from '../connection/settings.ts'
import type { Message } from '../link.ts'
import { isWebSocket } from './arguments.ts'
import type { TailOptions } from './options.ts'
import { contentTypeOf, type RequestData } from './request-data.ts'
import type { TailInput } from './tail-dial.ts'

/** How often our own servers are asked for a sign of life, in ms; strangers promise none. */
const HEARTBEAT = 5_000

/** Everything the chart and the transports are told. */
export function inputOf(options: TailOptions, data: RequestData | undefined): TailInput & ConnectionInput {
  const { connectTimeout, from, insecure, maxAttempts, method, protocols, until, url, via } = options
  const offset = from === 'now' || from === '-1'
  return {
    url,
    method,
    headers: headersOf(options, data),
    body: data,
    ...(offset ? { from } : { position: from }),
    ...(insecure ? { tls: { rejectUnauthorized: false } } : {}),
    ...(until === undefined ? {} : { until: (message: Message) => isMarker(message, until) }),
    protocols,
    maxAttempts,
    connectTimeout,
    heartbeatInterval: via === 'durable' ? HEARTBEAT : undefined,
  }
}

/** The user's headers, and the body's type where they name none. */
function headersOf(options: TailOptions, data: RequestData | undefined): [string, string][] {
  const headers = options.headers.map(([name, value]): [string, string] => [name, value])
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type')
  if (data !== undefined && !typed && !isWebSocket(options)) headers.push(['content-type', contentTypeOf(data)])
  return headers
}

function isMarker({ data }: Message, marker: string): boolean {
  return typeof data === 'string' ? data.trim() === marker : JSON.stringify(data) === marker
}
