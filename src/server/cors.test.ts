import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { allowOrigin, isOrigin, judgeOrigin, preflightHeaders } from './cors.ts'

const LISTED = new Set(['https://good.com', 'http://good.com:8080', 'tauri://localhost'])

const judge = (origin: string | undefined, host: string | undefined = 'stream.example', encrypted = false) =>
  judgeOrigin(origin, { host, encrypted }, LISTED)

test('S3: without an Origin there is nothing to judge', () => {
  expect(judge(undefined)).toBe('none')
})

test.each(['https://good.com', 'http://good.com:8080', 'tauri://localhost'])(
  'S3: a listed origin is allowed: %s',
  (origin) => {
    expect(judge(origin)).toBe('allowed')
  },
)

test.each([
  'null',
  '',
  '*',
  'https://good.com.evil.com',
  'https://evilgood.com',
  'https://sub.good.com',
  'http://good.com',
  'https://good.com:8443',
  'https://good.com:443',
  'https://good.com/',
  'https://GOOD.com',
  'https://good.com https://evil.com',
  'https://good.com, https://evil.com',
  'https://good.com@evil.com',
  'https://user@good.com',
  'https://good.com\u0000',
  'https://good.com%2eevil.com',
  'https://good.сom',
  'good.com',
  'javascript:alert(1)',
])('B08: anything else is foreign: %s', (origin) => {
  expect(judge(origin)).toBe('foreign')
})

test.each([
  ['http://stream.example', 'stream.example', false, 'allowed'],
  ['https://stream.example', 'stream.example', false, 'allowed'],
  ['https://stream.example', 'stream.example', true, 'allowed'],
  ['http://stream.example', 'stream.example', true, 'foreign'],
  ['https://stream.example', 'STREAM.example', true, 'allowed'],
  ['https://stream.example', 'stream.example:443', true, 'allowed'],
  ['https://stream.example', 'stream.example:80', true, 'foreign'],
  ['http://stream.example', 'stream.example:80', false, 'allowed'],
  ['http://stream.example:8080', 'stream.example:8080', false, 'allowed'],
  ['http://stream.example:8080', 'stream.example', false, 'foreign'],
  ['http://[::1]:8080', '[::1]:8080', false, 'allowed'],
  ['http://evil.com', 'x@evil.com', false, 'foreign'],
  ['http://evil.com', 'evil.com/', false, 'foreign'],
  ['http://evil.com', 'evil.com#', false, 'foreign'],
  ['http://evil.com', '[evil.com', false, 'foreign'],
  ['null', 'null', false, 'foreign'],
  ['null', '', false, 'foreign'],
  ['http://stream.example', undefined, false, 'foreign'],
])('S3: a page of %s that asks for %s (TLS: %s) is %s', (origin, host, encrypted, verdict) => {
  expect(judgeOrigin(origin, { host, encrypted }, LISTED)).toBe(verdict)
})

test.each([
  'https://app.example',
  'http://localhost:5173',
  'http://[::1]:3000',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnop',
])('may be listed: %s', (origin) => {
  expect(isOrigin(origin)).toBe(true)
})

test.each([
  '',
  '*',
  'null',
  'app.example',
  'https://app.example/',
  'https://*.app.example',
  'https://APP.example',
  'https://app.example:443',
  'https://u@app.example',
  'wss://app.example',
  'file://x',
  'tauri://',
  'tauri://x/y',
  'javascript:alert(1)',
  'data:text/html,x',
])('may not be listed: "%s"', (origin) => {
  expect(isOrigin(origin)).toBe(false)
})

test('B61: a preflight of a foreign page is told nothing', () => {
  expect(preflightHeaders('foreign')).toEqual({})
})

test('S4: a preflight names what may be sent, and never opens the private network', () => {
  const headers = preflightHeaders('allowed')
  const allowed = headers['Access-Control-Allow-Headers']?.split(', ')
  for (const name of [
    'authorization',
    'content-type',
    'if-none-match',
    'last-event-id',
    'idempotency-key',
    'stream-seq',
    'stream-closed',
    'stream-ttl',
    'stream-expires-at',
    'producer-id',
    'producer-epoch',
    'producer-seq',
  ])
    expect(allowed).toContain(name)
  expect(headers['Access-Control-Max-Age']).toBe('600')
  expect(Object.keys(headers).join()).not.toMatch(/private-network|origin|credentials/i)
})

test.each([
  [{ Origin: 'https://good.com' }, false, ['https://good.com', null, true]],
  [{ Origin: 'https://good.com' }, true, ['https://good.com', 'true', true]],
  [{}, true, [null, null, false]],
])('S4: one origin is echoed, never a star: %j, credentials: %s', async (headers, credentials, said) => {
  const server = createServer((request, response) => {
    allowOrigin(request, response, credentials)
    response.end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}`, { headers })
  const exposed = answer.headers.get('access-control-expose-headers')?.split(', ') ?? []
  const names = ['Stream-Next-Offset', 'Producer-Expected-Seq', 'ETag', 'Retry-After', 'Location']
  expect([
    answer.headers.get('access-control-allow-origin'),
    answer.headers.get('access-control-allow-credentials'),
    names.every((name) => exposed.includes(name)),
  ]).toEqual(said)
})
