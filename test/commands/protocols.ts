/**
 * The transports under test: what is promised of each, the server it talks to, and its logic.
 *
 * @module
 */

import { watched } from '../../src/connection/settings.ts'
import { type ConnectionLogic, connection, type Dial, json, values } from '../../src/index.ts'
import { producerQueue } from '../../src/producer/queue-kind.ts'
import { durable } from '../../src/transports/durable.ts'
import type { Delay } from '../../src/transports/http-delay.ts'
import { httpStream } from '../../src/transports/http-stream.ts'
import { longPoll } from '../../src/transports/long-poll.ts'
import { sse } from '../../src/transports/sse.ts'
import { webSocket } from '../../src/transports/websocket.ts'
import { openDurable } from './durable-origin.ts'
import type { Protocol } from './model.ts'
import type { Entry, OpenOrigin } from './origin.ts'
import { openPolled } from './polled-origin.ts'
import { openEvents, openLines, openSocket } from './scripted-origin.ts'

export interface WorldInput {
  readonly url: string
  /** Waiting on the simulated clock, where a protocol waits by itself. */
  readonly delay?: Delay | undefined
}

export interface Tested extends Protocol {
  readonly origin: OpenOrigin
  readonly logic: ConnectionLogic<WorldInput, Entry, Entry>
  /** Whether a resolved send has been confirmed by the server, and not only been handed to a socket. */
  readonly confirms: boolean
  /** Whether closing is a conversation, which a silent peer keeps open for a while (RFC 6455 section 7.1.1). */
  readonly closesPolitely: boolean
}

const over = (via: 'sse' | 'websocket'): Dial<WorldInput> => {
  return ({ delay: _, ...input }, request) => durable({ ...input, via }, request)
}

const plain = {
  positioned: false,
  paged: false,
  lively: false,
  confirms: true,
  closesPolitely: false,
  noContent: ['closed'],
} satisfies Partial<Tested>
const lines = { codec: json as never }
const records = { codec: values as never, queue: producerQueue, defaults: watched }

export const protocols = {
  sse: { ...plain, name: 'sse', positioned: true, origin: openEvents, logic: connection(sse, lines) },
  websocket: {
    ...plain,
    name: 'websocket',
    lively: true,
    confirms: false,
    closesPolitely: true,
    origin: openSocket,
    logic: connection(webSocket, lines),
  },
  'http-stream': { ...plain, name: 'http-stream', origin: openLines, logic: connection(httpStream, lines) },
  'long-poll': {
    ...plain,
    name: 'long-poll',
    paged: true,
    noContent: ['connected', 'connecting', 'reconnecting'],
    origin: openPolled,
    logic: connection(longPoll, { codec: values as never }),
  },
  'durable-sse': {
    ...plain,
    name: 'durable-sse',
    noContent: ['error'],
    positioned: true,
    origin: openDurable,
    logic: connection(over('sse'), records),
  },
  'durable-websocket': {
    ...plain,
    name: 'durable-websocket',
    positioned: true,
    lively: true,
    closesPolitely: true,
    origin: openDurable,
    logic: connection(over('websocket'), records),
  },
} satisfies Record<string, Tested>

export type ProtocolName = keyof typeof protocols
