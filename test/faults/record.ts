/**
 * A guard of its own: what arrives may be anything.
 *
 * @module
 */

/** One record of the log. */
export interface LogRecord {
  readonly n: number
  readonly v: string
}

export function isRecord(value: unknown): value is LogRecord {
  return typeof value === 'object' && value !== null && 'n' in value && 'v' in value && typeof value.v === 'string'
}
