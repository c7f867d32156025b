/**
 * Request bodies: from what a user gives to what a request can carry.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { BodySource, RequestAttempt, RequestBody } from './request-input.ts'

/** What `fetch` and `Response` take. */
export type RequestPayload = string | Uint8Array | URLSearchParams | FormData | Blob | ReadableStream<Uint8Array>

/** A body and the content type it has unless the caller named another. */
interface EncodedBody {
  readonly payload: RequestPayload
  /** `undefined` where the runtime adds it: a form's boundary is only known there. */
  readonly contentType: string | undefined
}

/** The body of one attempt, if there is one; its content type is added to the headers when they name none. */
export async function payloadFor(
  source: BodySource | undefined,
  attempt: RequestAttempt,
  headers: Headers,
): Promise<RequestPayload | undefined> {
  if (source === undefined) return undefined
  const { payload, contentType } = encodeBody(await resolveBody(source, attempt))
  if (contentType !== undefined && !headers.has('content-type')) headers.set('content-type', contentType)
  return payload
}

/** Calls the function form; a `TransportError` passes, anything else it throws is `encode_failed`. */
async function resolveBody(source: BodySource, attempt: RequestAttempt): Promise<RequestBody> {
  if (typeof source !== 'function') return source
  try {
    return await source(attempt)
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    throw new TransportError('encode_failed', 'The function that makes the request body failed.', { cause })
  }
}

/** Makes a payload of it. Throws `unsupported` for a stream that was read before, `encode_failed` for what JSON cannot hold. */
function encodeBody(body: RequestBody): EncodedBody {
  if (typeof body === 'string') return { payload: body, contentType: 'text/plain;charset=UTF-8' }
  if (body instanceof Uint8Array) return { payload: body, contentType: undefined }
  if (body instanceof ArrayBuffer) return { payload: new Uint8Array(body), contentType: undefined }
  if (body instanceof URLSearchParams || body instanceof FormData) return { payload: body, contentType: undefined }
  if (body instanceof Blob) return { payload: body, contentType: body.type || undefined }
  if (body instanceof ReadableStream) return { payload: unread(body), contentType: undefined }
  return { payload: encodeJson(body), contentType: 'application/json' }
}

function encodeJson(value: unknown): string {
  try {
    const text = JSON.stringify(value)
    if (typeof text === 'string') return text
  } catch (cause) {
    throw new TransportError('encode_failed', 'The request body cannot be written as JSON.', { cause })
  }
  throw new TransportError('bad_option', 'The request body is of a kind that cannot be sent.')
}

function unread(stream: ReadableStream<Uint8Array | string>): ReadableStream<Uint8Array> {
  if (stream.locked) {
    throw new TransportError(
      'unsupported',
      'A stream body can be sent once: give a function that makes a new one for each attempt.',
      { repeatable: false },
    )
  }
  const encoder = new TextEncoder()
  const reader = stream.getReader()
  // Nothing is read ahead: a stream that was never asked for anything shows that the request never started (http.ts).
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
