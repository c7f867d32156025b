/**
 * Renewals of a credential that are under way.
 *
 * @module
 */

/** By the function that renews: streams that are refused together ask the app once (wire.md F16). */
const renewals = new WeakMap<() => Promise<unknown>, Promise<unknown>>()

/** Asks the app for a new credential, or waits with those who have asked already. */
export function renewal(authorize: () => Promise<unknown>): Promise<unknown> {
  const shared = renewals.get(authorize) ?? (async () => authorize())().finally(() => renewals.delete(authorize))
  renewals.set(authorize, shared)
  return shared
}
