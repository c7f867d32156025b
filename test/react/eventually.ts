/**
 * Waiting for what a page shows.
 *
 * @module
 */
import { expect } from 'vitest'

/** In ms. The first test in a page waits for the code of its protocol, which is compiled on the way. */
const patience = 15_000

/** `expect.poll` with the patience that a busy machine needs. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: patience })
}
