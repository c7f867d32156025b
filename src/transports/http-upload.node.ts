/**
 * Request bodies on Node: whole ones in one piece, streams as fast as the socket takes them.
 *
 * @module
 */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { TransportError } from '../errors.ts'
import { requestFailure } from './http-answer.ts'
import type { PreparedRequest } from './request.ts'
import { resliced } from './request-upload.ts'

/** A body ready for a Node stream, with the content type that only the encoding of a form could tell. */
export interface Upload {
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | undefined
  readonly contentType: string | undefined
}

/** Forms, blobs and search parameters are encoded by `Response`, as `fetch` would do it. */
export async function uploadOf({ payload, headers, input }: PreparedRequest): Promise<Upload> {
  const chunk = input.uploadChunkBytes
  const sliced = (bytes: Uint8Array): Uint8Array | ReadableStream<Uint8Array> =>
    chunk === undefined ? bytes : resliced(bytes, chunk)
  if (payload === undefined) return { body: undefined, contentType: undefined }
  if (typeof payload === 'string') {
    return { body: chunk === undefined ? payload : sliced(new TextEncoder().encode(payload)), contentType: undefined }
  }
  if (payload instanceof Uint8Array) return { body: sliced(payload), contentType: undefined }
  if (payload instanceof ReadableStream) {
    return { body: chunk === undefined ? payload : resliced(payload, chunk), contentType: undefined }
  }
  const encoded = new Response(payload)
  const contentType = headers.has('content-type') ? undefined : (encoded.headers.get('content-type') ?? undefined)
  return { body: sliced(new Uint8Array(await encoded.arrayBuffer())), contentType }
}

/** Writes the body and ends the stream. Resolves when all was handed over or the stream is gone; rejects when the body's source fails. */
export async function sendUpload(body: Upload['body'], outgoing: Writable): Promise<void> {
  if (!(body instanceof ReadableStream)) {
    outgoing.end(body)
    return
  }
  const reader = body.getReader()
  const gone = (): void => void reader.cancel().catch(() => undefined)
  outgoing.once('close', gone)
  for (;;) {
    const { done, value } = await reader.read()
    if (outgoing.destroyed) return
    if (done) break
    if (outgoing.write(value)) continue
    const waiting = new AbortController()
    const signal = waiting.signal
    // 'error' rejects both; the request's own listener reports it.
    await Promise.race([once(outgoing, 'drain', { signal }), once(outgoing, 'close', { signal })]).catch(
      () => undefined,
    )
    waiting.abort()
    if (outgoing.destroyed) return
  }
  outgoing.off('close', gone)
  outgoing.end()
}

/** What the caller's stream threw, as a failure of this request. */
export function uploadFailure(request: PreparedRequest, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  return requestFailure(request, 'encode_failed', 'The stream that is the request body failed.', { cause })
}
