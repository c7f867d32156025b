/**
 * Whatever makes a request more than a plain GET: another method, a body. Loaded when first needed.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

export { payloadFor } from './request-body.ts'
export { fetchUpload } from './request-upload.ts'

/** Left out are those that a client cannot send, or that have no answer to stream. */
const METHOD = /^(?!(?:CONNECT|HEAD|OPTIONS|TRACE|TRACK)$)[A-Z][A-Z-]{0,31}$/

/** Throws `bad_option`. */
export function checkMethod(method: string, body: unknown): void {
  if (METHOD.test(method) && (method !== 'GET' || body === undefined)) return
  throw new TransportError('bad_option', 'Option method must be one with an answer to read, and GET has no body.')
}
