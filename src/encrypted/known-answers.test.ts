/**
 * Against others: the published test cases of GCM, and tokens made and read with Node's own cipher instead of `jose`.
 */
import { expect, test } from 'vitest'
import { binary, text } from '../codecs/codec.ts'
import { encrypted } from './codec.ts'
import { importKey } from './import-key.ts'
import { codeOf, headerOf, openByHand, ringOfOne, sealByHand } from './testing/tokens.ts'

const hex = (digits: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(digits, 'hex'))

/** McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B: the cases with 256-bit keys and 96-bit nonces. */
const published = [
  {
    name: '13, empty',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    plaintext: '',
    associated: '',
    sealed: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    name: '14, one block',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    plaintext: '00'.repeat(16),
    associated: '',
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: '16, associated data',
    key: 'feffe9928665731c6d6a8f9467308308'.repeat(2),
    nonce: 'cafebabefacedbaddecaf888',
    plaintext:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    associated: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
]

test.each(published)('an imported key computes the published test case $name', async (known) => {
  const key = await importKey(hex(known.key))
  const parameters = { name: 'AES-GCM', iv: hex(known.nonce), additionalData: hex(known.associated) }
  const sealed = await crypto.subtle.encrypt(parameters, key, hex(known.plaintext))
  expect(Buffer.from(sealed).toString('hex')).toBe(known.sealed)
})

test('a token made by hand is read', async () => {
  const keys = await ringOfOne()
  const receive = encrypted({ keys, channel: 'room', codec: text })()
  expect(await receive.decode(sealByHand(headerOf(), 'grüß 🌍'))).toBe('grüß 🌍')
  expect(await receive.decode(sealByHand(headerOf({ seq: 1 }), ''))).toBe('')
  const bytes = encrypted({ keys, channel: 'room', codec: binary })()
  expect(await bytes.decode(sealByHand(headerOf({ cty: 'octet-stream' }), hex('00ff80')))).toEqual(hex('00ff80'))
})

test('what the codec makes is read by hand, and its header says what it should', async () => {
  const send = encrypted({ keys: await ringOfOne(), channel: 'räume/42', codec: text })()
  const first = openByHand(String(await send.encode('grüß 🌍')))
  const second = openByHand(String(await send.encode('')))
  expect(first.plaintext.toString()).toBe('grüß 🌍')
  expect(second.plaintext.toString()).toBe('')
  const { sid } = JSON.parse(first.header) as { sid: string }
  expect(first.header).toBe(JSON.stringify(headerOf({ chn: 'räume/42', sid })))
  expect(second.header).toBe(JSON.stringify(headerOf({ chn: 'räume/42', sid, seq: 1 })))
  expect(Buffer.from(sid, 'base64url').byteLength).toBe(16)
})

test('an authentic token with any other header is refused', async () => {
  const receive = encrypted({ keys: await ringOfOne(), channel: 'room', codec: text })()
  const unfit = [
    { alg: 'A256KW' },
    { enc: 'A128GCM' },
    { zip: 'DEF' },
    { crit: ['b64'], b64: false },
    { p2c: 1000 },
    { exp: 0 },
  ]
  for (const changes of unfit) {
    expect(await codeOf(receive.decode(sealByHand(headerOf(changes), 'x')))).toBe('decrypt_failed')
  }
  const spaced = JSON.stringify(headerOf(), null, 1)
  expect(await codeOf(receive.decode(sealByHand(spaced, 'x')))).toBe('decrypt_failed')
  expect(await receive.decode(sealByHand(headerOf(), 'x'))).toBe('x')
})

test('an authentic text that is not UTF-8 is a decoding failure, and its number is spent', async () => {
  const receive = encrypted({ keys: await ringOfOne(), channel: 'room', codec: text })()
  const token = sealByHand(headerOf(), hex('ff'))
  expect(await codeOf(receive.decode(token))).toBe('decode_failed')
  expect(await codeOf(receive.decode(token))).toBe('replayed')
})
