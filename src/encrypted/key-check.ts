/**
 * Which keys are taken: AES-GCM with 256 bits that no script can read out again.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/** What a key is wanted for. */
export type KeyUse = 'encrypt' | 'decrypt'

/**
 * Returns the key, or throws `bad_option`. An extractable key is refused without exception: one line of injected script
 * could send it away, and encryption would look as healthy as before. `importKey` makes one that fits.
 */
export function checkKey(key: CryptoKey, use?: KeyUse): CryptoKey {
  if (!isAes256Gcm(key))
    throw new TransportError('bad_option', 'An encryption key must be a CryptoKey for AES-GCM with 256 bits.')
  if (key.extractable) throw new TransportError('bad_option', 'An encryption key must not be extractable.')
  if (use !== undefined && !key.usages.includes(use)) {
    throw new TransportError('bad_option', `The encryption key may not be used to ${use}.`)
  }
  return key
}

/** By its shape: a key of another realm (an iframe, a worker) is no `instanceof CryptoKey` of ours. */
function isAes256Gcm(key: unknown): key is CryptoKey {
  if (typeof key !== 'object' || key === null || !('algorithm' in key) || !('usages' in key)) return false
  const { algorithm } = key as CryptoKey
  return algorithm.name === 'AES-GCM' && 'length' in algorithm && algorithm.length === 256
}
