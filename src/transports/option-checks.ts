/**
 * Options, checked at the door: one code, `bad_option`, and one form of sentence.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/** Throws `bad_option` unless the option is as it must be. */
export function checkOption(holds: boolean, name: string, wanted: string): void {
  if (!holds) throw new TransportError('bad_option', `Option ${name} must be ${wanted}.`)
}

/** Throws `bad_option` unless the value is missing or a positive whole number. */
export function checkPositive(name: string, value: number | undefined): void {
  checkOption(value === undefined || (Number.isSafeInteger(value) && value > 0), name, 'a positive whole number')
}

/** Throws `bad_option` unless the value is missing or one of these. */
export function checkOneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  checkOption(value === undefined || allowed.includes(value), name, `one of ${allowed.join(', ')}`)
}

/** Throws `bad_option` unless the value is missing or a function. */
export function checkFunction(name: string, value: unknown): void {
  checkOption(value === undefined || typeof value === 'function', name, 'a function')
}
