/**
 * Node has no page, no `online` and no visibility: its connections are watched by their heartbeats alone.
 *
 * @module
 */
import type { Environment } from './environment-source.ts'

/** Nothing: silent in Node. */
export function platformEnvironment(): Environment | undefined {
  return undefined
}
