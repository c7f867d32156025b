import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { durable } from './durable.ts'
import type { DurableInput } from './durable-input.ts'
import { abandoned, failureOf, listening, readAll, readSome, recordedRequest, until } from './websocket-rig.ts'

const SSE = { 'content-type': 'text/event-stream', 'statewire-Protocol': '1', 'Stream-Next-Offset': 'o0' }
const NDJSON = { ...SSE, 'content-type': 'application/x-ndjson' }

type Answer = (response: ServerResponse, query: URLSearchParams, request: IncomingMessage) => void

/** A server that answers each read as the script says, and remembers what it was asked. */
async function scripted(answer: Answer, options: Partial<DurableInput> = {}) {
  const asked: { method: string | undefined; query: Record<string, string>; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://x')
    asked.push({ method: request.method, query: Object.fromEntries(searchParams), headers: request.headers })
    answer(response, searchParams, request)
  })
  const { origin, open, close } = await listening(server)
  onTestFinished(close)
  const input: DurableInput = { url: `http://${origin}/v1/stream/x`, via: 'sse', ...options }
  return { input, asked, open }
}

const events =
  (...lines: string[]): Answer =>
  (response) =>
    void response.writeHead(200, SSE).end(lines.join(''))
const data = (json: string) => `event: data\ndata: ${json}\n\n`
const control = (fields: object) => `event: control\ndata: ${JSON.stringify(fields)}\n\n`

const stands = (items: readonly { data?: unknown; position?: string | undefined }[]) =>
  items.map(({ data, position }) => [data, position])

async function read(answer: Answer, options: Partial<DurableInput> = {}, position: string | null = null) {
  const { input } = await scripted(answer, options)
  const { items, failure } = await readAll(await durable(input, recordedRequest({ position })))
  return { stands: stands(items), failure }
}

test('the request asks for mode, place and heartbeat, and keeps the app’s own query and headers', async () => {
  const answer = events(control({ streamNextOffset: 'o0', streamClosed: true }))
  const { input, asked } = await scripted(answer, { query: { room: '1' }, headers: { 'x-a': 'b' } })
  await durable(input, recordedRequest({ position: 'o5+3', heartbeatInterval: 2500 }))
  await durable(input, recordedRequest({ heartbeatInterval: Number.POSITIVE_INFINITY }))
  expect(asked.map(({ query }) => query)).toEqual([
    { room: '1', live: 'sse', offset: 'o5', heartbeat: '3' },
    { room: '1', live: 'sse', offset: '-1' },
  ])
  expect(asked[0]?.headers['x-a']).toBe('b')
  expect(asked[0]?.headers['last-event-id']).toBeUndefined()
})

test('a data event counts only when its control event has come', async () => {
  const whole = data('["a","b"]') + control({ streamNextOffset: 'o2' })
  for (const rest of [data('["c"]'), `${data('["c"]')}event: control\ndata: {"streamNextOffset":"o3"}\n`]) {
    const { stands, failure } = await read(events(whole, rest))
    expect(stands).toEqual([
      [undefined, 'o0'],
      ['a', 'o0+1'],
      ['b', 'o2'],
    ])
    expect(failure).toMatchObject({ code: 'interrupted' })
  }
})

test('several data events may come before one control event', async () => {
  const { stands, failure } = await read(
    events(data('[1]'), data('[2,3]'), control({ streamNextOffset: 'o3', streamClosed: true })),
  )
  expect(failure).toBeUndefined()
  expect(stands.slice(1)).toEqual([
    [1, 'o0+1'],
    [2, 'o0+2'],
    [3, 'o3'],
  ])
})

test('known records are skipped across units of any size, and the place never moves back', async () => {
  const units =
    data('[1,2]') +
    control({ streamNextOffset: 'o2' }) +
    data('[3,4]') +
    control({ streamNextOffset: 'o4', streamClosed: true })
  const { stands } = await read(events(units), {}, 'o0+3')
  expect(stands).toEqual([[4, 'o4']])
})

test('without a record, a control moves the place only when it is news', async () => {
  const again = control({ streamNextOffset: 'o0', upToDate: true })
  const { stands } = await read(events(again, again, control({ streamNextOffset: 'o9' })))
  expect(stands).toEqual([
    [undefined, 'o0'],
    [undefined, 'o9'],
  ])
})

test('a mark that the server does not turn into an offset is counted from, `now` only from the first offset on', async () => {
  const { 'Stream-Next-Offset': _, ...bare } = SSE
  const unit = data('[1,2]') + control({ streamNextOffset: 'o2' })
  const answer: Answer = (response) => void response.writeHead(200, bare).end(unit)
  expect((await read(answer)).stands).toEqual([
    [undefined, '-1'],
    [1, '-1+1'],
    [2, 'o2'],
  ])
  expect((await read(answer, { from: 'now' })).stands).toEqual([
    [1, undefined],
    [2, 'o2'],
  ])
})

test('a server that ends on purpose is `interrupted`, with its pause', async () => {
  const { stands, failure } = await read(events(data('[1]'), control({ streamNextOffset: 'o1', drainInMs: 1234 })))
  expect(stands.at(-1)).toEqual([1, 'o1'])
  expect(failure).toMatchObject({ code: 'interrupted', retryAfterMs: 1234 })
})

test('a reset on the way is a gap; under another policy it is a cut, and the place does not move', async () => {
  const reset = control({ streamNextOffset: 'o99', streamReset: 'trimmed', streamEarliestOffset: 'o50', lost: 7 })
  const strict = await read(events(data('[1]'), control({ streamNextOffset: 'o1' }), reset))
  expect(strict.failure).toMatchObject({ code: 'gap', lost: 7 })
  const loose = await read(events(data('[1]'), control({ streamNextOffset: 'o1' }), reset), { onGap: 'jump' })
  expect(loose.failure).toMatchObject({ code: 'interrupted' })
  expect(loose.stands.at(-1)).toEqual([1, 'o1'])
})

test.each([
  ['records that are not JSON', data('{')],
  ['records that are no array', data('{"a":1}')],
  ['a control that is not JSON', 'event: control\ndata: {\n\n'],
  ['a control without an offset', control({ upToDate: true })],
  ['an offset that is none', control({ streamNextOffset: 'a b' })],
])('%s are `bad_frame`', async (_name, bad) => {
  const { failure } = await read(events(bad, control({ streamNextOffset: 'o1', streamClosed: true })))
  expect(failure).toMatchObject({ code: 'bad_frame' })
})

test('events of other names are for later versions', async () => {
  const { stands } = await read(
    events('event: news\ndata: x\n\ndata: y\n\n', control({ streamNextOffset: 'o0', streamClosed: true })),
  )
  expect(stands).toEqual([[undefined, 'o0']])
})

test('a server that never confirms is stopped before the memory is full', async () => {
  const event = data(JSON.stringify(['x'.repeat(500_000)]))
  const { input, open } = await scripted((response) => {
    response.writeHead(200, SSE)
    const pour = () => {
      while (response.write(event));
    }
    response.on('drain', pour)
    pour()
  })
  const { items, failure } = await readAll(await durable(input, recordedRequest()))
  expect(stands(items)).toEqual([[undefined, 'o0']])
  expect(failure).toMatchObject({ code: 'limit_exceeded' })
  await abandoned({ open })
})

test('lines carry their own place; half a line at the end is a cut, in the middle it is broken', async () => {
  const line = (fields: object) => `${JSON.stringify(fields)}\n`
  const good =
    line({ k: 'p' }) + line({ k: 'd', o: 'o1', v: null }) + line({ k: 'new' }) + line({ k: 'd', o: 'o2', t: 'text' })
  const lines =
    (text: string): Answer =>
    (response) =>
      void response.writeHead(200, NDJSON).end(text)
  const both = [
    [undefined, 'o0'],
    [null, 'o1'],
    ['text', 'o2'],
  ]
  const over: [string, object | undefined][] = [
    [line({ k: 'c', streamNextOffset: 'o2', streamClosed: true }), undefined],
    ['', { code: 'interrupted' }],
    ['{"k":"d","o":"o3"', { code: 'interrupted' }],
    [`{"k":\n${line({ k: 'p' })}`, { code: 'bad_frame' }],
    [line({ k: 'd', v: 1 }), { code: 'bad_frame' }],
    [line({ k: 'd', o: 'o3' }), { code: 'bad_frame' }],
    [line({ k: 'c', streamNextOffset: 'o2', drainInMs: 5 }), { code: 'interrupted', retryAfterMs: 5 }],
  ]
  for (const [end, expected] of over) {
    const { stands, failure } = await read(lines(good + end), { via: 'ndjson' })
    expect(stands, end).toEqual(both)
    if (expected === undefined) expect(failure).toBeUndefined()
    else expect(failure, end).toMatchObject(expected)
  }
})

test('an event stream without stream headers is judged by its first event: the reference server sends none', async () => {
  const bare =
    (...lines: string[]): Answer =>
    (response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(lines.join(''))
  const unit = data('["a","b"]') + control({ streamNextOffset: 'o2', streamClosed: true })
  const { stands, failure } = await read(
    bare('event: data\ndata: ["a","b"]\n\n', unit.slice(unit.indexOf('event: control'))),
  )
  expect(failure).toBeUndefined()
  expect(stands.at(-1)).toEqual(['b', 'o2'])
  for (const stranger of ['data: hello\n\n', 'event: tick\ndata: 1\n\n']) {
    const stray = await read(bare(stranger, unit))
    expect(stray.stands.filter(([item]) => item !== undefined)).toEqual([])
    expect(stray.failure).toMatchObject({ code: 'not_a_stream_server' })
  }
})

test('a stream server that does not offer NDJSON is said to, instead of being asked again and again', async () => {
  const { input } = await scripted(
    (response) => response.writeHead(200, { ...SSE, 'content-type': 'application/json' }).end('[]'),
    { via: 'ndjson' },
  )
  expect(await failureOf(durable(input, recordedRequest()))).toMatchObject({
    code: 'not_a_stream_server',
    message: expect.stringContaining('NDJSON'),
  })
})

test('a lone cut is not made longer by the pause that native EventSources need', async () => {
  const { input } = await scripted(events('retry: 3000\n\n', control({ streamNextOffset: 'o1' })))
  const request = recordedRequest()
  await readAll(await durable(input, request))
  expect(request.floors).toEqual([])
})

test.each(['ndjson', 'long-poll'] as const)(
  'over %s, an answer without stream headers is `not_a_stream_server`',
  async (via) => {
    const types = { ndjson: NDJSON['content-type'], 'long-poll': 'application/json' }
    const { input, open } = await scripted(
      (response) => response.writeHead(200, { 'content-type': types[via] }).write(' '),
      { via },
    )
    expect(await failureOf(durable(input, recordedRequest({ position: 'o1' })))).toMatchObject({
      code: 'not_a_stream_server',
    })
    await abandoned({ open })
  },
)

test.each(['sse', 'ndjson', 'long-poll'] as const)(
  'over %s, a portal’s page is told apart, and a busy server’s pause is kept',
  async (via) => {
    const page = await scripted(
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in'),
      { via },
    )
    expect(await failureOf(durable(page.input, recordedRequest({ position: 'o1' })))).toMatchObject({
      code: 'unexpected_content_type',
    })
    const busy = await scripted((response) => response.writeHead(503, { 'retry-after': '2' }).end(), { via })
    expect(await failureOf(durable(busy.input, recordedRequest()))).toMatchObject({
      code: 'http_status',
      status: 503,
      retryAfterMs: 2000,
    })
  },
)

test('a 410 without a reset is just a status, one with an unknown reason is a gap of unknown size', async () => {
  const gone = await scripted((response) => response.writeHead(410).end())
  expect(await failureOf(durable(gone.input, recordedRequest()))).toMatchObject({ code: 'http_status', status: 410 })
  const odd = await scripted((response) => response.writeHead(410, { 'Stream-Reset': 'moved' }).end('<html>'))
  expect(await failureOf(durable(odd.input, recordedRequest({ position: 'o1' })))).toMatchObject({
    code: 'gap',
    lost: null,
  })
})

test('a page of a poll counts from the offset before it; a gap that opens between two polls is met', async () => {
  const pages: Answer = (response, query, { method }) => {
    const head = { 'content-type': 'application/json', 'statewire-Protocol': '1' }
    if (method === 'HEAD')
      response.writeHead(200, { ...head, 'Stream-Next-Offset': 'o9', 'Stream-Earliest-Offset': 'o4' }).end()
    else if (query.get('offset') === 'o4')
      response.writeHead(200, { ...head, 'Stream-Next-Offset': 'o6' }).end('["e","f"]')
    else response.writeHead(410, { 'Stream-Reset': 'truncated', 'Stream-Earliest-Offset': 'o7' }).end('{"lost":null}')
  }
  const strict = await read(pages, { via: 'long-poll' })
  expect(strict.stands).toEqual([
    [undefined, 'o4'],
    ['e', 'o4+1'],
    ['f', 'o6'],
  ])
  expect(strict.failure).toMatchObject({ code: 'gap', lost: null })
  expect((await read(pages, { via: 'long-poll', onGap: 'jump' })).failure).toMatchObject({ code: 'interrupted' })
})

test('a start that failed after a gap says nothing: the next attempt meets the gap again', async () => {
  const { input } = await scripted(
    (response, query) => {
      if (query.get('offset') === '-1') response.writeHead(503).end()
      else response.writeHead(410, { 'Stream-Reset': 'generation' }).end('{}')
    },
    { onGap: 'restart' },
  )
  const request = recordedRequest({ position: 'o1' })
  expect(await failureOf(durable(input, request))).toMatchObject({ status: 503 })
  expect(request.gaps).toEqual([])
})

test('nobody reading stops the server', async () => {
  let written = 0
  const unit = () => data(JSON.stringify(['x'.repeat(10_000)])) + control({ streamNextOffset: `o${written}` })
  const { input } = await scripted((response) => {
    response.writeHead(200, SSE)
    while (written < 2000 && response.write(unit())) written++
    response.on('drain', () => {
      while (written < 2000 && response.write(unit())) written++
      if (written === 2000) response.end()
    })
  })
  const link = await durable(input, recordedRequest())
  await readSome(link, 1)
  let before = -1
  await until(() => {
    const stuck = written === before
    before = written
    return stuck
  })
  expect(written).toBeLessThan(2000)
  const { items } = await readAll(link)
  expect(items.filter((item) => item.data !== undefined).length).toBeGreaterThan(1990)
})
