import { describe, expect, test } from 'vitest'
import { startServer } from './testing/rig.ts'

const JSON_BODY = { 'Content-Type': 'application/json' }

async function appendTo(url: string, body: BodyInit | null, headers: Record<string, string> = JSON_BODY) {
  return fetch(url, { method: 'POST', body, headers })
}

function producer(id: string, epoch: number | string, seq: number | string): Record<string, string> {
  return { ...JSON_BODY, 'Producer-Id': id, 'Producer-Epoch': String(epoch), 'Producer-Seq': String(seq) }
}

async function codeOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem: unknown = await response.json()
  expect(problem).toMatchObject({ status: response.status, title: expect.any(String), type: expect.any(String) })
  return Reflect.get(Object(problem), 'code')
}

describe('PUT', () => {
  test('creates once, confirms the same, and refuses another configuration', async () => {
    const { at } = await startServer()
    const put = (contentType: string, headers = {}) =>
      fetch(at('a'), { method: 'PUT', headers: { 'Content-Type': contentType, ...headers } })
    const created = await put('application/json')
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(at('a'))
    expect(created.headers.get('content-type')).toBe('application/json')
    expect(created.headers.get('stream-next-offset')).toMatch(/^[0-9a-f]{16}_0001_0{16}$/)
    expect((await put('Application/JSON; charset=utf-8')).status).toBe(200)
    expect((await put('text/plain')).status).toBe(409)
    expect((await put('application/json', { 'Stream-Closed': 'true' })).status).toBe(409)
  })

  test('takes initial records, an empty list, and an end', async () => {
    const { at, server } = await startServer()
    await fetch(at('full'), { method: 'PUT', headers: JSON_BODY, body: '[1,2]' })
    expect(server.stream('full').tail.seq).toBe(2)
    expect((await fetch(at('empty'), { method: 'PUT', headers: JSON_BODY, body: '[]' })).status).toBe(201)
    const closed = await fetch(at('closed'), { method: 'PUT', headers: { ...JSON_BODY, 'Stream-Closed': 'true' } })
    expect(closed.headers.get('stream-closed')).toBe('true')
    expect(server.stream('closed').closed).toBe(true)
  })

  test('refuses what it would not do: an expiry that means nothing, a type that is none, more streams than allowed', async () => {
    const { at } = await startServer({ limits: { streams: 1 } })
    const put = (path: string, headers: Record<string, string>) => fetch(at(path), { method: 'PUT', headers })
    expect(await codeOf(await put('a', { 'Stream-TTL': '060' }))).toBe('bad_ttl')
    expect(await codeOf(await put('a', { 'Content-Type': 'nonsense' }))).toBe('bad_content_type')
    expect((await put('a', {})).status).toBe(201)
    expect((await put('b', {})).status).toBe(507)
  })
})

describe('POST', () => {
  test('appends with 204, flattens one level of a list, and keeps what the numbers were written as', async () => {
    const { at, server } = await startServer()
    server.stream('a')
    await fetch(at('a'), { method: 'PUT', headers: JSON_BODY })
    const response = await appendTo(at('a'), '[[1,2], {"n": 1e400, "z": -0},\n 9007199254740993]')
    expect(response.status).toBe(204)
    expect(response.headers.get('stream-next-offset')).toBe(server.stream('a').tail.offset)
    await appendTo(at('a'), '{"multi":\r\n "line"}')
    const page = await (await fetch(at('a'))).text()
    expect(page).toBe('[[1,2],{"n": 1e400, "z": -0},9007199254740993,{"multi":  "line"}]')
  })

  test('to a stream that is not there is 404, unless the server creates on append', async () => {
    const strict = await startServer()
    expect((await appendTo(strict.at('new'), '1')).status).toBe(404)
    const lenient = await startServer({ autoCreate: true })
    expect((await appendTo(lenient.at('new'), null, { 'Stream-Closed': 'true' })).status).toBe(404)
    expect((await fetch(lenient.at('new'))).status).toBe(404)
    expect((await appendTo(lenient.at('new'), '1')).status).toBe(204)
    expect(lenient.server.stream('new').tail.seq).toBe(1)
  })

  test('refuses each kind of bad body with its own code, and appends nothing', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(0)
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    const cases: [BodyInit | null, Record<string, string>, number, string][] = [
      [null, JSON_BODY, 400, 'empty_append'],
      ['[]', JSON_BODY, 400, 'empty_append'],
      ['{', JSON_BODY, 400, 'bad_json'],
      ['1 2', JSON_BODY, 400, 'bad_json'],
      ['\uFEFF1', JSON_BODY, 400, 'bad_json'],
      [new Uint8Array([0x22, 0xff, 0x22]), JSON_BODY, 400, 'invalid_utf8'],
      [deep(33), JSON_BODY, 400, 'too_deep'],
      [deep(500_000), JSON_BODY, 400, 'too_deep'],
      [JSON.stringify(new Array(1001).fill(0)), JSON_BODY, 413, 'too_many_records'],
      [new Uint8Array([49]), {}, 400, 'content_type_required'],
      ['x', { 'Content-Type': 'text/plain' }, 409, 'content_type_mismatch'],
      ['1', { ...JSON_BODY, 'Content-Encoding': 'gzip' }, 415, 'content_encoding'],
    ]
    for (const [body, headers, status, code] of cases) {
      const response = await appendTo(at('a'), body, headers)
      expect([response.status, await codeOf(response)]).toEqual([status, code])
    }
    expect(server.stream('a').tail.seq).toBe(1)
    expect((await appendTo(at('a'), deep(32))).status).toBe(204)
  })

  test('keeps dangerous names as data', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(0)
    const body = '{"__proto__":{"polluted":1},"constructor":2,"a":1,"a":2}'
    await appendTo(at('a'), body)
    expect(await (await fetch(at('a'))).text()).toBe(`[0,${body}]`)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('closes with or without records; after that only its own repetition is taken', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(0)
    const close = { ...producer('p', 0, 0), 'Stream-Closed': 'true' }
    const closing = await appendTo(at('a'), '1', close)
    expect([closing.status, closing.headers.get('stream-closed')]).toEqual([200, 'true'])
    expect((await appendTo(at('a'), '1', close)).status).toBe(204)
    expect((await appendTo(at('a'), null, { 'Stream-Closed': 'true' })).status).toBe(204)
    const late = await appendTo(at('a'), '2')
    expect([late.status, late.headers.get('stream-closed'), await codeOf(late)]).toEqual([409, 'true', 'closed'])
    expect(
      server
        .stream('a')
        .read()
        .map((record) => record.value),
    ).toEqual([0, 1])
  })

  test('compares Stream-Seq as text and refuses one that does not grow', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(0)
    const withSeq = (seq: string) => appendTo(at('a'), '1', { ...JSON_BODY, 'Stream-Seq': seq })
    expect((await withSeq('b')).status).toBe(204)
    expect((await withSeq('b')).status).toBe(409)
    expect((await withSeq('a9')).status).toBe(409)
    expect((await withSeq('ba')).status).toBe(204)
  })
})

describe('a producer', () => {
  test('is told new, duplicate, gap and stale epoch apart', async () => {
    const { at, server } = await startServer()
    server.stream('a').append('start')
    const post = (epoch: number, seq: number) => appendTo(at('a'), `"${epoch}.${seq}"`, producer('p', epoch, seq))
    expect((await post(0, 0)).status).toBe(200)
    const second = await post(0, 1)
    expect([second.status, second.headers.get('producer-epoch'), second.headers.get('producer-seq')]).toEqual([
      200,
      '0',
      '1',
    ])
    const repeated = await post(0, 0)
    expect([repeated.status, repeated.headers.get('producer-seq')]).toEqual([204, '1'])
    const gap = await post(0, 5)
    expect([gap.status, gap.headers.get('producer-expected-seq'), gap.headers.get('producer-received-seq')]).toEqual([
      409,
      '2',
      '5',
    ])
    expect((await post(1, 3)).status).toBe(400)
    expect((await post(1, 0)).status).toBe(200)
    const stale = await post(0, 2)
    expect([stale.status, stale.headers.get('producer-epoch')]).toEqual([403, '1'])
    const values = server
      .stream('a')
      .read()
      .map((record) => record.value)
    expect(values).toEqual(['start', '0.0', '0.1', '1.0'])
  })

  test('that is new and does not start at 0 has a gap, so that pipelined requests may overtake each other', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(0)
    const early = await appendTo(at('a'), '1', producer('p', 0, 1))
    expect([early.status, early.headers.get('producer-expected-seq')]).toEqual([409, '0'])
  })

  test('sends all three headers, each well formed, or is refused', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(0)
    const whole = producer('p', 0, 0)
    for (const missing of ['Producer-Id', 'Producer-Epoch', 'Producer-Seq']) {
      const { [missing]: _, ...rest } = whole
      expect((await appendTo(at('a'), '1', rest)).status).toBe(400)
    }
    for (const bad of ['-1', '01', '1.0', '1e3', '9007199254740992', 'NaN', ''])
      for (const headers of [producer('p', bad, 0), producer('p', 0, bad)])
        expect(await codeOf(await appendTo(at('a'), '1', headers))).toBe('bad_producer')
    expect((await appendTo(at('a'), '1', producer('a b', 0, 0))).status).toBe(400)
    expect(server.stream('a').tail.seq).toBe(1)
  })

  test('beyond the number that is remembered is refused, never forgotten', async () => {
    const { at, server } = await startServer({ limits: { producers: 1 } })
    server.stream('a').append(0)
    expect((await appendTo(at('a'), '1', producer('one', 0, 0))).status).toBe(200)
    const other = await appendTo(at('a'), '1', producer('two', 0, 0))
    expect([other.status, other.headers.get('retry-after')]).toEqual([429, '60'])
    expect((await appendTo(at('a'), '1', producer('one', 0, 0))).status).toBe(204)
  })
})

test('DELETE removes the stream, and what is created again is another generation', async () => {
  const { at, server } = await startServer()
  const before = server.stream('a').append(1, 2).offset
  expect((await fetch(at('a'), { method: 'DELETE' })).status).toBe(204)
  expect((await fetch(at('a'), { method: 'DELETE' })).status).toBe(404)
  expect((await fetch(at('a'))).status).toBe(404)
  const after = server.stream('a').append(1, 2).offset
  expect(after > before).toBe(true)
  const stale = await fetch(at('a', `?offset=${before}`))
  expect([stale.status, stale.headers.get('stream-reset')]).toEqual([410, 'generation'])
})
