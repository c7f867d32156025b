/**
 * Where a listener's own mistake goes: to the global handler, as XState's emitter does it. It stops neither the other
 * listeners nor the connection.
 *
 * @module
 */

/** Throws the error again outside of everything that runs now. */
export function reportUncaught(error: unknown): void {
  setTimeout(() => {
    throw error
  })
}
