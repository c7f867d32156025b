/**
 * Node has no page, no `online` and no visibility: its connections are watched by their heartbeats alone.
 *
 * @module
 */
import type { Environment } from './environment-source.ts'

const nothing = (): void => {}

/** Never hands anything over: silent in Node. */
export function withPlatform(_enter: (environment: Environment) => void): () => void {
  return nothing
}
