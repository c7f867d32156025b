import { expect, test } from 'vitest'
import { guessVia } from './guess.ts'

function answer(headers: Record<string, string>) {
  return { header: (name: string) => headers[name.toLowerCase()] }
}

test.each([
  ['text/event-stream', 'sse'],
  ['Text/Event-Stream; charset=utf-8', 'sse'],
  ['application/x-ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['application/stream+json', 'ndjson'],
  ['application/json', 'ndjson'],
  ['application/vnd.api+json', 'ndjson'],
  ['application/json-seq', 'json-seq'],
  ['text/plain', 'lines'],
  ['text/csv', 'lines'],
  ['application/xml', 'lines'],
  ['image/svg+xml', 'bytes'],
  ['application/octet-stream', 'bytes'],
  ['video/mp4', 'bytes'],
] as const)('%s is read as %s', (type, via) => {
  expect(guessVia(answer({ 'content-type': type }), 'GET')).toBe(via)
})

test('an answer without a type is read line by line', () => {
  expect(guessVia(answer({}), 'GET')).toBe('lines')
})

test.each([{ 'stream-next-offset': '0_0' }, { 'statewire-protocol': '1' }])(
  'the header of a stream server, %j, makes it durable',
  (headers) => {
    expect(guessVia(answer({ 'content-type': 'application/json', ...headers }), 'GET')).toBe('durable')
  },
)

test('a stream server that streams already is taken at its word, and its answer to a POST is not a stream to resume', () => {
  expect(guessVia(answer({ 'content-type': 'text/event-stream', 'stream-next-offset': '0_0' }), 'GET')).toBe('sse')
  expect(guessVia(answer({ 'content-type': 'application/json', 'stream-next-offset': '0_0' }), 'POST')).toBe('ndjson')
})
