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

/** The error that had these facts. A tab of another release may know a code that is none here: its class is that of an unknown failure. */
export function revive({ code, message, ...facts }: ErrorFacts): TransportError {
  return new TransportError(code as TransportErrorCode, message, facts)
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
