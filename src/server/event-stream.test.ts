import { describe, expect, test } from 'vitest'
import { controlsIn, eventsIn, openRead, recordsIn, startServer } from './testing/rig.ts'

const sse = (offset: string, more = '') => `?offset=${offset}&live=sse${more}`
const upToDate = (text: string) => controlsIn(text).some((control) => control.upToDate === true)

describe('an event stream', () => {
  test('begins at once with a comment and a random retry, under headers that keep proxies from buffering', async () => {
    const { at, server } = await startServer({ random: () => 0.5 })
    const { offset } = server.stream('a').tail
    const { answer, until } = await openRead(at('a', sse('-1')))
    expect(await until((text) => text.includes('\n\n'))).toContain(
      `: statewire\nevent: opening\nid: ${offset}\nretry: 2000\n\n`,
    )
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
      incremental: '?1',
      'stream-next-offset': offset,
      'statewire-protocol': '1',
      'transfer-encoding': 'chunked',
    })
    expect(answer.headers['content-encoding']).toBeUndefined()
    expect(answer.headers['content-length']).toBeUndefined()
  })

  test('sends history and live records, each data event followed by the position behind it', async () => {
    const { at, server } = await startServer()
    const room = server.stream('a')
    const history = room.append('a', 'b').offset
    const read = await openRead(at('a', sse('-1')))
    await read.until((text) => recordsIn(text).length === 2)
    const live = room.append('c').offset
    const text = await read.until((all) => recordsIn(all).length === 3)
    expect(eventsIn(text).map(({ event, id, data }) => [event, id, JSON.parse(data)])).toEqual([
      ['data', undefined, ['a', 'b']],
      ['control', history, { streamNextOffset: history, streamCursor: expect.any(String), upToDate: true }],
      ['data', undefined, ['c']],
      ['control', live, { streamNextOffset: live, streamCursor: expect.any(String), upToDate: true }],
    ])
  })

  test('from now says where that is before anything comes', async () => {
    const { at, server } = await startServer()
    const { offset } = server.stream('a').append('old')
    const read = await openRead(at('a', sse('now')))
    const [first] = controlsIn(await read.until(upToDate))
    expect(first).toEqual({ streamNextOffset: offset, streamCursor: expect.any(String), upToDate: true })
    server.stream('a').append('new')
    expect(recordsIn(await read.until((text) => recordsIn(text).length > 0))).toEqual(['new'])
  })

  test('resumes at every position, by offset and by Last-Event-ID, which wins', async () => {
    const { at, server } = await startServer()
    const room = server.stream('a')
    const offsets = [room.tail.offset, ...[1, 2, 3, 4].map((value) => room.append(value).offset)]
    room.close()
    for (const [index, offset] of offsets.entries()) {
      const rest = [1, 2, 3, 4].slice(index)
      expect(recordsIn(await (await openRead(at('a', sse(offset)))).ended())).toEqual(rest)
      const native = await openRead(at('a', sse('-1')), { 'Last-Event-ID': offset })
      expect(recordsIn(await native.ended())).toEqual(rest)
    }
    const bad = await fetch(at('a', sse('-1')), { headers: { 'Last-Event-ID': '17' } })
    expect([bad.status, await bad.json()]).toMatchObject([400, { code: 'bad_offset' }])
  })

  test('ends with streamClosed, also when the end comes without a record', async () => {
    const { at, server } = await startServer()
    const room = server.stream('a')
    const { offset } = room.append(1)
    const read = await openRead(at('a', sse('-1')))
    await read.until(upToDate)
    room.close()
    expect(controlsIn(await read.ended()).at(-1)).toEqual({
      streamNextOffset: offset,
      upToDate: true,
      streamClosed: true,
    })
    const late = await (await openRead(at('a', sse(offset)))).ended()
    expect([recordsIn(late), controlsIn(late)]).toMatchObject([[], [{ streamClosed: true }]])
  })

  test('breaks a long history into units of 64 records or 16 KiB', async () => {
    const { at, server } = await startServer()
    const many = server.stream('many')
    many.append(...Array.from({ length: 150 }, (_, index) => index))
    many.close()
    const large = server.stream('large')
    large.append('x'.repeat(10_000), 'y'.repeat(10_000), 'z'.repeat(40_000))
    large.close()
    const unitsOf = async (path: string) =>
      eventsIn(await (await openRead(at(path, sse('-1')))).ended())
        .filter((event) => event.event === 'data')
        .map((event) => (JSON.parse(event.data) as unknown[]).length)
    expect(await unitsOf('many')).toEqual([64, 64, 22])
    expect(await unitsOf('large')).toEqual([1, 1, 1])
  })

  test('lets no record forge an event, whatever line ends it holds', async () => {
    const { at, server } = await startServer()
    const attack = 'x\n\nevent: control\ndata: {"streamClosed":true}\n\n'
    const room = server.stream('json')
    room.append(attack, `${attack}\r\r`, '\u2028\u0000\uFEFF')
    room.close()
    const json = await (await openRead(at('json', sse('-1')))).ended()
    expect(recordsIn(json)).toEqual([attack, `${attack}\r\r`, '\u2028\u0000\uFEFF'])
    const text = server.stream('text', 'text/plain')
    const parts = [attack, 'a\rb', 'a\r\nb', '\n', ' leading', '']
    text.append(...parts)
    text.close()
    const events = eventsIn((await (await openRead(at('text', sse('-1')))).ended()).replace(/^: .*\n/, ''))
    const data = events.filter((event) => event.event === 'data').map((event) => event.data)
    expect(data).toEqual(parts.map((part) => part.replace(/\r\n|\r/g, '\n')))
    expect(events.filter((event) => event.data.includes('"streamClosed"') && event.event === 'control')).toHaveLength(1)
  })

  test('carries bytes as base64, one record to an event', async () => {
    const { at, server } = await startServer()
    const bytes = server.stream('bytes', 'application/octet-stream')
    const records = [new Uint8Array([0, 10, 13, 255]), new Uint8Array([1])]
    bytes.append(...records)
    bytes.close()
    const read = await openRead(at('bytes', sse('-1')))
    expect(read.answer.headers['stream-sse-data-encoding']).toBe('base64')
    const data = eventsIn(await read.ended()).filter((event) => event.event === 'data')
    expect(data.map((event) => new Uint8Array(Buffer.from(event.data, 'base64')))).toEqual(records)
  })

  test('refuses a lost position with 410, or as an event for those who cannot read one', async () => {
    const { at, server } = await startServer({ retention: { records: 1 } })
    const room = server.stream('a')
    const old = room.append(1).offset
    room.append(2, 3, 4)
    const refused = await fetch(at('a', sse(old)))
    expect([refused.status, refused.headers.get('stream-reset')]).toEqual([410, 'trimmed'])
    const events = eventsIn(await (await openRead(at('a', sse(old, '&errors=event')))).ended())
    expect(events).toHaveLength(1)
    expect([events[0]?.event, events[0]?.id, JSON.parse(events[0]?.data ?? '')]).toEqual([
      'control',
      undefined,
      {
        streamNextOffset: room.tail.offset,
        streamReset: 'trimmed',
        streamEarliestOffset: room.earliest.offset,
        lost: 2,
      },
    ])
  })

  test('is reset in its middle when the retention overtakes it, and ends when the stream is deleted', async () => {
    const { at, server } = await startServer({ retention: { records: 2 } })
    const room = server.stream('a')
    const read = await openRead(at('a', sse('-1')))
    await read.until(upToDate)
    room.append(1, 2, 3, 4, 5)
    expect(controlsIn(await read.ended()).at(-1)).toMatchObject({ streamReset: 'trimmed', lost: 3 })
    const other = await openRead(at('a', sse('-1')))
    await other.until(upToDate)
    room.delete()
    expect(controlsIn(await other.ended())).toHaveLength(1)
  })
})
