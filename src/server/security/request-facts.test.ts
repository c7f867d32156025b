import { expect, test } from 'vitest'
import { checkRequest, headerText } from './request-facts.ts'
import { outcome, refusalOf, request } from './testing/gate-rig.ts'

const judge = (target: string) => outcome(() => checkRequest(request({}, { target })))

test.each([
  ['token', 'Token', 'TOKEN', '%74oken', 'access_token', 'access-token', 'accessToken', 'id_token', 'refresh_token'],
  ['auth', 'auth_token', 'authorization', 'Authorization', 'bearer', 'jwt', 'ticket', 'api_key', 'api-key', 'apikey'],
  ['password', 'secret', 'client_secret', 'session_token', 'token[]', 'credentials'],
])('B03: a credential in the query string is refused, whatever it is worth: %s, …', async (...names) => {
  for (const name of names) {
    expect([name, await judge(`/v1/stream/a?offset=-1&${name}=x`)]).toEqual([name, '400 credential_in_url'])
    expect([name, await judge(`/v1/ws?${name}`)]).toEqual([name, '400 credential_in_url'])
  }
})

test.each([
  '/v1/stream/a',
  '/v1/stream/token',
  '/v1/stream/a?',
  '/v1/stream/a?offset=-1&live=sse&cursor=1&heartbeat=5&errors=event',
  '/v1/stream/a?offset=token',
  '/v1/stream/a?tokens=5&author=x&tokenizer=y&constructor=1&__proto__=2',
  '/v1/stream/a?%',
  `/v1/stream/a?${'&'.repeat(10_000)}`,
])('a query without one passes: %s', async (target) => {
  expect(await judge(target)).toBe('let in')
})

test.each([
  'Authorization',
  'authorization',
  'Content-Type',
  'Content-Length',
  'Host',
  'Origin',
  'Last-Event-ID',
  'Idempotency-Key',
  'Stream-Seq',
  'Stream-TTL',
  'Stream-Closed',
  'Producer-Id',
  'PRODUCER-EPOCH',
  'Producer-Seq',
  'Sec-WebSocket-Key',
])('S21: a second %s is refused, even with the same value', async (name) => {
  const rawHeaders = ['Host', 'x', 'Accept', '*/*', 'Origin', 'y', name, '1', 'X-Other', 'z', name.toLowerCase(), '1']
  expect(await outcome(() => checkRequest(request({}, { rawHeaders })))).toBe('400 duplicate_header')
})

test('headers that may come several times, and values that look like names, pass', async () => {
  const rawHeaders = [
    'Cookie',
    'a=1',
    'Cookie',
    'b=2',
    'X-Forwarded-For',
    'Host',
    'X-Forwarded-For',
    'Host',
    'Host',
    'Host',
  ]
  expect(await outcome(() => checkRequest(request({}, { rawHeaders })))).toBe('let in')
  expect(await outcome(() => checkRequest(request({}, { rawHeaders: ['Host'] })))).toBe('let in')
  expect(await outcome(() => checkRequest(request({ 'set-cookie': ['a', 'b'] })))).toBe('let in')
})

test('without the raw headers, a list shows that one came twice', async () => {
  const headers: Record<string, string | string[]> = { 'producer-id': ['a', 'b'] }
  expect(await outcome(() => checkRequest(request(headers)))).toBe('400 duplicate_header')
})

test('what is wrong is said without a word of the sender', async () => {
  const target = '/v1/stream/a?offset=-1&Access_Token=canary'
  expect((await refusalOf(() => checkRequest(request({}, { target }))))?.message).toMatch(/^A URL is no place/)
  const rawHeaders = ['STREAM-Seq', 'canary', 'Stream-SEQ', 'canary']
  const refusal = await refusalOf(() => checkRequest(request({}, { rawHeaders })))
  expect(refusal?.message).toBe('The header stream-seq may come once.')
})

test('a header is what was sent, not what every object has', () => {
  expect(['constructor', '__proto__', 'toString', 'x'].map((name) => headerText({}, name))).toEqual(
    Array(4).fill(undefined),
  )
  expect(headerText({ 'set-cookie': ['a', 'b'] }, 'set-cookie')).toBe('a, b')
})
