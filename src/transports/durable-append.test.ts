import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { appendOverHttp } from './durable-append.ts'
import type { DurableInput } from './durable-input.ts'
import { listening } from './websocket-rig.ts'

type Answer = readonly [status: number, headers?: Record<string, string>, body?: string]

/** A server with one answer, and what it was asked. */
async function answering([status, headers = {}, body = '']: Answer) {
  const asked: { headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let text = ''
    for await (const chunk of request) text += chunk
    asked.push({ headers: request.headers, body: text })
    response.writeHead(status, headers).end(body)
  })
  const { origin, close } = await listening(server)
  onTestFinished(close)
  const append = (given: Partial<DurableInput> = {}, ...records: (string | Uint8Array)[]) =>
    appendOverHttp(
      { url: `http://${origin}/v1/stream/x`, ...given },
      { producer: { id: 'p', epoch: 2, sequence: 7 }, records: records.length > 0 ? records : ['1', '[2]'] },
      new AbortController().signal,
    )
  return { asked, append }
}

const problem = (code: string): string => JSON.stringify({ code })

test.each<[string, Answer, object]>([
  ['new', [200, { 'stream-next-offset': 'o2' }], { kind: 'stored', offset: 'o2' }],
  ['there already', [204, { 'stream-next-offset': 'o2' }], { kind: 'stored', offset: 'o2' }],
  ['the page of a captive portal', [200, { 'content-type': 'text/html' }, '<html>'], { kind: 'later' }],
  ['too early', [409, { 'producer-expected-seq': '5' }], { kind: 'early', expected: 5 }],
  ['a number that is none', [409, { 'producer-expected-seq': '-5' }], { kind: 'refused' }],
  ['closed', [409, { 'stream-closed': 'true' }], { kind: 'refused', error: { code: 'send_failed', status: 409 } }],
  ['a newer owner', [403, { 'producer-epoch': '3' }], { kind: 'barred', error: { code: 'producer_fenced' } }],
  ['somebody else', [403, {}, problem('producer_owned')], { kind: 'barred', error: { code: 'producer_owned' } }],
  ['no permission', [403, {}, problem('forbidden')], { kind: 'refused', error: { status: 403 } }],
  ['no JSON', [403, {}, '<html>'], { kind: 'refused' }],
  ['no credential', [401], { kind: 'unauthorized', error: { status: 401 } }],
  ['too much', [429, { 'retry-after': '3' }], { kind: 'later', retryAfterMs: 3_000 }],
  ['out of order', [503], { kind: 'later' }],
  ['a gateway', [502, {}, '<html>'], { kind: 'later' }],
  ['never', [501], { kind: 'refused' }],
  ['no room', [507], { kind: 'refused', error: { status: 507 } }],
  ['too large', [413], { kind: 'refused', error: { status: 413 } }],
])('%s: %o means %o', async (_name, answer, meaning) => {
  const { append } = await answering(answer)
  expect(await append()).toMatchObject(meaning)
})

test('the tuple goes into the headers; JSON is a list, a text and bytes are the body', async () => {
  const { append, asked } = await answering([200, { 'stream-next-offset': 'o2' }])
  await append({ headers: { authorization: 'Bearer x', accept: 'text/plain' } })
  await append({ records: 'text' }, 'a text')
  await append({ sendHeaders: { 'content-type': 'application/x-own' } }, new Uint8Array([65]))
  expect(asked.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
    ['application/json', '[1,[2]]'],
    ['text/plain', 'a text'],
    ['application/x-own', 'A'],
  ])
  expect(asked[0]?.headers).toMatchObject({
    authorization: 'Bearer x',
    'producer-id': 'p',
    'producer-epoch': '2',
    'producer-seq': '7',
  })
})

test('a connection that breaks before the answer rejects: nobody knows', async () => {
  const server = createServer((request) => request.socket.destroy())
  const { origin, close } = await listening(server)
  onTestFinished(close)
  const append = { producer: { id: 'p', epoch: 0, sequence: 0 }, records: ['1'] }
  const url = `http://${origin}/v1/stream/x`
  await expect(appendOverHttp({ url }, append, new AbortController().signal)).rejects.toMatchObject({ code: 'network' })
})
