/**
 * Streaming request bodies, and what to do where the runtime cannot send one.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { requestFailure } from './http-answer.ts'
import type { PreparedRequest } from './request.ts'

let streams: boolean | undefined

/**
 * Whether `fetch` sends a `ReadableStream` as it is read. Chromium does (over HTTP/2), WebKit throws, and Firefox sends the text
 * "[object ReadableStream]": asking for `duplex` and not turning the body into text is the only sign that tells them apart.
 */
export function supportsStreamingBody(): boolean {
  streams ??= detect()
  return streams
}

function detect(): boolean {
  let asked = false
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      asked = true
      return 'half'
    },
  }
  try {
    const request = new Request('https://statewire.invalid', init)
    return asked && !request.headers.has('content-type')
  } catch {
    return false
  }
}

/** The whole stream as bytes, for a runtime that cannot stream. Beyond the bound it is `unsupported`. */
export async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > maxBytes) {
      void reader.cancel().catch(() => undefined)
      throw new TransportError(
        'unsupported',
        `This runtime cannot stream a request body, and this one is longer than the ${maxBytes} bytes that may be kept (maxBufferedBody).`,
        { repeatable: false },
      )
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

/** The same bytes in pieces of at most `size`, made as they are asked for. */
export function resliced(
  source: Uint8Array | ReadableStream<Uint8Array>,
  size: number,
  onAsked?: () => void,
): ReadableStream<Uint8Array> {
  const reader = source instanceof Uint8Array ? undefined : source.getReader()
  let rest = source instanceof Uint8Array ? source : new Uint8Array(0)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        onAsked?.()
        while (rest.length === 0) {
          const next = reader === undefined ? undefined : await reader.read()
          if (next === undefined || next.done) return controller.close()
          rest = next.value
        }
        controller.enqueue(rest.subarray(0, size))
        rest = rest.subarray(size)
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** A stream body as `fetch` can take it here. */
export interface FetchUpload {
  /** Goes into the second argument of `fetch`. */
  readonly init: { readonly body: BodyInit; readonly duplex?: 'half' }
  /** What a failure of `fetch` says about the body, if it was that. */
  failure(cause: unknown): TransportError | undefined
}

/** Streams the body where that can work, and collects it where it cannot. */
export async function fetchUpload(request: PreparedRequest, payload: ReadableStream<Uint8Array>): Promise<FetchUpload> {
  const { input, url, signal } = request
  // Browsers stream a body over HTTP/2 only, and never without TLS: do not even try (Chromium: ERR_ALPN_NEGOTIATION_FAILED).
  const hopeless = url.protocol === 'http:' && globalThis.location !== undefined && input.fetch === undefined
  if (hopeless || !supportsStreamingBody()) {
    const body = await collect(payload, input.maxBufferedBody ?? 16_777_216)
    // The DOM's types want bytes that are not shared memory; these were made here.
    return { init: { body: body as Uint8Array<ArrayBuffer> }, failure: () => undefined }
  }
  let started = false
  const body = resliced(payload, input.uploadChunkBytes ?? Number.MAX_SAFE_INTEGER, () => {
    started = true
  })
  return {
    init: { body, duplex: 'half' },
    failure(cause) {
      // Only browsers have this trouble: elsewhere a request that never started is a server out of reach.
      if (started || globalThis.location === undefined || signal.aborted || cause instanceof TransportError)
        return undefined
      return requestFailure(
        request,
        'unsupported',
        'A stream body was never asked for: browsers send one over HTTP/2 only, or the server was out of reach.',
        { cause },
      )
    },
  }
}
