import { expect, test } from 'vitest'
import { keyOf } from './transport-manager.ts'

const url = '/v1/complete'
const body = { messages: ['Why is the sky blue?'] }

test('what asks the same of the same URL is one connection', () => {
  expect(keyOf('sse', { url })).toBe('sse /v1/complete')
  expect(keyOf('sse', { url, body })).toBe(keyOf('sse', { url, body: structuredClone(body) }))
  expect(keyOf('sse', { url, key: 'mine', body })).toBe('mine')
})

test.each([
  { body: { messages: ['And at night?'] } },
  { body: 'Why?' },
  { method: 'POST' },
  { query: { symbol: 'A' } },
  { query: { symbol: 'B' } },
])('another question to the same URL is another connection: %j', (asked) => {
  const others = [{}, { body }, { query: { symbol: 'C' } }].map((other) => keyOf('sse', { url, ...other }))
  expect(others).not.toContain(keyOf('sse', { url, ...asked }))
})

test('two forms are two questions', () => {
  const form = (why: string) => keyOf('sse', { url, body: new URLSearchParams({ why }) })
  expect(form('1')).not.toBe(form('2'))
})

test('the key shows nothing of a body', () => {
  expect(keyOf('sse', { url, body })).not.toContain('sky')
})
