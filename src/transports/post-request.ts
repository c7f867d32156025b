/**
 * One `send()` as one request.
 *
 * @module
 */
import { openHttp } from '#http'
import { TransportError } from '../errors.ts'
import type { ProducerNumber } from '../link.ts'
import { HEADERS, JSON_TYPE } from '../wire/names.ts'
import { type HttpAnswer, retryAfter } from './http-answer.ts'
import { prepareRequest } from './request.ts'
import { addHeaders, resolveHeaders } from './request-headers.ts'
import type { HttpInput } from './request-input.ts'
import { resolveUrl } from './request-url.ts'

/** What was said about the read alone. */
const READ_ONLY = {
  query: undefined,
  idempotencyKey: undefined,
  uploadChunkBytes: undefined,
  until: undefined,
  onAnswer: undefined,
} as const satisfies Partial<HttpInput>

/** Sends one item and waits for the headers of the answer; the rest of the answer is thrown away in the background. */
export async function post(...what: Parameters<typeof openPost>): Promise<HttpAnswer> {
  const answer = await openPost(...what)
  void discard(answer)
  return answer
}

/** The same, with the rest of the answer left to the caller: read it, or cancel it. */
export async function openPost(
  input: HttpInput,
  data: unknown,
  signal: AbortSignal,
  producer?: ProducerNumber,
): Promise<HttpAnswer> {
  const headers = await sendHeaders(input)
  const { body, contentType } = bodyOf(data)
  if (!headers.has('content-type')) headers.set('content-type', contentType)
  if (producer !== undefined) {
    addHeaders(headers, {
      [HEADERS.producerId]: producer.id,
      [HEADERS.producerEpoch]: String(producer.epoch),
      [HEADERS.producerSeq]: String(producer.sequence),
    })
  }
  // That protocol flattens arrays one level: the value [1, 2] would become two records.
  const wrapped =
    producer !== undefined && typeof body === 'string' && isJson(headers.get('content-type')) ? `[${body}]` : body
  const request = await prepareRequest(
    {
      ...input,
      ...READ_ONLY,
      url: input.sendUrl ?? input.url,
      method: input.sendMethod ?? 'POST',
      headers,
      body: wrapped,
    },
    { attempt: 0, signal },
  )
  return openHttp(request)
}

/** Of the same origin as the read: `headers` too, without those that describe the read's own body. Everywhere: `sendHeaders`. */
async function sendHeaders(input: HttpInput): Promise<Headers> {
  const headers = new Headers()
  if (input.sendUrl === undefined || resolveUrl(input.sendUrl).origin === resolveUrl(input.url).origin) {
    addHeaders(headers, await resolveHeaders(input.headers, { attempt: 0 }))
    for (const name of ['accept', 'content-type', 'last-event-id']) headers.delete(name)
  }
  addHeaders(headers, await resolveHeaders(input.sendHeaders, { attempt: 0 }))
  return headers
}

function bodyOf(data: unknown): { body: string | Uint8Array; contentType: string } {
  if (typeof data === 'string') return { body: data, contentType: JSON_TYPE }
  if (data instanceof Uint8Array) return { body: data, contentType: 'application/octet-stream' }
  if (data instanceof ArrayBuffer) return { body: new Uint8Array(data), contentType: 'application/octet-stream' }
  const text: string | undefined = JSON.stringify(data)
  if (text === undefined) throw new TransportError('encode_failed', 'What was sent cannot be written as JSON.')
  return { body: text, contentType: JSON_TYPE }
}

function isJson(contentType: string | null): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === JSON_TYPE
}

/** A short answer is read to its end, so that its connection can serve again; a long one is cut. */
export async function discard({ body }: HttpAnswer): Promise<void> {
  let left = 65_536
  try {
    const more = await body.read((chunk) => {
      left -= chunk.length
      return left > 0
    })
    if (more) body.cancel()
  } catch {
    // The status has been seen; how its explanation ended changes nothing.
  }
}

/** What a refused item is told. */
export function refused(answer: HttpAnswer): TransportError {
  return new TransportError('send_failed', `The server refused it with status ${answer.status}.`, {
    status: answer.status,
    retryAfterMs: retryAfter(answer.header('retry-after')),
    repeatable: false,
  })
}

/** What an item is told whose request failed: after a broken connection nobody knows whether it arrived. */
export function sendFailure(cause: unknown): TransportError {
  const unknown = cause instanceof TransportError && (cause.code === 'network' || cause.code === 'aborted')
  return unknown
    ? new TransportError('send_unconfirmed', 'The connection broke before the server answered.', {
        cause,
        repeatable: false,
      })
    : new TransportError('send_failed', 'The request could not be sent.', { cause, repeatable: false })
}
