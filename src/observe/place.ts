/**
 * Where a connection goes, as far as that may be shown.
 *
 * @module
 */

import { addressOf } from '../connection/address.ts'

/**
 * Origin and path of an address. Never its query, its fragment or a user name: that is where tokens are. `undefined` for what
 * is no URL.
 */
export function placeOf(input: object): string | undefined {
  const given = 'url' in input ? input.url : undefined
  if (typeof given !== 'string' && !(given instanceof URL)) return undefined
  const address = addressOf(given)
  return address && `${address.protocol}//${address.host}${address.pathname}`
}
