import { expect, test } from 'vitest'
import { asTransportError, TransportError } from './errors.ts'

test('the facts are fields, the cause is kept, and JSON has neither stack nor cause', () => {
  const cause = new Error('token=secret')
  const error = new TransportError('http_status', 'The server answered 503.', {
    status: 503,
    retryAfterMs: 2_000,
    cause,
  })
  expect(error).toMatchObject({
    name: 'TransportError',
    code: 'http_status',
    status: 503,
    retryAfterMs: 2_000,
    repeatable: true,
  })
  expect(error.cause).toBe(cause)
  const written = JSON.stringify(error)
  expect(JSON.parse(written)).toEqual({
    name: 'TransportError',
    code: 'http_status',
    message: 'The server answered 503.',
    status: 503,
    retryAfterMs: 2_000,
    repeatable: true,
  })
})

test('whatever is thrown becomes a TransportError that does not repeat what it said', () => {
  const known = new TransportError('network', 'Cut.')
  expect(asTransportError(known)).toBe(known)
  const wrapped = asTransportError('password=canary')
  expect(wrapped).toMatchObject({ code: 'internal', cause: 'password=canary' })
  expect(wrapped.message).not.toContain('canary')
})
