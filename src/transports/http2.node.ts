/**
 * HTTP/2 requests on Node: one stream of a shared session each.
 *
 * @module
 */
import { type ClientHttp2Stream, constants } from 'node:http2'
import { type HttpAnswer, httpAnswer } from './http-answer.ts'
import { ReadableBody } from './http-body.node.ts'
import { sendUpload, type Upload, uploadFailure, uploadOf } from './http-upload.node.ts'
import { release, retain, type SharedSession } from './http2-sessions.node.ts'
import type { PreparedRequest } from './request.ts'

/** Sends the request on the session and waits for the answer's headers. */
export async function openHttp2(request: PreparedRequest, pooled: SharedSession): Promise<HttpAnswer> {
  const { url, method, headers, signal } = request
  // Taken before the first await, or the session could close meanwhile.
  retain(pooled)
  try {
    const upload = await uploadOf(request)
    signal.throwIfAborted()
    const fields = {
      'accept-encoding': 'identity',
      ...Object.fromEntries(headers),
      ...(upload.contentType === undefined ? {} : { 'content-type': upload.contentType }),
      ':method': method,
      ':path': url.pathname + url.search,
      ':scheme': url.protocol.slice(0, -1),
      ':authority': url.host,
    }
    const stream = pooled.session.request(fields, { endStream: upload.body === undefined })
    return answerOf(request, pooled, stream, upload)
  } catch (thrown) {
    release(pooled, false)
    throw thrown
  }
}

function answerOf(
  request: PreparedRequest,
  pooled: SharedSession,
  stream: ClientHttp2Stream,
  upload: Upload,
): Promise<HttpAnswer> {
  const { signal } = request
  return new Promise((resolve, reject) => {
    let answered = false
    let givenUp = false
    const cancel = (): void => {
      givenUp = !stream.readableEnded
      stream.close(constants.NGHTTP2_CANCEL)
    }
    signal.addEventListener('abort', cancel)
    stream.once('close', () => {
      signal.removeEventListener('abort', cancel)
      // No answer at all, then given up: the session may be a dead one, and the next attempt needs a fresh one.
      if (signal.aborted && !answered) pooled.retire()
      release(pooled, givenUp)
      reject(new Error('closed before an answer'))
    })
    stream.on('error', reject)
    stream.once('response', (fields) => {
      answered = true
      pooled.heard = performance.now()
      signal.removeEventListener('abort', cancel)
      const body = new ReadableBody(request, {
        stream,
        // A cut is an 'end' too, but with a reset code or a destroyed stream (RFC 9113 section 8.1: only END_STREAM is complete).
        intact: () => stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted && !stream.destroyed,
        destroy: cancel,
      })
      stream.on('data', () => {
        pooled.heard = performance.now()
      })
      const header = (name: string): string | undefined => {
        const value = fields[name.toLowerCase()]
        return Array.isArray(value) ? value.join(', ') : value
      }
      resolve(httpAnswer({ status: fields[':status'] ?? 0, url: request.url.href, header, body }))
    })
    if (upload.body === undefined) return
    sendUpload(upload.body, stream).catch((cause: unknown) => {
      reject(uploadFailure(request, cause))
      cancel()
    })
  })
}
