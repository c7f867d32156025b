/**
 * The transports under test. Adding one is adding a row; what a protocol cannot do is said here and asserted, never skipped.
 *
 * @module
 */
import type { ConnectionLogic, Message } from '../../src/core.ts'
import { durableConnection } from '../../src/durable.ts'
import { httpStreamConnection } from '../../src/http-stream.ts'
import { longPollConnection } from '../../src/long-poll.ts'
import { byQuery } from '../../src/positions.ts'
import { sseConnection } from '../../src/sse.ts'
import type { TransportType } from '../../src/transport/config.ts'
import { webSocketConnection } from '../../src/websocket.ts'
import type { RoomClient } from '../rigs/room-client.ts'
import { engine } from './engine.ts'

/** Rows differ in what they take and give; the suite handles both as unknown. */
export type AnyLogic = ConnectionLogic<object>

/** One transport, and how the same rig looks through it. */
export interface TransportRow {
  readonly name: string
  readonly type: TransportType
  readonly logic: AnyLogic
  /** Where the room is, for this transport. */
  input(room: RoomClient): { readonly url: string } & Record<string, unknown>
  /** The rig's text in a message. */
  textOf(data: unknown): string
  /** The options that make a message of 5,000 characters too long, and one of 5 not. */
  readonly limit: Readonly<Record<string, number>>
  /** Whether a link that was cut goes on where it was. Otherwise the server starts again from the beginning. */
  readonly resumes: boolean
  /**
   * Whether a cut is noticed. A browser may send an unanswered GET again by itself when the connection it was on had served
   * before, and then nobody above hears of the cut.
   */
  readonly noticesCuts: boolean
  /** Whether a cut between two messages passes for the end of the stream. */
  readonly cutIsEnd: boolean
  /** Whether the HTTP status of a refusal can be seen. */
  readonly seesStatus: boolean
  /** Whether an attempt that is given up leaves the socket at once. */
  readonly dropsHandshake: boolean
  /** Whether a request that stays unanswered is how the protocol waits, and so no failure to connect. */
  readonly waitsUnanswered: boolean
  /** Whether a reader who stops stops the server. */
  readonly holdsBack: boolean
  /** Whether what nobody reads is dropped at a limit, where it does not stop the server. Otherwise the engine keeps all of it. */
  readonly overflows: boolean
  /** Whether what is sent comes back, because it is appended to the stream that is read. */
  readonly echoes: boolean
  /** The code of a web page where a stream should be. */
  readonly pageCode: 'unexpected_content_type' | 'http_status' | 'network' | 'not_a_stream_server'
}

/** A browser's WebSocket hides the handshake's status from scripts, and cannot pause. */
const inBrowser = engine !== 'node'
const inWebKit = engine === 'webkit'
const inFirefox = engine === 'firefox'

/** What most of them have in common. */
const usual = {
  textOf: String,
  limit: { maxMessageBytes: 1_000 },
  resumes: true,
  noticesCuts: true,
  cutIsEnd: false,
  seesStatus: true,
  dropsHandshake: true,
  waitsUnanswered: false,
  // In Firefox and WebKitGTK all 25 MB of the slow iterator's case left the server while fewer than 20 messages were taken.
  holdsBack: !inWebKit && !inFirefox,
  overflows: false,
  echoes: false,
  pageCode: 'unexpected_content_type',
} as const

const onSocket = {
  seesStatus: !inBrowser,
  // Firefox lets go of an unanswered handshake only at its own limit, which is above 15 s, whatever the page does.
  dropsHandshake: !inFirefox,
  holdsBack: !inBrowser,
  overflows: inBrowser,
  pageCode: inBrowser ? 'network' : 'http_status',
} as const

const polling = {
  // The elements of a JSON page share the page's limit.
  limit: { maxPageBytes: 1_000 },
  noticesCuts: !inBrowser,
  holdsBack: true,
} as const

function durableRow(via: 'sse' | 'ndjson' | 'long-poll' | 'websocket'): TransportRow {
  return {
    ...usual,
    name: `durable via ${via}`,
    type: 'durable',
    logic: durableConnection as unknown as AnyLogic,
    input: (room) => ({ url: `${room.url}/v1/stream/log`, via, holdAfter: 20 }),
    echoes: true,
    ...(via === 'long-poll' ? polling : {}),
    ...(via === 'websocket' ? onSocket : {}),
  }
}

function lineOf(message: Message): { readonly position: number; readonly data: string } {
  return JSON.parse(String(message.data))
}

/** The text that says of itself that it is the last. */
export const lastText = 'the end'

const httpStreamRow: TransportRow = {
  ...usual,
  name: 'http-stream',
  type: 'http-stream',
  logic: httpStreamConnection as unknown as AnyLogic,
  input: (room) => ({
    url: `${room.url}/ndjson`,
    sendUrl: `${room.url}/in`,
    positions: byQuery('from', (message) => String(lineOf(message).position)),
  }),
  textOf: (data) => lineOf({ data }).data,
}

export const rows: readonly TransportRow[] = [
  {
    ...usual,
    name: 'sse',
    type: 'sse',
    logic: sseConnection as unknown as AnyLogic,
    input: (room) => ({ url: `${room.url}/sse`, sendUrl: `${room.url}/in` }),
  },
  {
    ...usual,
    ...onSocket,
    name: 'websocket',
    type: 'websocket',
    logic: webSocketConnection as unknown as AnyLogic,
    input: (room) => ({ url: `${room.socketUrl}/ws` }),
    resumes: false,
  },
  // WebKit reports a chunked body that was cut as a whole one: only `until` tells the two apart.
  { ...httpStreamRow, name: 'http-stream', cutIsEnd: inWebKit },
  {
    ...httpStreamRow,
    name: 'http-stream with until',
    input: (room) => ({ ...httpStreamRow.input(room), until: (message: Message) => lineOf(message).data === lastText }),
  },
  {
    ...usual,
    name: 'long-poll',
    type: 'long-poll',
    logic: longPollConnection as unknown as AnyLogic,
    // A short patience: an empty room holds the first answer back, and that is "connected" here.
    input: (room) => ({ url: `${room.url}/long-poll?page=20`, sendUrl: `${room.url}/in`, holdAfter: 20 }),
    ...polling,
    waitsUnanswered: true,
  },
  durableRow('sse'),
  durableRow('ndjson'),
  durableRow('long-poll'),
  durableRow('websocket'),
]
