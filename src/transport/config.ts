/**
 * Plain configuration, checked at run time before anything is opened. Only what a plain-JavaScript caller can get wrong
 * in silence is checked here; URLs, headers and limits have one checker in their transport.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import * as z from 'zod/mini'
import type { Refused } from '../codecs/refusal.ts'
import type { Schema } from '../codecs/schema.ts'
import type { CodecSource } from '../connection/connection.ts'
import { checkOutbox } from '../connection/outbox-options.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { TransportError } from '../errors.ts'
import type { DurableInput } from '../transports/durable.ts'
import type { HttpStreamInput } from '../transports/http-stream.ts'
import type { LongPollInput } from '../transports/long-poll.ts'
import type { SseInput } from '../transports/sse.ts'
import type { WebSocketInput } from '../transports/websocket.ts'
import { type AutoInput, checkAuto } from './auto-input.ts'

/** The input of each transport by its name. */
export interface TransportInputs {
  readonly sse: SseInput
  readonly websocket: WebSocketInput
  readonly 'http-stream': HttpStreamInput
  readonly 'long-poll': LongPollInput
  readonly durable: DurableInput
  readonly auto: AutoInput
}

export type TransportType = keyof TransportInputs

/** The transports that there are; `auto` becomes one of them. */
export type ProtocolName = Exclude<TransportType, 'auto'>

/** What messages are made of, beside the connection's and the transport's own options. */
export interface TranslationConfig<Received, Sent> {
  /** How the wire's text or bytes are read and written. Default: the transport's own (`json` for NDJSON and `durable`, else `text`). */
  readonly codec?: CodecSource<Received, Sent> | undefined
  /** What becomes of a received message that cannot be decoded or does not fit its schema. Default `error`. */
  readonly refused?: Refused | undefined
  /** Is given each connection before it starts: the place for `logTo` and `measure` of `statewire/observe`. */
  readonly observe?: ((connection: AnyActorRef) => void) | undefined
  /** Standard Schema for received messages. */
  readonly incoming?: Schema<unknown, Received> | undefined
  /** Standard Schema for what is sent. */
  readonly outgoing?: Schema<Sent, unknown> | undefined
}

export type TransportConfig<Type extends TransportType, Received = unknown, Sent = unknown> = TransportInputs[Type] &
  ConnectionInput &
  TranslationConfig<Received, Sent>

const is = <Value>(check: (value: unknown) => boolean) => z.custom<Value>(check)
const callable = is((value) => typeof value === 'function')
const flag = is((value) => typeof value === 'boolean')
const text = is((value) => typeof value === 'string')
const duration = is((value) => typeof value === 'number' && value > 0)
const count = is((value) => value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) >= 0))
const limit = is((value) => Number.isInteger(value) && Number(value) > 0)
const address = is((value) => (typeof value === 'string' && value !== '') || value instanceof URL)
// An object or, with some libraries, a function that carries the standard's properties.
const schema = is((value) => {
  const standard = Object(value)['~standard'] as { version?: unknown; validate?: unknown } | undefined
  return standard?.version === 1 && typeof standard.validate === 'function'
})

const has = (value: unknown, ...methods: string[]) =>
  methods.every((method) => typeof (Object(value) as Record<string, unknown>)[method] === 'function')
const environment = is((value) => value === false || has(value, 'current', 'subscribe'))
const pool = is((value) => has(value, 'join'))
const codec = is((value) => typeof value === 'function' || has(value, 'decode', 'encode'))
const refusal = is((value) => typeof value === 'function' || ['error', 'drop', 'fail'].includes(String(value)))

// Only what zod/mini shares with every schema: its unions, numbers and literals would cost another 2 kB.
const shape = z.object({
  url: address,
  position: z.optional(text),
  lazy: z.optional(flag),
  startPaused: z.optional(flag),
  connectTimeout: z.optional(duration),
  firstByteTimeout: z.optional(duration),
  idleTimeout: z.optional(duration),
  totalTimeout: z.optional(duration),
  closeTimeout: z.optional(duration),
  heartbeatInterval: z.optional(duration),
  probeTimeout: z.optional(duration),
  stableAfter: z.optional(duration),
  maxAttempts: z.optional(count),
  maxElapsedTime: z.optional(duration),
  retryBudget: z.optional(limit),
  pauseWhenHidden: z.optional(flag),
  environment: z.optional(environment),
  pool: z.optional(pool),
  backoff: z.optional(z.object({ base: z.optional(duration), cap: z.optional(duration) })),
  authorize: z.optional(callable),
  random: z.optional(callable),
  codec: z.optional(codec),
  observe: z.optional(callable),
  refused: z.optional(refusal),
  incoming: z.optional(schema),
  outgoing: z.optional(schema),
})

const types: readonly string[] = ['sse', 'websocket', 'http-stream', 'long-poll', 'durable', 'auto']

/** Throws `bad_option` or `bad_url`, naming the option and never its value. */
export function checkConfig(type: unknown, config: unknown): void {
  if (typeof type !== 'string' || !types.includes(type)) {
    throw new TransportError('bad_option', `Unknown transport type; known are ${types.join(', ')}.`)
  }
  const result = shape.safeParse(config)
  if (result.success) {
    checkOutbox((config as ConnectionInput).outbox)
    if (type === 'auto') checkAuto(config as AutoInput)
    return
  }
  const option = String(result.error.issues[0]?.path[0] ?? '')
  if (option === 'url') throw new TransportError('bad_url', 'Option url must be a URL, or text that can become one.')
  throw new TransportError(
    'bad_option',
    option === '' ? 'The configuration must be an object.' : `Option ${option} has a value that cannot work.`,
  )
}
