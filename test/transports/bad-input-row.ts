/**
 * What a row of the table of bad input is made of.
 *
 * @module
 */
import type { ConnectionInput, ConnectionLogic, ConnectionState, TransportErrorCode } from '../../src/core.ts'
import { connection, json } from '../../src/core.ts'
import { httpStream, httpStreamConnection } from '../../src/http-stream.ts'
import { longPollConnection } from '../../src/long-poll.ts'
import { sseConnection } from '../../src/sse.ts'
import { webSocketConnection } from '../../src/websocket.ts'
import type { Order } from '../rigs/protocol.ts'
import type { RoomClient } from '../rigs/room-client.ts'

/** A word that no error may repeat: it stands where tokens, payloads and private paths stand. */
export const canary = 'canary-4f1c9b'

type AnyLogic = ConnectionLogic<object>

/** One row of the table. */
export interface BadInput {
  /** As the document says it. */
  readonly input: string
  readonly code: TransportErrorCode
  /** The state afterwards, when nothing else happens. */
  readonly state: ConnectionState
  readonly logic: AnyLogic
  /** What the connection is given. */
  readonly options: (room: RoomClient) => ConnectionInput & Record<string, unknown>
  /** What the server does. */
  readonly order?: Order
  /** The data of the messages that arrive all the same, in order. Default none. */
  readonly delivered?: readonly unknown[]
  /** Sent once connected; it is refused with the code. */
  readonly sent?: unknown
}

export const sse = sseConnection as unknown as AnyLogic
export const ws = webSocketConnection as unknown as AnyLogic
export const lines = httpStreamConnection as unknown as AnyLogic
export const poll = longPollConnection as unknown as AnyLogic

/** Takes objects with a number `n`; the message of an issue quotes the value, as careless libraries do. */
const numbered = {
  '~standard': {
    version: 1 as const,
    vendor: 'rig',
    validate: (value: unknown) =>
      typeof value === 'object' && value !== null && 'n' in value && typeof value.n === 'number'
        ? { value }
        : { issues: [{ message: `Bad value ${JSON.stringify(value)}`, path: ['n'] }] },
  },
}

export const strict = connection(httpStream, {
  codec: json,
  incoming: numbered,
  outgoing: numbered,
}) as unknown as AnyLogic

export function base64(...parts: readonly (string | readonly number[])[]): string {
  const bytes = parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part))
  return btoa(String.fromCharCode(...bytes))
}

export const page = base64(`<!doctype html><title>${canary}</title>`)
export const invalid = [0xff, 0xc0]
export const authorization = { headers: { authorization: `Bearer ${canary}` } }

export function given(options: object): (room: RoomClient) => ConnectionInput & Record<string, unknown> {
  return (room) => ({ url: `${room.url}/sse?token=${canary}`, ...options })
}

export function at(
  endpoint: string,
  options: object = {},
): (room: RoomClient) => ConnectionInput & Record<string, unknown> {
  return (room) => ({ url: `${room.url}/${endpoint}?token=${canary}`, ...options })
}

/** A scripted answer, one that ends only with the connection unless `end`. */
export function scripted(type: string, content: string, end = false): Order {
  return { faults: [{ kind: 'script', type, base64: content, end }] }
}
