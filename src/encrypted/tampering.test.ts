import { expect, test } from 'vitest'
import { text } from '../codecs/codec.ts'
import { encrypted } from './codec.ts'
import { codeOf, headerOf, randomKey, ringOfOne, sealByHand } from './testing/tokens.ts'

const receiver = async (maxBytes?: number) =>
  encrypted({ keys: await ringOfOne(), channel: 'room', codec: text, maxBytes })()

test('a token with any one bit flipped is refused, at every position, and the true one is still taken', async () => {
  const { decode } = await receiver()
  // Lengths that leave no, two and four unused bits in the last character.
  for (const [seq, plaintext] of ['abc', 'abcd', 'abcde'].entries()) {
    const token = sealByHand(headerOf({ seq }), plaintext)
    for (let position = 0; position < token.length; position++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = String.fromCharCode(token.charCodeAt(position) ^ (1 << bit))
        const changed = token.slice(0, position) + flipped + token.slice(position + 1)
        expect(['decrypt_failed', 'unknown_key'], changed).toContain(await codeOf(decode(changed)))
      }
    }
    expect(await decode(token)).toBe(plaintext)
  }
})

test('a token cut short, grown or put together wrongly is refused at every length', async () => {
  const { decode } = await receiver()
  const token = sealByHand(headerOf(), 'hello')
  for (let length = 0; length < token.length; length++) {
    expect(await codeOf(decode(token.slice(0, length)))).toBe('decrypt_failed')
  }
  const [header, , nonce, ciphertext, tag] = token.split('.')
  const wrong = [
    `${token}A`,
    `${token}.`,
    `${token}.${tag}`,
    ` ${token}`,
    `${token}\n`,
    [header, 'AAAA', nonce, ciphertext, tag].join('.'),
    [header, '', `${nonce}AAAA`, ciphertext, tag].join('.'),
    [header, '', nonce, `${ciphertext}=`, tag].join('.'),
    [header, '', nonce, ciphertext, `${tag}==`].join('.'),
    [header, '', nonce, tag, ciphertext].join('.'),
    [header, '', nonce, '', tag].join('.'),
  ]
  for (const changed of wrong) expect(await codeOf(decode(changed)), changed).toBe('decrypt_failed')
  expect(await decode(token)).toBe('hello')
})

test('no key is looked up for what has not the form of a message', async () => {
  const asked: string[] = []
  const keys = { current: 'k1', get: (kid: string) => void asked.push(kid) as undefined }
  const { decode } = encrypted({ keys, channel: 'room' })()
  const [header, , nonce, ciphertext, tag] = sealByHand(headerOf(), 'x').split('.')
  const misshapen = [
    [header, 'AAAA', nonce, ciphertext, tag],
    [header, '', `${nonce}AA`, ciphertext, tag],
    [header, '', nonce, ciphertext, `${tag}AA`],
    [header, '', nonce, ciphertext, tag, ''],
    [header, '', nonce, ciphertext],
  ]
  for (const parts of misshapen) expect(await codeOf(decode(parts.join('.')))).toBe('decrypt_failed')
  expect(await codeOf(decode('.'.repeat(50_000_000)))).toBe('limit_exceeded')
  expect(asked).toEqual([])
  expect(await codeOf(decode([header, '', nonce, ciphertext, tag].join('.')))).toBe('unknown_key')
  expect(asked).toEqual(['k1'])
})

test('header, nonce, ciphertext and tag of two authentic messages do not mix', async () => {
  const { decode } = await receiver()
  const one = sealByHand(headerOf(), 'one').split('.')
  const two = sealByHand(headerOf({ seq: 1 }), 'two').split('.')
  for (let mask = 1; mask < 15; mask++) {
    const parts = [0, 2, 3, 4].map((part, index) => (mask & (1 << index) ? one : two)[part])
    const mixed = [parts[0], '', ...parts.slice(1)].join('.')
    expect(await codeOf(decode(mixed)), String(mask)).toBe('decrypt_failed')
  }
  expect(await decode(one.join('.'))).toBe('one')
  expect(await decode(two.join('.'))).toBe('two')
})

test('what is not a token at all is refused: plaintext, bytes, other serialisations', async () => {
  const { decode } = await receiver()
  const [header, , nonce, ciphertext, tag] = sealByHand(headerOf(), 'x').split('.')
  const flattened = JSON.stringify({ protected: header, iv: nonce, ciphertext, tag, unprotected: {} })
  const strangers = ['', 'hello', '{"text":"hello"}', '....', flattened, new Uint8Array(3), 7, null, undefined, {}]
  for (const stranger of strangers) expect(await codeOf(decode(stranger))).toBe('decrypt_failed')
})

test('the wrong key under the right id is tampering', async () => {
  const keys = { current: 'k1', get: () => randomKey() }
  const { decode } = encrypted({ keys, channel: 'room' })()
  expect(await codeOf(decode(sealByHand(headerOf(), 'x')))).toBe('decrypt_failed')
})

test('what is too large is refused before it is decoded, at the exact byte', async () => {
  const { decode } = await receiver(10)
  expect(await decode(sealByHand(headerOf(), 'x'.repeat(10)))).toHaveLength(10)
  expect(await codeOf(decode(sealByHand(headerOf({ seq: 1 }), 'x'.repeat(11))))).toBe('limit_exceeded')
})
