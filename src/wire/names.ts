/**
 * The names client and server must spell alike: headers, query parameters, media types, events.
 *
 * @module
 */

/** The sub-protocol of `/v1/ws`. Mandatory: an upgrade without it is refused. */
export const WEBSOCKET_PROTOCOL = 'statewire.v1.json'

/** Where streams live: a stream's path follows. */
export const STREAM_MOUNT = '/v1/stream/'

/** Where sockets are opened. */
export const WEBSOCKET_PATH = '/v1/ws'

/** Where a page gets a one-time ticket for a socket. */
export const TICKET_PATH = '/v1/ticket'

/** What stands before a ticket in the list of sub-protocols. */
export const TICKET_PROTOCOL = 'statewire.ticket.'

/** The version this page of the protocol has; the value of {@link HEADERS.protocol}. */
export const PROTOCOL_MAJOR = 1

/** Header names, as they are sent. Compare without case. */
export const HEADERS = {
  nextOffset: 'Stream-Next-Offset',
  cursor: 'Stream-Cursor',
  upToDate: 'Stream-Up-To-Date',
  closed: 'Stream-Closed',
  streamSeq: 'Stream-Seq',
  ttl: 'Stream-TTL',
  expiresAt: 'Stream-Expires-At',
  reset: 'Stream-Reset',
  earliestOffset: 'Stream-Earliest-Offset',
  sseDataEncoding: 'Stream-SSE-Data-Encoding',
  producerId: 'Producer-Id',
  producerEpoch: 'Producer-Epoch',
  producerSeq: 'Producer-Seq',
  producerExpectedSeq: 'Producer-Expected-Seq',
  producerReceivedSeq: 'Producer-Received-Seq',
  /** `true`: other records were stored under this number before; ours. */
  producerConflict: 'Producer-Conflict',
  protocol: 'statewire-Protocol',
} as const

/** Query parameters of a read. Unknown ones are ignored by every server. */
export const QUERY = {
  offset: 'offset',
  live: 'live',
  cursor: 'cursor',
  /** Seconds between two signs of life, 1 to 60; ours. */
  heartbeat: 'heartbeat',
  /** `event`: a reset comes as 200 and a control event, for the native `EventSource`, which cannot read a 410; ours. */
  errors: 'errors',
} as const

/** How a read stays open. `ndjson` is ours; a server without it answers 400. */
export type LiveMode = 'long-poll' | 'sse' | 'ndjson'

/** The two SSE event names of a stream. */
export const SSE_DATA = 'data'
export const SSE_CONTROL = 'control'

/** Media types. */
export const JSON_TYPE = 'application/json'
export const SSE_TYPE = 'text/event-stream'
export const NDJSON_TYPE = 'application/x-ndjson'
export const PROBLEM_TYPE = 'application/problem+json'

/** The most one append or one `pub` frame may hold. */
export const MAX_RECORDS_PER_APPEND = 1000

/** Producer ids, as both sides check them. */
export const PRODUCER_ID = /^[A-Za-z0-9._:@-]{1,128}$/

/** Producer epochs and sequences in a header: no sign, no leading zero. The value must also be at most 2^53 - 1. */
export const PRODUCER_INTEGER = /^(?:0|[1-9][0-9]{0,15})$/
