import { describe, expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import type { Gap, Link } from '../link.ts'
import { startServer } from '../server/testing/rig.ts'
import { durable } from './durable.ts'
import type { DurableInput, DurableVia } from './durable-input.ts'
import { failureOf, readAll, readSome, recordedRequest, turns, until } from './websocket-rig.ts'

const VIAS: readonly DurableVia[] = ['sse', 'ndjson', 'long-poll', 'websocket']

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => ({ n: from + index }))

/** Dials, reads so many messages, closes; and says what came and where it stands then, bookmarks included. */
async function readFrom(input: DurableInput, position: string | null, count: number) {
  const link = await durable(input, recordedRequest({ position }))
  const data: unknown[] = []
  let last = position
  await link.read((item) => {
    if (item.data !== undefined) data.push(item.data)
    last = item.position ?? last
    return data.length < count
  })
  link.close()
  return { data, position: last }
}

describe.each(VIAS)('over %s', (via) => {
  test('everything that is kept comes first, then what is appended, until the stream is closed', async () => {
    const { server, at } = await startServer()
    const room = server.stream('rooms/42')
    room.append(...numbers(1, 100))
    const request = recordedRequest()
    const link = await durable({ url: at('rooms/42'), via }, request)
    const reading = readAll(link)
    await until(() => request.heardCount() > 0)
    room.append({ n: 101 })
    await turns(5)
    room.append({ n: 102 }, [1, [2]], null, 'text', 0)
    room.close()
    const { items, failure } = await reading
    expect(failure).toBeUndefined()
    const messages = items.filter((item) => item.data !== undefined)
    expect(messages.map((item) => item.data)).toEqual([...numbers(1, 102), [1, [2]], null, 'text', 0])
    expect(items.at(-1)?.position).toBe(room.tail.offset)
    expect(link.protocol).toMatch(/^durable:/)
  })

  test('it resumes after any single record, over any of the four', async () => {
    const { server, at } = await startServer()
    const room = server.stream('rooms/42')
    const records = numbers(1, 90)
    room.append(...records)
    const seen: unknown[] = []
    let position: string | null = null
    for (let turn = 0; seen.length < records.length; turn++) {
      const next = VIAS[(VIAS.indexOf(via) + turn) % VIAS.length] ?? via
      const part = await readFrom({ url: at('rooms/42'), via: next }, position, 1)
      expect(part.position).not.toBe(position)
      seen.push(...part.data)
      position = part.position
    }
    expect(seen).toEqual(records)
  })

  test('it resumes by itself after every record, also when the page around it has grown meanwhile', async () => {
    const { server, at } = await startServer()
    const room = server.stream('rooms/42')
    room.append(...numbers(1, 5))
    const seen: unknown[] = []
    let position: string | null = null
    for (let n = 6; n <= 30; n++) {
      const part = await readFrom({ url: at('rooms/42'), via }, position, 1)
      seen.push(...part.data)
      position = part.position
      room.append({ n })
    }
    expect(seen).toEqual(numbers(1, 25))
  })

  test('`from: now` brings nothing old, and loses nothing that is appended before the reconnect', async () => {
    const { server, at } = await startServer()
    const room = server.stream('rooms/42')
    room.append(...numbers(1, 3))
    const input: DurableInput = { url: at('rooms/42'), via, from: 'now' }
    const request = recordedRequest()
    const link = await durable(input, request)
    let position: string | null = null
    const reading = link.read((item) => {
      position = item.position ?? null
      return item.data === undefined && position === null
    })
    await reading
    link.close()
    expect(position).toBe(room.tail.offset)
    room.append({ n: 4 }, { n: 5 })
    expect((await readFrom(input, position, 2)).data).toEqual(numbers(4, 5))
  })

  test('a reader that takes one at a time gets the same as one that takes all', async () => {
    const { server, at } = await startServer()
    const room = server.stream('rooms/42')
    room.append(...numbers(1, 200))
    room.close()
    const link = await durable({ url: at('rooms/42'), via }, recordedRequest())
    const seen: unknown[] = []
    while (
      await link.read((item) => {
        if (item.data !== undefined) seen.push(item.data)
        return false
      })
    );
    expect(seen).toEqual(numbers(1, 200))
  })

  test('text and bytes arrive as what they are', async () => {
    const { server, at } = await startServer()
    const text = server.stream('text', 'text/plain')
    text.append('één\r\ntwo', '{"not":"json"}')
    text.close()
    const bytes = server.stream('bytes', 'application/octet-stream')
    bytes.append(new Uint8Array([0, 255, 13, 10]), new Uint8Array([1]))
    bytes.close()
    const texts = await readAll(await durable({ url: at('text'), via, records: 'text' }, recordedRequest()))
    const joined = (items: readonly { data?: unknown }[]) => items.map((item) => item.data ?? '').join('')
    // An event stream splits text at line ends of any kind and joins it with LF (WHATWG HTML 9.2.6).
    const original = 'één\r\ntwo{"not":"json"}'
    expect(joined(texts.items)).toBe(via === 'sse' ? original.replace('\r\n', '\n') : original)
    const blobs = await readAll(await durable({ url: at('bytes'), via }, recordedRequest()))
    const parts = blobs.items.flatMap((item) => (item.data instanceof Uint8Array ? [...item.data] : []))
    expect(parts).toEqual([0, 255, 13, 10, 1])
  })

  test('text is resumed behind a single record that another carrier told apart', async () => {
    const { server, at } = await startServer()
    const text = server.stream('text', 'text/plain')
    const first = text.append('one,')
    text.append('two,', 'three,', 'four')
    text.close()
    const { items } = await readAll(
      await durable({ url: at('text'), via, records: 'text' }, recordedRequest({ position: `${first.offset}+1` })),
    )
    expect(items.map(({ data = '' }) => data).join('')).toBe('three,four')
  })

  test('`until` delivers the last message and ends', async () => {
    const { server, at } = await startServer()
    server.stream('runs/1').append(...numbers(1, 5))
    const link = await durable(
      { url: at('runs/1'), via, until: ({ data }) => JSON.stringify(data) === '{"n":3}' },
      recordedRequest(),
    )
    const { items, failure } = await readAll(link)
    expect(failure).toBeUndefined()
    expect(items.filter((item) => item.data !== undefined).map((item) => item.data)).toEqual(numbers(1, 3))
  })

  test('what is appended is stored in order, a repetition once, and an append of any size keeps its place', async () => {
    const { server, at } = await startServer()
    const room = server.stream('rooms/42')
    const link = await durable({ url: at('rooms/42'), via }, recordedRequest())
    const reading = link.read(() => true)
    reading.catch(() => {})
    const values = [{ a: 1 }, [1, 2], 'text', 0, null, 'x'.repeat(100_000), ...numbers(1, 50)]
    for (const [sequence, value] of values.entries()) {
      const append = { producer: { id: 'p', epoch: 0, sequence }, records: [JSON.stringify(value)] }
      expect(await link.append?.(append)).toMatchObject({ kind: 'stored' })
      if (sequence % 10 === 0) expect(await link.append?.(append)).toMatchObject({ kind: 'stored' })
    }
    expect(room.read().map((record) => record.value)).toEqual(values)
    const append = { producer: { id: 'p', epoch: 0, sequence: 99 }, records: ['1'] }
    expect(await link.append?.(append)).toEqual({ kind: 'early', expected: values.length })
    link.close()
  })

  test('a stream that is not there is 404, and no socket stays', async () => {
    const { at } = await startServer()
    expect(await failureOf(durable({ url: at('nothing'), via }, recordedRequest()))).toMatchObject({
      code: 'http_status',
      status: 404,
    })
  })

  test('giving up before and while dialling is `aborted`', async () => {
    const { server, at } = await startServer()
    server.stream('rooms/42')
    const before = recordedRequest()
    before.abort()
    expect(await failureOf(durable({ url: at('rooms/42'), via }, before))).toMatchObject({ code: 'aborted' })
    const during = recordedRequest()
    const dialling = failureOf(durable({ url: at('rooms/42'), via }, during))
    await turns(1)
    during.abort()
    expect(await dialling).toMatchObject({ code: 'aborted' })
  })

  describe('when history is gone', () => {
    /** A reader who knows three records of ten, of which so many have been trimmed since. */
    async function trimmed(options: Partial<DurableInput>, through: number) {
      const { server, at } = await startServer()
      const room = server.stream('rooms/42')
      room.append(...numbers(1, 10))
      const input: DurableInput = { url: at('rooms/42'), via, ...options }
      const { position } = await readFrom(input, null, 3)
      room.trim(through)
      const request = recordedRequest({ position })
      return { room, input, request, dialled: durable(input, request) }
    }
    const numbersOf = async (link: Link, count: number) => (await readSome(link, count)).map(({ data }) => data)

    test('`fail` says how many records are lost', async () => {
      const { dialled, request } = await trimmed({}, 7)
      const failure = await failureOf(dialled)
      expect(failure).toBeInstanceOf(TransportError)
      expect(failure).toMatchObject({ code: 'gap', lost: 4 })
      expect(request.gaps).toEqual([])
    })

    test('but only records that were handed over already, nothing is lost and nothing is said', async () => {
      const { dialled, request } = await trimmed({}, 2)
      const link = await dialled
      expect(await numbersOf(link, 7)).toEqual(numbers(4, 10))
      expect(request.gaps).toEqual([])
      link.close()
    })

    test('`restart` says the gap once and goes on from the oldest', async () => {
      const { dialled, request } = await trimmed({ onGap: 'restart' }, 7)
      const link = await dialled
      expect(await numbersOf(link, 3)).toEqual(numbers(8, 10))
      expect(request.gaps).toEqual([{ reason: 'trimmed', lost: 4 }])
      link.close()
    })

    test('`jump` says a gap of unknown size and goes on with what comes next', async () => {
      const { dialled, request, room } = await trimmed({ onGap: 'jump' }, 7)
      const link = await dialled
      const reading = numbersOf(link, 1)
      room.append({ n: 11 })
      expect(await reading).toEqual([{ n: 11 }])
      expect(request.gaps).toEqual([{ reason: 'trimmed', lost: null }])
      link.close()
    })

    test('`refetch` says the gap, asks the app, and goes on from its offset', async () => {
      const asked: Gap[] = []
      let offset = ''
      const { room, input, request } = await trimmed({}, 7).then(async (made) => {
        await made.dialled.catch(() => {})
        return made
      })
      offset = room.read(7, 2).at(-1)?.offset ?? ''
      const refetch = (gap: Gap) => {
        asked.push(gap)
        return Promise.resolve(offset)
      }
      const link = await durable({ ...input, onGap: 'refetch', refetch }, request)
      expect(await numbersOf(link, 1)).toEqual([{ n: 10 }])
      expect(asked).toEqual([{ reason: 'trimmed', lost: 4 }])
      expect(request.gaps).toEqual(asked)
      link.close()
    })

    test('a `refetch` that throws, or answers nonsense, is a gap', async () => {
      const throwing = await trimmed({ onGap: 'refetch', refetch: () => Promise.reject(new Error('mine')) }, 7)
      expect(await failureOf(throwing.dialled)).toMatchObject({ code: 'gap', lost: 4 })
      const nonsense = await trimmed({ onGap: 'refetch', refetch: () => '' }, 7)
      expect(await failureOf(nonsense.dialled)).toMatchObject({ code: 'gap' })
    })

    test('because the stream was made anew, the reason is `generation` and nobody knows how many', async () => {
      const { server, at } = await startServer()
      server.stream('rooms/42').append(...numbers(1, 3))
      const input: DurableInput = { url: at('rooms/42'), via }
      const { position } = await readFrom(input, null, 2)
      server.stream('rooms/42').delete()
      server.stream('rooms/42').append({ n: 'new' })
      expect(await failureOf(durable(input, recordedRequest({ position })))).toMatchObject({ code: 'gap', lost: null })
      const request = recordedRequest({ position })
      const link = await durable({ ...input, onGap: 'restart' }, request)
      expect(await numbersOf(link, 1)).toEqual([{ n: 'new' }])
      expect(request.gaps).toEqual([{ reason: 'generation', lost: null }])
      link.close()
    })
  })
})

describe('which carrier', () => {
  test.each([
    [undefined, 'durable:websocket:statewire.v1.json'],
    ['auto', 'durable:websocket:statewire.v1.json'],
    [['ndjson', 'websocket'], 'durable:ndjson'],
    [['long-poll'], 'durable:long-poll'],
    ['sse', 'durable:sse'],
  ] as const)('via %j is %s where all of them work', async (via, protocol) => {
    const { server, at } = await startServer()
    server.stream('rooms/42').append(...numbers(1, 3))
    const link = await durable({ url: at('rooms/42'), via }, recordedRequest())
    expect(link.protocol).toBe(protocol)
    expect((await readSome(link, 3)).map(({ data }) => data)).toEqual(numbers(1, 3))
    link.close()
  })

  test('a single one is not left, whatever it is answered', async () => {
    const { server, at } = await startServer()
    server.stream('rooms/42')
    const elsewhere = at('rooms/42').replace('/v1/', '/v2/')
    for (const via of VIAS) await failureOf(durable({ url: elsewhere, via }, recordedRequest()))
    expect(await failureOf(durable({ url: elsewhere, via: 'websocket' }, recordedRequest()))).toMatchObject({
      code: 'bad_url',
    })
    // Several: the URL of another mount is none for a socket, and the next one is asked.
    expect(await failureOf(durable({ url: elsewhere }, recordedRequest()))).toMatchObject({ status: 404 })
  })

  test('a stream that is not there, or made anew, is the same over all of them', async () => {
    const { server, at } = await startServer()
    expect(await failureOf(durable({ url: at('nothing') }, recordedRequest()))).toMatchObject({ status: 404 })
    server.stream('rooms/42').append(...numbers(1, 3))
    const { position } = await readFrom({ url: at('rooms/42') }, null, 2)
    server.stream('rooms/42').delete()
    server.stream('rooms/42').append({ n: 'new' })
    expect(await failureOf(durable({ url: at('rooms/42') }, recordedRequest({ position })))).toMatchObject({
      code: 'gap',
    })
    const request = recordedRequest({ position })
    const link = await durable({ url: at('rooms/42'), onGap: 'restart' }, request)
    expect(await readSome(link, 1)).toMatchObject([{ data: { n: 'new' } }])
    expect(request.gaps).toEqual([{ reason: 'generation', lost: null }])
    link.close()
  })
})

describe('wrong options', () => {
  test.each([
    [{ via: 'pigeon' }, 'bad_option'],
    [{ via: [] }, 'bad_option'],
    [{ via: ['sse', 'auto'] }, 'bad_option'],
    [{ via: ['sse', 'sse'] }, 'bad_option'],
    [{ via: 7 }, 'bad_option'],
    [{ onGap: 'shrug' }, 'bad_option'],
    [{ onGap: 'refetch' }, 'bad_option'],
    [{ from: '' }, 'bad_option'],
    [{ from: 'a b' }, 'bad_option'],
    [{ records: 'xml' }, 'bad_option'],
    [{ url: 'http://127.0.0.1/elsewhere', via: 'websocket' }, 'bad_url'],
    [{ url: 'ftp://127.0.0.1/v1/stream/x' }, 'bad_url'],
    [{ headers: { 'bad name': 'x' } }, 'bad_header'],
  ])('%j is %s', async (part, code) => {
    const input = { url: 'http://127.0.0.1:9/v1/stream/x', ...part } as unknown as DurableInput
    expect(await failureOf(durable(input, recordedRequest()))).toMatchObject({ code })
  })
})
