/**
 * The contract between the connection chart and a protocol: a {@link Dial} promises a {@link Link}.
 * One protocol is one file that knows how to dial; everything after that is the same for all of them.
 *
 * @module
 */
import type { TransportError } from './errors.ts'

/** What listeners receive. `Data` is what the codec and the schema made of the wire's bytes. */
export interface Message<Data = unknown> {
  /** The payload. On the wire a string or bytes; after decoding whatever the codec returns. */
  data: Data
  /** The name the server gave it (the SSE `event:` field). Never an XState event type: a remote name must not steer a machine. */
  event?: string | undefined
  /** Where to resume so that the next message is the one after this. Opaque: keep it, send it back, never compute with it. */
  position?: string | undefined
}

/** A position without a payload: an SSE `id:` with no data, an up-to-date mark, an empty page. */
export interface Bookmark {
  readonly data?: undefined
  readonly position: string
}

/**
 * Takes one message and says whether another is wanted. The message is always taken, also when the answer is `false`;
 * the link then keeps the rest of its chunk for the next {@link Link.read}.
 */
export type Deliver = (item: Message | Bookmark) => boolean

/** One accepted `send()`. The link calls `settle` exactly once: with nothing when the transport took it, with the error when it did not. */
export interface Outgoing {
  /** Encoded already: text or bytes, unless the codec is `passthrough` and the protocol frames values itself. */
  readonly data: unknown
  settle(error?: unknown): void
}

/** The number under which a producer appends. The same number again means the same records: the server stores them once. */
export interface ProducerNumber {
  readonly id: string
  /** Counts the owners of the id. A server that knows a higher one refuses all lower ones. */
  readonly epoch: number
  /** Counts the appends of the epoch, from 0, without holes. */
  readonly sequence: number
}

/** Records that are stored together or not at all, under one number. */
export interface NumberedAppend {
  readonly producer: ProducerNumber
  /** At least one. In a JSON stream each text is one JSON value as it stands on the wire; elsewhere it is the record itself. */
  readonly records: readonly (string | Uint8Array)[]
}

/** What became of an append. That the connection broke before anybody knew is a rejection instead. */
export type AppendAnswer =
  /**
   * It is in the stream, and so is everything this producer numbered before it. `offset` is the place behind it, if it was said;
   * `differs`: other records were stored under this number before.
   */
  | { readonly kind: 'stored'; readonly offset?: string | undefined; readonly differs?: boolean | undefined }
  /** One before it is missing: the server waits for number `expected`. */
  | { readonly kind: 'early'; readonly expected: number }
  /** Not now: the server is busy, or asks for a pause of so many milliseconds. */
  | { readonly kind: 'later'; readonly retryAfterMs?: number | undefined }
  /** The credential is not good, or no longer. */
  | { readonly kind: 'unauthorized'; readonly error: TransportError }
  /** This append will never be taken; the next one may. `doubtful`: it may be a torn answer that meant something else. */
  | { readonly kind: 'refused'; readonly error: TransportError; readonly doubtful?: boolean | undefined }
  /** Nothing of this producer will ever be taken: a newer owner has its id, or it is somebody else's. */
  | { readonly kind: 'barred'; readonly error: TransportError }

/** History that is gone. It is always said, never silent. */
export interface Gap {
  /**
   * `trimmed`: older than the server keeps. `generation`: another stream lives under this name now. `truncated`: the server
   * lost its tail. `skipped`: this reader was slow, and only the newest record counts.
   */
  readonly reason: 'trimmed' | 'generation' | 'truncated' | 'skipped'
  /** How many messages are gone, `null` when nobody can know. */
  readonly lost: number | null
}

/** What a dial is told, and whom it tells. The callbacks do nothing once the attempt is over. */
export interface DialRequest {
  /** Aborts the attempt: timeout, `close`, or the actor stopped. After it the dial's outcome is ignored and its link is closed. */
  readonly signal: AbortSignal
  /** The last position handed over, or `null` at the very beginning. */
  readonly position: string | null
  /** 0 for the first attempt after `connect`, then counting failures since the last stable connection. */
  readonly attempt: number
  /** How often the chart wants to hear from the peer, in milliseconds; `Infinity` where the protocol promises no heartbeat. */
  readonly heartbeatInterval: number
  /** Bytes arrived, whatever they mean. Call it for each network chunk, heartbeats and comments included. */
  heard(): void
  /**
   * One more request on top of the dial itself, that nothing has come of yet: a followed redirect, a poll after an empty answer.
   * 0 when it may go out now, and is counted; else the milliseconds until it may.
   */
  spend(): number
  /** Resolves after so many milliseconds on the actor's clock, and at once when the attempt and its link are over. */
  delay(milliseconds: number): Promise<void>
  /** History is gone and the app's policy lets the stream go on from elsewhere. */
  gap(gap: Gap): void
  /** The server asked for a pause of at least so many milliseconds before the next attempt (SSE `retry:`). */
  retryFloor(milliseconds: number): void
}

/** Opens one connection. Rejects with a `TransportError`; never settles a second time; leaves nothing open when it rejects. */
export type Dial<Input> = (input: Input, request: DialRequest) => Promise<Link>

/** An open connection, owned by exactly one party: first the dial helper, then the link actor. */
export interface Link {
  /** What was agreed on: `sse`, `websocket`, `websocket:chat.v1`, `ndjson`, … For people and metrics. */
  readonly protocol: string
  /**
   * Hands over messages until `deliver` says `false` (full), then resolves `true`; the rest of the chunk is kept.
   * Resolves `false` at the protocol's own end. Rejects with a `TransportError` when the connection is lost.
   * Not being read *is* backpressure: a link stops taking bytes from its socket while nobody reads.
   */
  read(deliver: Deliver): Promise<boolean>
  /** Hands items to the transport in order and settles each. Resolves when the transport will take more. */
  write?(batch: readonly Outgoing[]): Promise<void>
  /**
   * Appends records under a producer's number, for protocols that number them: order and exactly-once are then the server's.
   * Rejects with a `TransportError` when the connection broke before the answer; the same append may then be made again.
   */
  append?(append: NumberedAppend): Promise<AppendAnswer>
  /** How many appends may be on their way at once. Default 1. */
  readonly appendsAtOnce?: number | undefined
  /** Resolves when the link finds out that it is lost while nobody reads it: by what it did for an append. */
  readonly lost?: Promise<TransportError> | undefined
  /** Asks the peer for a sign of life; the answer arrives as `heard()`. */
  ping?(): void
  /** Releases everything. Idempotent, never throws, and a pending `read` settles afterwards. */
  close(code?: number, reason?: string): void
}
