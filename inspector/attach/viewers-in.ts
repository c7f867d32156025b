/**
 * How many look on, as a hub says it.
 *
 * @module
 */
import { isObject } from '../../src/tabs/shapes.ts'

/** The number, or `undefined` where something else is said. */
export function viewersIn(value: unknown): number | undefined {
  if (!isObject(value) || value.kind !== 'watched') return undefined
  return typeof value.by === 'number' && value.by >= 0 ? value.by : undefined
}
