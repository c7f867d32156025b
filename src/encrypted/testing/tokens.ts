/**
 * Keys and tokens for tests: known bytes, and messages made by hand with Node's own cipher.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { TransportError, type TransportErrorCode } from '../../errors.ts'
import { importKey } from '../import-key.ts'
import { type KeyRing, keyRing } from '../key-ring.ts'

/** 32 bytes that are easily found again in whatever should not hold them. */
export const keyBytes = new TextEncoder().encode('canary-key-0123456789-abcdefghij')

/** A ring with `keyBytes` under the id `k1`. */
export async function ringOfOne(): Promise<KeyRing> {
  return keyRing('k1', await importKey(keyBytes))
}

export const randomKey = (): Promise<CryptoKey> => importKey(Uint8Array.from(randomBytes(32)))

/** A header in canonical form, with whatever is to be different. */
export function headerOf(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const fields = {
    alg: 'dir',
    chn: 'room',
    enc: 'A256GCM',
    kid: 'k1',
    seq: 0,
    sid: 'AAAAAAAAAAAAAAAAAAAAAA',
    ...changes,
  }
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A compact JWE, step by step as RFC 7516 section 5.1 has it. `header` is an object, or its exact text. */
export function sealByHand(header: object | string, plaintext: string | Uint8Array, nonce = randomBytes(12)): string {
  const text = typeof header === 'string' ? header : JSON.stringify(header)
  const encodedHeader = Buffer.from(text).toString('base64url')
  const cipher = createCipheriv('aes-256-gcm', keyBytes, nonce).setAAD(Buffer.from(encodedHeader))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return [
    encodedHeader,
    '',
    ...[nonce, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url')),
  ].join('.')
}

/** The other way (RFC 7516 section 5.2). */
export function openByHand(token: string): { readonly header: string; readonly plaintext: Buffer } {
  const [header = '', , nonce = '', ciphertext = '', tag = ''] = token.split('.')
  const decipher = createDecipheriv('aes-256-gcm', keyBytes, Buffer.from(nonce, 'base64url'))
  decipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'))
  const plaintext = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()])
  return { header: Buffer.from(header, 'base64url').toString(), plaintext }
}

/** The code a promise (or a function) fails with; `accepted` where it does not fail. */
export async function codeOf(outcome: unknown): Promise<TransportErrorCode | 'accepted'> {
  const failure = await failureOf(outcome)
  return failure === null ? 'accepted' : failure.code
}

/** The error itself, or `null`. Anything that is not a `TransportError` is thrown on. */
export async function failureOf(outcome: unknown): Promise<TransportError | null> {
  try {
    await (typeof outcome === 'function' ? outcome() : outcome)
    return null
  } catch (error) {
    if (error instanceof TransportError) return error
    throw error
  }
}
