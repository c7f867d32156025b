/**
 * What a durable stream can be told.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Gap } from '../link.ts'
import type { ProducerOptions } from '../producer/producer-options.ts'
import type { ResumeToken } from '../producer/resume-token.ts'
import { FROM_START } from '../wire/offset.ts'
import { type Place, parsePlace } from './durable-position.ts'
import type { SocketPool } from './durable-socket-pool.ts'
import type { LadderMemory } from './ladder-memory.ts'
import { checkOneOf, checkOption } from './option-checks.ts'
import { DEFAULT_MESSAGE_BYTES, type HttpInput } from './request-input.ts'
import type { WebSocketInput } from './websocket-input.ts'

/** The protocol that carries the records. */
export type DurableVia = 'sse' | 'ndjson' | 'long-poll' | 'websocket'

/** All of them, the best first: what can be asked and told in both directions, then what streams, then what always gets through. */
export const CARRIERS: readonly DurableVia[] = ['websocket', 'sse', 'ndjson', 'long-poll']

/** What to do when the records after the last position are gone. */
export type GapPolicy = 'fail' | 'restart' | 'jump' | 'refetch'

/** What the HTTP options of a durable stream are: those of a GET whose answer we read ourselves. */
type ReadOptions = Omit<
  HttpInput,
  'method' | 'body' | 'positions' | 'maxBufferedBody' | 'uploadChunkBytes' | 'idempotencyKey' | 'sendUrl' | 'sendMethod'
>

/** Which stream, from where, and how. */
export interface DurableInput extends ReadOptions {
  /** The stream's own URL: `https://host/v1/stream/rooms/42`. `send()` appends to it. */
  readonly url: string | URL
  /**
   * What carries the records. Default `auto`: WebSocket, SSE, NDJSON, long-polling, the best one that works, and a better one again
   * as soon as it works. An array is the same with an order of your own, the best first. One name is that carrier and no other.
   * All of them speak of the same positions, so that a change costs no record.
   */
  readonly via?: DurableVia | 'auto' | readonly DurableVia[] | undefined
  /**
   * Where it is kept which carriers do not work at an origin. Default: one memory for the whole page or process. Give your own,
   * from `createLadderMemory`, to keep tenants apart, or for tests with a clock of their own.
   */
  readonly ladder?: LadderMemory | undefined
  /** Where to begin: `-1` for everything that is kept (default), `now` for what comes next, or an offset. */
  readonly from?: string | undefined
  /**
   * When history is gone: `fail` with `gap` (default), `restart` from the oldest that is kept, `jump` to what comes next, or
   * `refetch`: the app takes a snapshot and says from which offset to go on. All but `fail` say the gap and stay connected.
   */
  readonly onGap?: GapPolicy | undefined
  /** For `onGap: 'refetch'`. Resolves with the offset to go on from; note it down *before* the snapshot is read. */
  readonly refetch?: ((gap: Gap) => Promise<string> | string) | undefined
  /** What the records are. An event stream does not say; every other protocol does, and then this only decides how `send()` posts. Default `json`. */
  readonly records?: 'json' | 'text' | undefined
  /** How `send()` works: where what is to be sent waits, and what follows a refusal. */
  readonly producer?: ProducerOptions | undefined
  /** Go on from a {@link ResumeToken}: behind the last record of an earlier life, and as its producer. */
  readonly resume?: ResumeToken | undefined
  /** Long-polling only: the longest page in bytes, and so the longest record in it. Default 4,194,304. */
  readonly maxPageBytes?: number | undefined
  /** WebSocket only: see {@link WebSocketInput.maxBufferedBytes}. */
  readonly maxBufferedBytes?: WebSocketInput['maxBufferedBytes']
  /** WebSocket only: see {@link WebSocketInput.WebSocket}. */
  readonly WebSocket?: WebSocketInput['WebSocket']
  /**
   * WebSocket only: the pool, from `createSocketPool`, whose sockets this stream shares with others of the same server, credential and
   * options. Default: a socket of its own.
   */
  readonly sockets?: SocketPool | undefined
}

/** Throws `bad_option`. */
export function checkDurable({ via, onGap, records, from, refetch }: DurableInput): void {
  const carriers = via === undefined || via === 'auto' ? CARRIERS : typeof via === 'string' ? [via] : via
  const known =
    carriers.length > 0 && carriers.every((one, index) => CARRIERS.includes(one) && carriers.indexOf(one) === index)
  checkOption(known, 'via', `auto, or one or more of ${CARRIERS.join(', ')}`)
  checkOneOf('onGap', onGap, ['fail', 'restart', 'jump', 'refetch'])
  checkOneOf('records', records, ['json', 'text'])
  if (from !== undefined && !isPosition(from)) {
    throw new TransportError('bad_option', 'Option from must be -1, now, or a position this library has given.')
  }
  if (onGap === 'refetch' && typeof refetch !== 'function') {
    throw new TransportError('bad_option', 'Option onGap: "refetch" needs a function refetch.')
  }
}

/** Printable and short; what it means only the server knows. */
export function isPosition(text: unknown): text is string {
  return typeof text === 'string' && /^[!-~]{1,256}$/.test(text)
}

/** Where this attempt begins. */
export function firstPlace(input: DurableInput, position: string | null): Place {
  return parsePlace(position ?? input.from ?? FROM_START)
}

/** The largest frame, line or event: a record in its wrapping, with every byte in base64 or most characters escaped. */
export function frameLimit({ maxMessageBytes = DEFAULT_MESSAGE_BYTES }: DurableInput): number {
  return 2 * maxMessageBytes + 1024
}

/** The heartbeat to ask for, between 1 and 60 s (wire.md 2.4 and 2.5); `undefined` when nobody wants one. */
export function wantedHeartbeat(milliseconds: number): number | undefined {
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds, 1000), 60_000) : undefined
}
