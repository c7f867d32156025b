/**
 * Key material into a key that can be used and not be read.
 *
 * @module
 */
import { base64url } from 'jose'
import { TransportError } from '../errors.ts'
import { isBase64url } from './base64url.ts'

/** A symmetric JSON Web Key (RFC 7518 section 6.4). */
export interface SecretJwk {
  /** `oct`. */
  readonly kty?: string | undefined
  /** 32 bytes as base64url: 43 characters. */
  readonly k?: string | undefined
  /** `A256GCM`, when it is there at all. */
  readonly alg?: string | undefined
  /** `enc`, when it is there at all. */
  readonly use?: string | undefined
}

const keyBytes = 32

/**
 * Imports 32 random bytes, or a JWK that holds them, as a non-extractable AES-256-GCM key. The given bytes stay yours: overwrite
 * them afterwards (`bytes.fill(0)`). A password is no key: it has to go through a key derivation of your own first.
 *
 * Rejects with `bad_option` for anything else, and with `unsupported` where there is no WebCrypto (a page without TLS).
 *
 * @example
 * const bytes = crypto.getRandomValues(new Uint8Array(32))
 * const key = await importKey(bytes)
 */
export async function importKey(source: Uint8Array | SecretJwk): Promise<CryptoKey> {
  const material = source instanceof Uint8Array ? Uint8Array.from(source) : materialOf(source)
  if (material.byteLength !== keyBytes) refuse()
  if (globalThis.crypto?.subtle === undefined) {
    throw new TransportError('unsupported', 'Encryption needs WebCrypto, which browsers offer to secure pages only.')
  }
  try {
    return await crypto.subtle.importKey('raw', material, 'AES-GCM', false, ['encrypt', 'decrypt'])
  } finally {
    material.fill(0)
  }
}

function materialOf(jwk: SecretJwk): Uint8Array<ArrayBuffer> {
  if (typeof jwk !== 'object' || jwk === null) refuse()
  const { kty, k, alg = 'A256GCM', use = 'enc' } = jwk
  if (kty !== 'oct' || alg !== 'A256GCM' || use !== 'enc') refuse()
  if (typeof k !== 'string' || !isBase64url(k)) refuse()
  return Uint8Array.from(base64url.decode(k))
}

function refuse(): never {
  throw new TransportError('bad_option', 'A key is made of exactly 32 bytes, or of a JWK of type oct for A256GCM.')
}
