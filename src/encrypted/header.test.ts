import fc from 'fast-check'
import { expect, test } from 'vitest'
import { header, mostMessages } from './header.ts'
import { headerOf } from './testing/tokens.ts'

const encoded = (text: string): string => Buffer.from(text).toString('base64url')

test('a header has one form: members sorted, no white space', () => {
  const fields = { kid: 'k1', chn: 'room', sid: 'AAAAAAAAAAAAAAAAAAAAAA', seq: 7, cty: 'octet-stream' } as const
  expect(JSON.stringify(header.canonical(fields))).toBe(
    '{"alg":"dir","chn":"room","cty":"octet-stream","enc":"A256GCM","kid":"k1","seq":7,"sid":"AAAAAAAAAAAAAAAAAAAAAA"}',
  )
})

test('what is written is read again, whatever the names', () => {
  const name = (longest: number) => fc.string({ unit: 'binary', minLength: 1, maxLength: longest / 2 })
  fc.assert(
    fc.property(name(128), name(256), fc.nat(mostMessages - 1), (kid, chn, seq) => {
      const fields = { kid, chn, seq, sid: 'A-_zAAAAAAAAAAAAAAAAAA' }
      expect(header.read(encoded(JSON.stringify(header.canonical(fields))))).toEqual({ ...fields, cty: undefined })
    }),
    { verbose: 1 },
  )
})

test('names of the greatest length fit, at their longest escapes', () => {
  const fields = { kid: '\u0000'.repeat(128), chn: '\u0001'.repeat(256), sid: 'A'.repeat(22), seq: mostMessages - 1 }
  const segment = encoded(JSON.stringify(header.canonical({ ...fields, cty: 'octet-stream' })))
  expect(header.read(segment)?.chn).toBe(fields.chn)
})

test.each([
  ['another algorithm', { alg: 'A256KW' }],
  ['another encryption', { enc: 'A256CBC-HS512' }],
  ['compression', { zip: 'DEF' }],
  ['a critical extension', { crit: ['exp'] }],
  ['a PBES2 count', { p2c: 1 }],
  ['a key of its own', { jwk: {} }],
  ['a member nobody knows', { extra: 1 }],
  ['another content type', { cty: 'text/plain' }],
  ['no content type, said', { cty: null }],
  ['an empty key id', { kid: '' }],
  ['a key id that is too long', { kid: 'k'.repeat(129) }],
  ['a key id that is a number', { kid: 1 }],
  ['no channel', { chn: undefined }],
  ['a channel that is too long', { chn: 'c'.repeat(257) }],
  ['a session that is too short', { sid: 'AAAA' }],
  ['a session of other characters', { sid: 'A+AAAAAAAAAAAAAAAAAAAA' }],
  ['a negative number', { seq: -1 }],
  ['a fraction', { seq: 0.5 }],
  ['a number beyond the limit', { seq: mostMessages }],
  ['a number as text', { seq: '0' }],
])('%s is refused', (_, changes) => {
  expect(header.read(encoded(JSON.stringify(headerOf())))).toBeDefined()
  expect(header.read(encoded(JSON.stringify(headerOf(changes))))).toBeUndefined()
})

test('the same members in another form are refused', () => {
  const text = JSON.stringify(headerOf())
  const { alg, ...rest } = headerOf()
  const forms = [
    ` ${text}`,
    `${text}\n`,
    text.replace(':0', ':0.0'),
    text.replace(':0', ':-0'),
    text.replace('room', '\\u0072oom'),
    text.replace('"seq":0', '"seq":1,"seq":0'),
    JSON.stringify({ ...rest, alg }),
    `\ufeff${text}`,
    '[]',
    'null',
    '"dir"',
    '{',
    '',
  ]
  for (const form of forms) expect(header.read(encoded(form)), form).toBeUndefined()
  expect(header.read(`${encoded(text)}=`)).toBeUndefined()
  expect(header.read(Buffer.from([0x22, 0xff, 0x22]).toString('base64url'))).toBeUndefined()
  expect(header.read('A'.repeat(header.longest + 4))).toBeUndefined()
})
