import { describe, expect, test } from 'vitest'
import { startServer } from './testing/rig.ts'

const offsetOf = (response: Response) => response.headers.get('stream-next-offset')

describe('a catch-up read', () => {
  test('gives everything from the start, from any position and from now', async () => {
    const { at, server } = await startServer()
    const room = server.stream('a')
    const positions = [room.earliest.offset, ...[1, 2, 3].map((value) => room.append(value).offset)]
    for (const [index, offset] of positions.entries()) {
      const response = await fetch(at('a', `?offset=${offset}`))
      expect(await response.json()).toEqual([1, 2, 3].slice(index))
      expect([offsetOf(response), response.headers.get('stream-up-to-date')]).toEqual([room.tail.offset, 'true'])
      expect(response.headers.get('cache-control')).toBe('private, no-store')
    }
    expect(await (await fetch(at('a'))).json()).toEqual([1, 2, 3])
    expect(await (await fetch(at('a', '?offset=-1&whatever=1'))).json()).toEqual([1, 2, 3])
    const now = await fetch(at('a', '?offset=now'))
    expect([await now.json(), offsetOf(now), now.headers.get('etag')]).toEqual([[], room.tail.offset, null])
  })

  test('comes in pages of at most 1,000 records', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(...Array.from({ length: 1500 }, (_, index) => index))
    const first = await fetch(at('a'))
    expect([((await first.json()) as unknown[]).length, first.headers.get('stream-up-to-date')]).toEqual([1000, null])
    const second = await fetch(at('a', `?offset=${offsetOf(first)}`))
    expect([((await second.json()) as unknown[])[0], second.headers.get('stream-up-to-date')]).toEqual([1000, 'true'])
  })

  test('comes in pages of at most 1 MiB, unless a single record is larger', async () => {
    const { at, server } = await startServer()
    server.stream('a').append('x'.repeat(600_000), 'y'.repeat(600_000), 'z'.repeat(1_500_000))
    const sizes: number[] = []
    for (let offset: string | null = '-1'; sizes.length < 3; ) {
      const response = await fetch(at('a', `?offset=${offset}`))
      sizes.push(((await response.json()) as unknown[]).length)
      offset = offsetOf(response)
    }
    expect(sizes).toEqual([1, 1, 1])
  })

  test('of a text or byte stream is the records one behind the other', async () => {
    const { at } = await startServer()
    for (const [type, parts] of [
      ['text/plain', ['a\n', 'ü']],
      ['application/octet-stream', [new Uint8Array([0, 255]), new Uint8Array([10])]],
    ] as const) {
      await fetch(at(type), { method: 'PUT', headers: { 'Content-Type': type } })
      for (const body of parts) await fetch(at(type), { method: 'POST', headers: { 'Content-Type': type }, body })
      const response = await fetch(at(type))
      expect(response.headers.get('content-type')).toBe(type)
      const whole = new Uint8Array(await new Blob([...parts]).arrayBuffer())
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(whole)
    }
  })

  test('says closed only where the end is reached', async () => {
    const { at, server } = await startServer()
    server.stream('a').append(...Array.from({ length: 1001 }, () => 0))
    server.stream('a').close()
    const first = await fetch(at('a'))
    expect(first.headers.get('stream-closed')).toBeNull()
    expect((await fetch(at('a', `?offset=${offsetOf(first)}`))).headers.get('stream-closed')).toBe('true')
    expect((await fetch(at('a', '?offset=now'))).headers.get('stream-closed')).toBe('true')
  })

  test('answers 304 while its tag still names the same records', async () => {
    const { at, server } = await startServer()
    const room = server.stream('a')
    room.append(1)
    const tag = (await fetch(at('a'))).headers.get('etag') ?? ''
    expect(tag).toMatch(/^"[0-9a-f]{16}\.1\.0\.1"$/)
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const same = await fetch(at('a'), { headers: { 'If-None-Match': known } })
      expect([same.status, await same.text(), offsetOf(same)]).toEqual([304, '', room.tail.offset])
    }
    room.append(2)
    expect((await fetch(at('a'), { headers: { 'If-None-Match': tag } })).status).toBe(200)
    room.close()
    expect((await fetch(at('a'))).headers.get('etag')).toMatch(/\.0\.2\.c"$/)
  })
})

describe('a position that cannot be served', () => {
  test('before the retention is reset as trimmed, with what is lost and from where to go on', async () => {
    const { at, server } = await startServer({ retention: { records: 3 } })
    const room = server.stream('a')
    const old = room.append(1).offset
    room.append(2, 3, 4, 5, 6)
    const response = await fetch(at('a', `?offset=${old}`))
    expect([response.status, response.headers.get('cache-control')]).toEqual([410, 'no-store'])
    expect(response.headers.get('stream-reset')).toBe('trimmed')
    expect(response.headers.get('stream-earliest-offset')).toBe(room.earliest.offset)
    expect(offsetOf(response)).toBe(room.tail.offset)
    const problem = { status: 410, reset: 'trimmed', lost: 2, earliest: room.earliest.offset, next: room.tail.offset }
    expect(await response.json()).toMatchObject(problem)
    expect(await (await fetch(at('a', `?offset=${room.earliest.offset}`))).json()).toEqual([4, 5, 6])
    expect(await (await fetch(at('a'))).json()).toEqual([4, 5, 6])
  })

  test('beyond the tail or of another term is truncated, of another stream is generation', async () => {
    const { at, server } = await startServer()
    const tail = server.stream('a').append(1).offset
    const other = server.stream('b').append(1).offset
    const beyond = tail.replace(/1$/, '2')
    const term = tail.replace('_0001_', '_0002_')
    for (const [offset, reason] of [
      [beyond, 'truncated'],
      [term, 'truncated'],
      [other, 'generation'],
    ]) {
      const response = await fetch(at('a', `?offset=${offset}`))
      expect([response.status, response.headers.get('stream-reset')]).toEqual([410, reason])
      expect(await response.json()).toMatchObject({ lost: null })
    }
  })

  test('or is none at all is a 400', async () => {
    const { at, server } = await startServer()
    const offset = server.stream('a').append(1).offset
    const bad = ['', 'x', '0', offset.toUpperCase(), `${offset}%0a`, `${offset},${offset}`, `${offset}%20`]
    for (const text of [...bad, 'a'.repeat(10_000), `-1&offset=-1`])
      for (const live of ['', '&live=sse', '&live=long-poll', '&live=ndjson']) {
        const response = await fetch(at('a', `?offset=${text}${live}`))
        expect([response.status, await response.json()]).toMatchObject([400, { code: 'bad_offset' }])
      }
  })
})

test('HEAD tells the tail, the earliest position and the end, without a body', async () => {
  const { at, server } = await startServer({ retention: { records: 1 } })
  const room = server.stream('a')
  room.append(1, 2)
  const open = await fetch(at('a'), { method: 'HEAD' })
  expect([open.status, open.headers.get('content-type'), offsetOf(open), await open.text()]).toEqual([
    200,
    'application/json',
    room.tail.offset,
    '',
  ])
  expect(open.headers.get('cache-control')).toBe('no-store')
  expect(open.headers.get('stream-earliest-offset')).toBe(room.earliest.offset)
  expect(open.headers.get('stream-closed')).toBeNull()
  room.close()
  expect((await fetch(at('a'), { method: 'HEAD' })).headers.get('stream-closed')).toBe('true')
  expect((await fetch(at('b'), { method: 'HEAD' })).status).toBe(404)
})
