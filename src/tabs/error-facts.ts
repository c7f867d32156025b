/**
 * Errors on their way between tabs: facts only, without stack and cause.
 *
 * @module
 */
import { classify } from '../connection/classification.ts'
import { TransportError, type TransportErrorCode, type TransportErrorFacts, transportErrorCodes } from '../errors.ts'
import { isObject, isOptional } from './shapes.ts'

export interface ErrorFacts extends Omit<TransportErrorFacts, 'cause'> {
  readonly code: string
  readonly message: string
}

export function factsOf(error: TransportError): ErrorFacts {
  const { code, message, status, closeCode, retryAfterMs, repeatable, contentType, lost } = error
  return { code, message, status, closeCode, retryAfterMs, repeatable, contentType, lost }
}

const codes: ReadonlySet<string> = new Set(transportErrorCodes)

/** The error that had these facts. A code that only another release knows says no more than that it did not go on. */
export function revive({ code, message, ...facts }: ErrorFacts): TransportError {
  const { status, closeCode, retryAfterMs, repeatable = true, contentType, lost } = facts
  const known = isKnown(code) ? code : 'interrupted'
  return new TransportError(known, message, { status, closeCode, retryAfterMs, repeatable, contentType, lost })
}

function isKnown(code: string): code is TransportErrorCode {
  return codes.has(code)
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
