import { expect, test } from 'vitest'
import { bearerIn, checkToken, ticketIn } from './credentials.ts'
import { outcome } from './testing/gate-rig.ts'

test.each(['Bearer abc', 'bearer abc', 'BEARER abc', 'bEaReR    abc'])(
  'a bearer token is read, in any case: %s',
  (authorization) => {
    expect(bearerIn({ authorization })).toBe('abc')
  },
)

test('without the header there is none', () => {
  expect(bearerIn({})).toBeNull()
})

test.each([
  '',
  ' ',
  'Bearer',
  'Bearer ',
  'Bearer    ',
  'Basic YTpi',
  'Token abc',
  'abc',
  'Bearerabc',
  'Digest username="x"',
  'Bearer\tabc',
  ' Bearer abc',
  'Bеarer abc',
])('another scheme, or none, is no credential: "%s"', async (authorization) => {
  expect(await outcome(() => bearerIn({ authorization }))).toBe('401 unauthenticated')
})

const NO_TOKENS = [
  'a b',
  'a, Bearer b',
  'a\tb',
  'a\u0000b',
  'a\r\nX: y',
  'é',
  '\u2028',
  '😀',
  'a\u007f',
  '',
  ' ',
  'x'.repeat(8193),
]

test('what cannot be a token is refused before anybody looks at it', async () => {
  for (const token of NO_TOKENS)
    expect([token, await outcome(() => checkToken(token))]).toEqual([token, '401 invalid_token'])
  for (const token of NO_TOKENS.filter((token) => token.trim() !== ''))
    expect([token, await outcome(() => bearerIn({ authorization: `Bearer ${token}` }))]).toEqual([
      token,
      '401 invalid_token',
    ])
})

test('8 KiB are a token, one more is none, and ten million are refused as fast', async () => {
  expect(checkToken('x'.repeat(8192))).toHaveLength(8192)
  expect(await outcome(() => checkToken('x'.repeat(10_000_000)))).toBe('401 invalid_token')
})

test.each(['eyJhbGciOiJIUzI1NiJ9.e30.sig-_', '1|laravel', 'sk:live/abc+==', '~!@#$%^&*()'])(
  'tokens as they are about: %s',
  (token) => {
    expect(checkToken(token)).toBe(token)
  },
)

test.each([
  [undefined, null],
  ['', null],
  ['statewire.v1.json', null],
  ['statewire.v1.json, statewire.ticket.abc', 'abc'],
  ['statewire.ticket.abc,statewire.v1.json', 'abc'],
  ['statewire.ticket.', ''],
  ['STATEWIRE.TICKET.abc', null],
])('the ticket in %s is %s', (offered, ticket) => {
  expect(ticketIn(offered === undefined ? {} : { 'sec-websocket-protocol': offered })).toBe(ticket)
})

test('of two tickets none counts', async () => {
  const offered = 'statewire.ticket.a, statewire.v1.json, statewire.ticket.b'
  expect(await outcome(() => ticketIn({ 'sec-websocket-protocol': offered }))).toBe('401 invalid_token')
})
