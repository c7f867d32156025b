import { expect, test } from 'vitest'
import { encrypted } from './codec.ts'
import { findKey } from './find-key.ts'
import { importKey, type SecretJwk } from './import-key.ts'
import { keyRing } from './key-ring.ts'
import { codeOf, failureOf, keyBytes, randomKey, ringOfOne } from './testing/tokens.ts'

const k = Buffer.from(keyBytes).toString('base64url')
const aes = (length: number, extractable: boolean, name = 'AES-GCM'): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name, length }, extractable, ['encrypt', 'decrypt'])

test('an imported key cannot be read out again, and the bytes stay the caller’s', async () => {
  const bytes = Uint8Array.from(keyBytes)
  for (const key of [await importKey(bytes), await importKey({ kty: 'oct', k, alg: 'A256GCM', use: 'enc' })]) {
    expect(key.extractable).toBe(false)
    expect(key.algorithm).toEqual({ name: 'AES-GCM', length: 256 })
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  }
  expect(bytes).toEqual(keyBytes)
})

test('bytes and a JWK make the same key', async () => {
  const [one, two] = await Promise.all([importKey(keyBytes), importKey({ kty: 'oct', k })])
  const sender = encrypted({ keys: keyRing('k1', one), channel: 'room' })()
  const receiver = encrypted({ keys: keyRing('k1', two), channel: 'room' })()
  expect(await receiver.decode(await sender.encode({ n: 1 }))).toEqual({ n: 1 })
})

test.each<[string, unknown]>([
  ['16 bytes', new Uint8Array(16)],
  ['33 bytes', new Uint8Array(33)],
  ['no bytes', new Uint8Array(0)],
  ['a password', 'correct horse battery staple'],
  ['nothing', null],
  ['a public key', { kty: 'EC', k }],
  ['a JWK without a key', { kty: 'oct' }],
  ['a JWK with a short key', { kty: 'oct', k: 'AAAA' }],
  ['a JWK in the other alphabet', { kty: 'oct', k: `${k.slice(0, -1)}+` }],
  ['a JWK with unused bits set', { kty: 'oct', k: `${k.slice(0, -1)}p` }],
  ['a JWK for another algorithm', { kty: 'oct', k, alg: 'A256KW' }],
  ['a JWK for signatures', { kty: 'oct', k, use: 'sig' }],
])('%s is no key, and the error says nothing of it', async (_, source) => {
  const failure = await failureOf(importKey(source as SecretJwk))
  expect(failure?.code).toBe('bad_option')
  expect(JSON.stringify(failure) + String(failure)).not.toContain('canary')
})

test('a ring refuses keys that could be read out, or are for something else', async () => {
  const ring = await ringOfOne()
  const unfit = [await aes(256, true), await aes(128, false), await aes(256, false, 'AES-CBC'), keyBytes, null]
  for (const key of unfit) expect(await codeOf(() => ring.add('k2', key as CryptoKey))).toBe('bad_option')
  expect(ring.kids).toEqual(['k1'])
})

test('a rotation has three steps, and each refuses what would break it', async () => {
  const ring = await ringOfOne()
  const next = await randomKey()
  expect(await codeOf(() => ring.use('k2'))).toBe('bad_option')
  ring.add('k2', next)
  expect([ring.current, ...ring.kids]).toEqual(['k1', 'k1', 'k2'])
  expect(await codeOf(() => ring.add('k2', next))).toBe('bad_option')
  expect(await codeOf(() => ring.retire('k1'))).toBe('bad_option')
  ring.use('k2')
  ring.retire('k1')
  expect([ring.current, ...ring.kids]).toEqual(['k2', 'k2'])
  expect(ring.get('k1')).toBeUndefined()
  expect(await codeOf(() => ring.retire('k1'))).toBe('bad_option')
  for (const kid of ['', 'k'.repeat(129)]) expect(await codeOf(() => ring.add(kid, next))).toBe('bad_option')
})

test('a source of one’s own is held to the same rules when it is asked', async () => {
  const extractable = await aes(256, true)
  const readOnly = await crypto.subtle.importKey('raw', keyBytes, 'AES-GCM', false, ['decrypt'])
  expect(await codeOf(findKey({ current: 'k', get: () => extractable }, 'k', 'decrypt'))).toBe('bad_option')
  expect(await codeOf(findKey({ current: 'k', get: async () => readOnly }, 'k', 'encrypt'))).toBe('bad_option')
  expect(await codeOf(findKey({ current: 'k', get: async () => readOnly }, 'k', 'decrypt'))).toBe('accepted')
  expect(await codeOf(findKey({ current: 'k', get: () => undefined }, 'k', 'decrypt'))).toBe('unknown_key')
  const failing = { current: 'k', get: () => Promise.reject(new Error('https://keys.example/?token=canary')) }
  const failure = await failureOf(findKey(failing, 'k', 'decrypt'))
  expect(failure?.code).toBe('unknown_key')
  expect(JSON.stringify(failure) + String(failure)).not.toContain('canary')
})
