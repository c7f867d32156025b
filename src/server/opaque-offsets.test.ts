import { describe, expect, onTestFinished, test } from 'vitest'
import { createStreamServer, memoryStore } from './index.ts'
import type { StreamServerOptions } from './options.ts'
import { manualClock } from './testing/manual-clock.ts'
import { controlsIn, eventsIn, eventually, linesIn, openRead, recordsIn, startServer } from './testing/rig.ts'
import { refusedUpgrade } from './testing/socket-rig.ts'

const PLAIN = /[0-9a-f]{16}_[0-9a-f]{4}_\d{16}/
const SEALED = /^[A-Za-z0-9_-]{88}$/
const NEXT = 'stream-next-offset'
const upToDate = (text: string) => text.includes('upToDate')

/** A server that shows nothing: every answer a test gets is searched for plain offsets when the test is over. */
async function sealedServer(options: Partial<StreamServerOptions> = {}) {
  const rig = await startServer({ opaqueOffsets: new Uint8Array(32).fill(7), ...options })
  const heard: string[] = []
  onTestFinished(() => {
    expect(heard.length).toBeGreaterThan(0)
    for (const text of heard) expect(text).not.toMatch(PLAIN)
  })
  const ask = async (path: string, query = '', init: RequestInit = {}) => {
    const response = await fetch(rig.at(path, query), init)
    const body = await response.text()
    heard.push(JSON.stringify([...response.headers]), body)
    const header = (name: string) => response.headers.get(name) ?? ''
    return { status: response.status, body, header, next: header(NEXT) }
  }
  const open = async (path: string, query: string, headers: Record<string, string> = {}) => {
    const read = await openRead(rig.at(path, query), headers)
    onTestFinished(() => void heard.push(JSON.stringify(read.answer.headers), read.text()))
    return { ...read, next: String(read.answer.headers[NEXT]) }
  }
  return { ...rig, ask, open }
}

const json = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body,
})

describe('with opaque offsets', () => {
  test('pages are read from one sealed position to the next, and say 304 by a sealed tag', async () => {
    const { ask, server } = await sealedServer()
    const room = server.stream('a')
    room.append(1, 2)
    const first = await ask('a')
    expect([first.body, first.next]).toEqual(['[1,2]', expect.stringMatching(SEALED)])
    expect((await ask('a', '?offset=-1')).next).toBe(first.next)
    room.append(3)
    const second = await ask('a', `?offset=${first.next}`)
    expect([second.body, second.next === first.next]).toEqual(['[3]', false])
    expect((await ask('a', '?offset=now')).next).toBe(second.next)
    const tag = second.header('etag')
    expect(tag).not.toMatch(/\d\.\d/)
    const again = await ask('a', `?offset=${first.next}`, { headers: { 'If-None-Match': tag } })
    expect([again.status, again.next, again.header('etag')]).toEqual([304, second.next, tag])
    expect((await ask('a', '?offset=-1', { headers: { 'If-None-Match': tag } })).status).toBe(200)
  })

  test('HEAD and every write answer with the sealed tail', async () => {
    const { ask } = await sealedServer()
    const created = await ask('a', '', { ...json('[1]'), method: 'PUT' })
    expect([created.status, created.next]).toEqual([201, expect.stringMatching(SEALED)])
    expect((await ask('a', '', { method: 'PUT', headers: { 'Content-Type': 'application/json' } })).next).toBe(
      created.next,
    )
    const plainly = await ask('a', '', json('[2]'))
    const producer = { 'Producer-Id': 'p', 'Producer-Epoch': '0', 'Producer-Seq': '0' }
    const keyed = await ask('a', '', json('[3]', producer))
    const repeated = await ask('a', '', json('[3]', producer))
    expect([plainly.status, keyed.status, repeated.status]).toEqual([204, 200, 204])
    expect(new Set([created.next, plainly.next, keyed.next]).size).toBe(3)
    const closed = await ask('a', '', { method: 'POST', headers: { 'Stream-Closed': 'true' } })
    const refused = await ask('a', '', json('[4]'))
    expect([refused.status, repeated.next, closed.next, refused.next]).toEqual([409, ...Array(3).fill(keyed.next)])
    const head = await ask('a', '', { method: 'HEAD' })
    expect([head.next, head.header('stream-earliest-offset')]).toEqual([keyed.next, expect.stringMatching(SEALED)])
    expect((await ask('a', `?offset=${head.header('stream-earliest-offset')}`)).body).toBe('[1,2,3]')
  })

  test.each([
    ['json', 'application/json', [1, 2, 3, 4]],
    ['text', 'text/plain', ['one', 'two', 'three', 'four']],
  ])('an event stream of %s is resumed by offset and by Last-Event-ID', async (path, type, values) => {
    const { open, ask, server } = await sealedServer()
    const room = server.stream(path, type)
    for (const value of values.slice(0, 2)) room.append(value)
    const live = await open(path, '?offset=-1&live=sse')
    const known = eventsIn(await live.until(upToDate)).at(-1)?.id ?? ''
    expect(known).toMatch(SEALED)
    for (const value of values.slice(2)) room.append(value)
    room.close()
    expect(controlsIn(await live.ended()).at(-1)).toMatchObject({ streamClosed: true })
    expect(live.text()).toContain(`event: opening\nid: ${live.next}\n`)
    for (const control of controlsIn(live.text())) expect(control.streamNextOffset).toMatch(SEALED)
    const resumed = await open(path, `?offset=${known}&live=sse`)
    const native = await open(path, '?offset=-1&live=sse', { 'Last-Event-ID': known })
    const rest = (text: string) =>
      eventsIn(text)
        .filter(({ event }) => event === 'data')
        .flatMap(({ data }) => (path === 'json' ? JSON.parse(data) : [data]))
    expect([rest(await resumed.ended()), rest(await native.ended())]).toEqual([values.slice(2), values.slice(2)])
    expect([resumed.next, native.next]).toEqual([known, known])
    const bad = await ask(path, '?offset=-1&live=sse', { headers: { 'Last-Event-ID': room.tail.offset } })
    expect([bad.status, JSON.parse(bad.body)]).toMatchObject([400, { code: 'bad_offset' }])
  })

  test('NDJSON is resumed at every record, and two readers see the same bytes', async () => {
    const { open, server } = await sealedServer()
    const room = server.stream('a')
    for (const value of [1, 2, 3]) room.append(value)
    room.close()
    const reads = [await open('a', '?offset=-1&live=ndjson'), await open('a', '?offset=-1&live=ndjson')]
    const [text = '', twin] = await Promise.all(reads.map((read) => read.ended()))
    expect(text).toBe(twin)
    const records = linesIn(text).filter(({ k }) => k === 'd')
    expect(records.map(({ v }) => v)).toEqual([1, 2, 3])
    for (const [index, { o }] of records.entries()) {
      expect(o).toMatch(SEALED)
      const rest = linesIn(await (await open('a', `?offset=${o}&live=ndjson`)).ended())
      expect(rest.filter(({ k }) => k === 'd').map(({ v }) => v)).toEqual([2, 3].slice(index))
      expect(rest.at(-1)).toMatchObject({ streamClosed: true, streamNextOffset: records[2]?.o })
    }
  })

  test('a long-poll goes from one sealed position to the next, also when it ends empty', async () => {
    const clock = manualClock()
    const { ask, server } = await sealedServer({ clock })
    const room = server.stream('a')
    room.append(1)
    const first = await ask('a', '?offset=-1&live=long-poll')
    expect([first.next, first.header('etag')]).toEqual([expect.stringMatching(SEALED), expect.not.stringMatching(/\./)])
    const waiting = ask('a', `?offset=${first.next}&live=long-poll`)
    await eventually(() => server.connections > 0)
    room.append(2)
    const second = await waiting
    expect(second.body).toBe('[2]')
    const idle = ask('a', `?offset=${second.next}&live=long-poll`)
    await eventually(() => server.connections > 0)
    clock.advance(30_000)
    const empty = await idle
    expect([empty.status, empty.next]).toEqual([204, second.next])
  })

  test.each(['', '&live=sse', '&live=ndjson', '&live=long-poll'])(
    'a position that is gone is answered without a count: "%s"',
    async (live) => {
      const { ask, server } = await sealedServer({ retention: { records: 1 } })
      const room = server.stream('a')
      const before = (await ask('a')).next
      room.append(1, 2, 3)
      const gone = await ask('a', `?offset=${before}${live}`)
      const problem = JSON.parse(gone.body)
      expect([gone.status, problem]).toMatchObject([410, { reset: 'trimmed', lost: null }])
      expect([problem.next, problem.earliest]).toEqual([gone.next, gone.header('stream-earliest-offset')])
      expect((await ask('a', `?offset=${problem.earliest}`)).body).toBe('[3]')
      room.delete()
      const old = gone.next
      server.stream('a').append(4)
      expect(JSON.parse((await ask('a', `?offset=${old}${live}`)).body)).toMatchObject({ reset: 'generation' })
    },
  )

  test('a reset within a stream, and one that comes as an event, have no count either', async () => {
    const { ask, open, server } = await sealedServer({ retention: { records: 1 } })
    const room = server.stream('a')
    const before = (await ask('a')).next
    const reads = [await open('a', '?offset=now&live=sse'), await open('a', '?offset=now&live=ndjson')]
    await Promise.all(reads.map((read) => read.until(upToDate)))
    room.append(1, 2, 3)
    const [events = '', lines = ''] = await Promise.all(reads.map((read) => read.ended()))
    const late = await (await open('a', `?offset=${before}&live=sse&errors=event`)).ended()
    const tail = (await ask('a', '?offset=now')).next
    for (const control of [controlsIn(events).at(-1), linesIn(lines).at(-1), controlsIn(late).at(-1)]) {
      expect(control).toMatchObject({ streamReset: 'trimmed', lost: null, streamNextOffset: tail })
      expect(control?.streamEarliestOffset).toMatch(SEALED)
    }
  })

  test('a skipped reset has no count', async () => {
    const { open, server } = await sealedServer({ tuning: () => ({ latestOnly: true }) })
    const room = server.stream('a')
    room.append(1, 2, 3)
    const read = await open('a', '?offset=-1&live=sse')
    expect(controlsIn(await read.ended()).at(-1)).toMatchObject({ streamReset: 'skipped', lost: null })
  })

  test('a drained reader is told a sealed position', async () => {
    const { open, server } = await sealedServer()
    server.stream('a').append(1)
    const read = await open('a', '?offset=-1&live=sse')
    await read.until(upToDate)
    await server.close()
    expect(controlsIn(await read.ended()).at(-1)).toMatchObject({
      drainInMs: expect.any(Number),
      streamNextOffset: expect.stringMatching(SEALED),
    })
  })

  test.each(['', '&live=sse', '&live=ndjson', '&live=long-poll'])(
    'a forged, foreign or plain offset is bad_offset, and nobody else notices: "%s"',
    async (live) => {
      const { ask, open, server } = await sealedServer()
      const other = await sealedServer({ opaqueOffsets: new Uint8Array(32).fill(8) })
      const room = server.stream('a')
      for (const stream of [room, server.stream('b'), other.server.stream('a')]) stream.append(1)
      const [{ next: own }, { next: ofB }, { next: elsewhere }] = await Promise.all([
        ask('a'),
        ask('b'),
        other.ask('a'),
      ])
      const bystander = await open('a', '?offset=-1&live=sse')
      const flipped = own.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
      for (const bad of [flipped, ofB, elsewhere, room.tail.offset, own.slice(1), `${own}A`, '', '0', `${own}%2B1`]) {
        const answer = await ask('a', `?offset=${bad}${live}`)
        expect([answer.status, JSON.parse(answer.body).code], bad).toEqual([400, 'bad_offset'])
      }
      const twice = await ask('a', `?offset=${own}&offset=${own}${live}`)
      expect([twice.status, JSON.parse(twice.body).code]).toEqual([400, 'bad_offset'])
      room.append(2)
      expect(recordsIn(await bystander.until((text) => recordsIn(text).length === 2))).toEqual([1, 2])
    },
  )

  test('a position is good on every server that has the key and the store', async () => {
    const store = memoryStore()
    const one = await sealedServer({ store })
    const { next } = await one.ask('a', '', { ...json('[1]'), method: 'PUT' })
    const other = await sealedServer({ store })
    await one.ask('a', '', json('[2]'))
    expect((await other.ask('a', `?offset=${next}`)).body).toBe('[2]')
  })

  test('the process itself has plain offsets', async () => {
    const server = createStreamServer({ allowAnonymous: true, opaqueOffsets: new Uint8Array(32) })
    onTestFinished(() => server.close())
    const { offset } = await server.stream('a').append(1)
    expect(offset).toMatch(PLAIN)
    expect(await server.stream('a').read()).toMatchObject([{ offset, value: 1 }])
  })

  test('there is no WebSocket, which numbers records by design', async () => {
    const { url, server, ask } = await sealedServer()
    const refused = await refusedUpgrade(url)
    expect([refused.status, refused.problem.code]).toEqual([404, 'no_such_endpoint'])
    expect(server.connections).toBe(0)
    server.stream('a').append(1)
    expect((await ask('a')).body).toBe('[1]')
  })

  test('a key of another length is refused when the server is created', () => {
    expect(() => createStreamServer({ allowAnonymous: true, opaqueOffsets: new Uint8Array(16) })).toThrow(
      'opaqueOffsets has to be a key of 32 bytes.',
    )
  })
})
