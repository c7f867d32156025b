/**
 * Plain configuration, checked at run time before anything is opened. Only what a plain-JavaScript caller can get wrong
 * in silence is checked here; URLs, headers and limits have one checker in their transport.
 *
 * @module
 */
import * as z from 'zod/mini'
import type { Codec } from '../codecs/codec.ts'
import type { Schema } from '../codecs/schema.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { TransportError } from '../errors.ts'
import type { DurableInput } from '../transports/durable.ts'
import type { HttpStreamInput } from '../transports/http-stream.ts'
import type { LongPollInput } from '../transports/long-poll.ts'
import type { SseInput } from '../transports/sse.ts'
import type { WebSocketInput } from '../transports/websocket.ts'

/** The input of each transport by its name. */
export interface TransportInputs {
  readonly sse: SseInput
  readonly websocket: WebSocketInput
  readonly 'http-stream': HttpStreamInput
  readonly 'long-poll': LongPollInput
  readonly durable: DurableInput
}

export type TransportType = keyof TransportInputs

/** What messages are made of, beside the connection's and the transport's own options. */
export interface TranslationConfig<Received, Sent> {
  /** How the wire's text or bytes are read and written. Default: the transport's own (`json` for NDJSON and `durable`, else `text`). */
  readonly codec?: Codec<Received, Sent> | Codec | undefined
  /** Standard Schema for received messages. */
  readonly incoming?: Schema<unknown, Received> | undefined
  /** Standard Schema for what is sent. */
  readonly outgoing?: Schema<Sent, unknown> | undefined
}

export type TransportConfig<Type extends TransportType, Received = unknown, Sent = unknown> = TransportInputs[Type] &
  ConnectionInput &
  TranslationConfig<Received, Sent>

const callable = z.custom<(...values: never[]) => unknown>(
  (value) => typeof value === 'function',
  'Expected a function.',
)
const milliseconds = z.number().check(z.positive())
const schema = z.looseObject({ '~standard': z.looseObject({ version: z.literal(1), validate: callable }) })

const shape = z.looseObject({
  url: z.union([z.string().check(z.minLength(1)), z.instanceof(URL)]),
  position: z.optional(z.string()),
  lazy: z.optional(z.boolean()),
  startPaused: z.optional(z.boolean()),
  connectTimeout: z.optional(milliseconds),
  // zod refuses Infinity as a number, and here it means "no watchdog".
  heartbeatInterval: z.optional(z.union([milliseconds, z.literal(Number.POSITIVE_INFINITY)])),
  stableAfter: z.optional(milliseconds),
  maxAttempts: z.optional(z.union([z.int().check(z.nonnegative()), z.literal(Number.POSITIVE_INFINITY)])),
  backoff: z.optional(z.strictObject({ base: z.optional(milliseconds), cap: z.optional(milliseconds) })),
  authorize: z.optional(callable),
  outbox: z.optional(
    z.strictObject({
      messages: z.optional(z.int().check(z.positive())),
      bytes: z.optional(z.int().check(z.positive())),
    }),
  ),
  random: z.optional(callable),
  codec: z.optional(z.looseObject({ decode: callable, encode: callable })),
  incoming: z.optional(schema),
  outgoing: z.optional(schema),
})

const types: readonly string[] = ['sse', 'websocket', 'http-stream', 'long-poll', 'durable']

/** Throws `bad_option` or `bad_url`, naming the option and never its value. */
export function checkConfig(type: unknown, config: unknown): void {
  if (typeof type !== 'string' || !types.includes(type)) {
    throw new TransportError('bad_option', `Unknown transport type; known are ${types.join(', ')}.`)
  }
  const result = shape.safeParse(config)
  if (result.success) return
  const option = String(result.error.issues[0]?.path[0] ?? '')
  if (option === 'url') throw new TransportError('bad_url', 'Option url must be a URL, or text that can become one.')
  throw new TransportError(
    'bad_option',
    option === '' ? 'The configuration must be an object.' : `Option ${option} has a value that cannot work.`,
  )
}
