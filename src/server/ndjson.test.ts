import { expect, test } from 'vitest'
import { linesIn, openRead, startServer } from './testing/rig.ts'

const live = (offset: string) => `?offset=${offset}&live=ndjson`

test('NDJSON begins with a sign of life, then a line per record with its own position', async () => {
  const { at, server } = await startServer()
  const room = server.stream('a')
  const offsets = ['a', { b: [1] }].map((value) => room.append(value).offset)
  const read = await openRead(at('a', live('-1')))
  expect(read.answer.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'x-accel-buffering': 'no' })
  await read.until((text) => text.includes('upToDate'))
  offsets.push(room.append(null).offset)
  const lines = linesIn(await read.until((text) => text.includes('null')))
  const position = { streamNextOffset: offsets[1], streamCursor: expect.any(String), upToDate: true }
  expect(lines).toEqual([
    { k: 'p' },
    { k: 'd', o: offsets[0], v: 'a' },
    { k: 'd', o: offsets[1], v: { b: [1] } },
    { k: 'c', ...position },
    { k: 'd', o: offsets[2], v: null },
  ])
})

test('NDJSON resumes at every position and is complete only with streamClosed', async () => {
  const { at, server } = await startServer()
  const room = server.stream('a')
  const offsets = [room.tail.offset, ...[1, 2, 3].map((value) => room.append(value).offset)]
  room.close()
  for (const [index, offset] of offsets.entries()) {
    const lines = linesIn(await (await openRead(at('a', live(offset)))).ended())
    expect(lines.filter((line) => line.k === 'd').map((line) => line.v)).toEqual([1, 2, 3].slice(index))
    expect(lines.at(-1)).toEqual({ k: 'c', streamNextOffset: offsets[3], upToDate: true, streamClosed: true })
  }
})

test('NDJSON keeps every record on one line, and carries text and bytes', async () => {
  const { at, server } = await startServer()
  await fetch(at('json'), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: '[{"a":\n1},\r\n2e400]',
  })
  const text = server.stream('text', 'text/plain')
  text.append('a\nb\r\u2028"')
  const bytes = server.stream('bytes', 'image/png')
  bytes.append(new Uint8Array([0, 255]))
  for (const path of ['json', 'text', 'bytes']) server.stream(path).close()
  const read = async (path: string) => (await openRead(at(path, live('-1')))).ended()
  const json = (await read('json')).split('\n')
  expect(json.filter((line) => line.includes('"k":"d"')).map((line) => line.replace(/.*"v":/, ''))).toEqual([
    '{"a": 1}}',
    '2e400}',
  ])
  expect(linesIn(await read('text'))).toMatchObject([{}, { k: 'd', t: 'a\nb\r\u2028"' }, {}])
  expect(linesIn(await read('bytes'))).toMatchObject([{}, { k: 'd', b: Buffer.from([0, 255]).toString('base64') }, {}])
})

test('NDJSON resets like the event stream does', async () => {
  const { at, server } = await startServer({ retention: { records: 1 } })
  const room = server.stream('a')
  const old = room.tail.offset
  const read = await openRead(at('a', live(old)))
  await read.until((text) => text.includes('upToDate'))
  room.append(1, 2)
  expect(linesIn(await read.ended()).at(-1)).toMatchObject({ k: 'c', streamReset: 'trimmed', lost: 1 })
  expect((await fetch(at('a', live(old)))).headers.get('stream-reset')).toBe('trimmed')
})
