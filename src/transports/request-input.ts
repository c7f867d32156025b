/**
 * What a user may say about an HTTP request, for every transport that makes one.
 *
 * @module
 */
import type { Message } from '../link.ts'
import type { AnswerHead } from './http-answer.ts'
import type { PositionStrategy } from './positions.ts'

/** What a per-attempt function is told. */
export interface RequestAttempt {
  /** 0 for the first attempt after `connect`, then counting failures since the last stable connection. */
  readonly attempt: number
}

/** Headers, or a function that makes them for each attempt: the place for a token that expires. */
export type HeadersSource = HeadersInit | ((attempt: RequestAttempt) => HeadersInit | Promise<HeadersInit>)

/**
 * A request body. A plain object or array is sent as JSON. A stream can be read once, so that a request which may be
 * repeated needs a function that makes a new one.
 */
export type RequestBody =
  | string
  | Uint8Array
  | ArrayBuffer
  | URLSearchParams
  | FormData
  | Blob
  | ReadableStream<Uint8Array | string>
  | readonly unknown[]
  | { readonly [field: string]: unknown }

/** A body, or a function that makes it for each attempt. */
export type BodySource = RequestBody | ((attempt: RequestAttempt) => RequestBody | Promise<RequestBody>)

/** The options of `fetch` that pass through unchanged. Node's own HTTP source knows only `credentials`, as a reason to guard redirects. */
export type FetchOptions = Pick<
  RequestInit,
  'credentials' | 'mode' | 'cache' | 'referrer' | 'referrerPolicy' | 'integrity' | 'keepalive' | 'priority'
>

/** TLS options of Node's HTTP source; the names are those of `node:tls`. Browsers decide these for themselves. */
export interface TlsInput {
  /** Certificates to trust instead of the built-in list, PEM. */
  readonly ca?: string | Uint8Array | readonly string[] | undefined
  /** Client certificate, PEM. */
  readonly cert?: string | undefined
  /** Key of the client certificate, PEM. */
  readonly key?: string | undefined
  /** The name to ask for and to check; default the host of the URL. */
  readonly servername?: string | undefined
  /** `false` accepts any certificate. For tests only. Default `true`. */
  readonly rejectUnauthorized?: boolean | undefined
}

/** One HTTP request and how to treat its answer. */
export interface HttpInput extends FetchOptions {
  /** `http:` or `https:`. Relative where there is a `location`. No user or password in it: use a header. */
  readonly url: string | URL
  /** Default `GET`, or `POST` when there is a body. */
  readonly method?: string | undefined
  /** Also sent with every `send()` to the same origin. */
  readonly headers?: HeadersSource | undefined
  readonly body?: BodySource | undefined
  /** Added to the URL of the read, not to that of `send()`. */
  readonly query?: Readonly<Record<string, string>> | undefined
  /** `error` refuses every redirect. Default `follow`: at most 5, and only within the origin when credentials are attached. */
  readonly redirect?: 'follow' | 'error' | undefined
  /** Used instead of the runtime's own HTTP. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Node only. */
  readonly tls?: TlsInput | undefined
  /** Node only. Default: what TLS negotiates, and HTTP/1.1 without TLS. `h2` without TLS is HTTP/2 with prior knowledge. */
  readonly protocol?: 'http/1.1' | 'h2' | undefined
  /** The longest message in UTF-8 bytes; a longer one is `limit_exceeded`. Default 1,048,576. */
  readonly maxMessageBytes?: number | undefined
  /** The most that is kept of a stream body where the runtime cannot stream it, in bytes. Default 16,777,216. */
  readonly maxBufferedBody?: number | undefined
  /** Cuts what a stream body yields (in Node any text or byte body too) into pieces of this size, in bytes. */
  readonly uploadChunkBytes?: number | undefined
  /** Sent as `Idempotency-Key`; with it a POST may be repeated. At least 128 random bits, made by you. */
  readonly idempotencyKey?: string | undefined
  /** Recognises the last message. It is delivered, then the link ends; an end of bytes before it is `interrupted`. */
  readonly until?: ((message: Message) => boolean) | undefined
  /**
   * How the stream is taken up again where it has positions of its own: {@link PositionStrategy} of `statewire/positions`. A POST is
   * then followed by what the strategy asks for, and never sent again itself. Default: what the transport knows by itself.
   */
  readonly positions?: PositionStrategy | undefined
  /** Sees status and headers of each answer before anything else does, also of failures. What it throws fails the attempt. */
  readonly onAnswer?: ((answer: AnswerHead) => void | Promise<void>) | undefined
  /** Where `send()` posts to. Default `url` without `query`. */
  readonly sendUrl?: string | URL | undefined
  /** Default `POST`. */
  readonly sendMethod?: string | undefined
  /** Added to each `send()`, over those of `headers`. */
  readonly sendHeaders?: HeadersSource | undefined
}

/** The default of `maxMessageBytes`. */
export const DEFAULT_MESSAGE_BYTES = 1_048_576
