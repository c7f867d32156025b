/**
 * Errors on their way between tabs: facts only, without stack and cause.
 *
 * @module
 */
import { classify } from '../connection/classification.ts'
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../errors.ts'
import { isObject, isOptional } from './shapes.ts'

export interface ErrorFacts extends Omit<TransportErrorFacts, 'cause'> {
  readonly code: string
  readonly message: string
}

export function factsOf(error: TransportError): ErrorFacts {
  const { code, message, status, closeCode, retryAfterMs, repeatable, contentType, lost } = error
  return { code, message, status, closeCode, retryAfterMs, repeatable, contentType, lost }
}

/** Complete by its type: what is missing here does not compile. */
const KNOWN: Readonly<Record<TransportErrorCode, true>> = {
  bad_url: true,
  bad_option: true,
  bad_header: true,
  unsupported: true,
  connect_timeout: true,
  budget_spent: true,
  network: true,
  tls: true,
  http_status: true,
  unexpected_content_type: true,
  redirect_refused: true,
  too_many_redirects: true,
  not_a_stream_server: true,
  interrupted: true,
  closed_by_server: true,
  first_byte_timeout: true,
  idle_timeout: true,
  total_timeout: true,
  silent: true,
  overflow: true,
  limit_exceeded: true,
  invalid_utf8: true,
  bad_frame: true,
  decode_failed: true,
  schema_refused: true,
  gap: true,
  decrypt_failed: true,
  unknown_key: true,
  wrong_channel: true,
  replayed: true,
  encode_failed: true,
  send_refused: true,
  send_dropped: true,
  send_failed: true,
  send_unconfirmed: true,
  outbox_full: true,
  outbox_lost: true,
  outbox_failed: true,
  producer_fenced: true,
  producer_owned: true,
  duplicate_id: true,
  limit_reached: true,
  restarts_spent: true,
  no_provider: true,
  aborted: true,
  authorize_failed: true,
  internal: true,
}

/** The error that had these facts. A code that only another release knows says no more than that it did not go on. */
export function revive({ code, message, ...facts }: ErrorFacts): TransportError {
  const { status, closeCode, retryAfterMs, repeatable = true, contentType, lost } = facts
  const known = isKnown(code) ? code : 'interrupted'
  return new TransportError(known, message, { status, closeCode, retryAfterMs, repeatable, contentType, lost })
}

function isKnown(code: string): code is TransportErrorCode {
  return Object.hasOwn(KNOWN, code)
}

export function isErrorFacts(value: unknown): value is ErrorFacts {
  return (
    isObject(value) &&
    typeof value.code === 'string' &&
    typeof value.message === 'string' &&
    ['status', 'closeCode', 'retryAfterMs'].every((name) => isOptional(value[name], 'number')) &&
    isOptional(value.repeatable, 'boolean') &&
    isOptional(value.contentType, 'string') &&
    (value.lost === null || isOptional(value.lost, 'number'))
  )
}

/** Failures of the network or of the server: whoever dials next would meet them too. All others are this tab's own affair. */
export function concernsAll(error: TransportError): boolean {
  if (error.code === 'overflow' || error.code === 'budget_spent') return false
  const disposition = classify(error, true)
  return disposition === 'retry' || disposition === 'done'
}

/** The tab's place among the others has changed; a pause is named, because nobody was overburdened. */
export function handedOver(message: string): TransportError {
  return new TransportError('interrupted', message, { retryAfterMs: 0 })
}
