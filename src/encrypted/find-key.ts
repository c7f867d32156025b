/**
 * Looking a key up, for either direction.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { checkKey, type KeyUse } from './key-check.ts'
import type { KeySource } from './key-ring.ts'

/** Rejects with `unknown_key` where there is none or the source failed, and with `bad_option` for an unfit one. */
export async function findKey(keys: KeySource, kid: string, use: KeyUse): Promise<CryptoKey> {
  let key: CryptoKey | undefined
  try {
    key = await keys.get(kid)
  } catch (cause) {
    throw new TransportError('unknown_key', `The key to ${use} with could not be looked up.`, { cause })
  }
  // The id is not named: a received one is whatever the peer wrote.
  if (key === undefined) throw new TransportError('unknown_key', `The key to ${use} with is not known here.`)
  return checkKey(key, use)
}
