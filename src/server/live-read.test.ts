import { expect, test } from 'vitest'
import { manualClock } from './testing/manual-clock.ts'
import { controlsIn, eventually, linesIn, mountServer, openRead, recordsIn, startServer } from './testing/rig.ts'

const upToDate = (text: string) => text.includes('upToDate')
const pulses = (text: string) => text.split('\n').filter((line) => line === ':').length

test('a silent read shows signs of life at the interval the client asked for', async () => {
  const clock = manualClock()
  const { at, server } = await startServer({ clock })
  server.stream('a').append(1)
  for (const [asked, milliseconds] of [
    ['', 5_000],
    ['&heartbeat=2', 2_000],
    ['&heartbeat=0', 1_000],
    ['&heartbeat=999', 60_000],
    ['&heartbeat=often', 5_000],
  ] as const) {
    const read = await openRead(at('a', `?offset=-1&live=sse${asked}`))
    await read.until(upToDate)
    clock.advance(milliseconds - 1)
    const before = pulses(read.text())
    clock.advance(101)
    expect(pulses(await read.until((text) => pulses(text) === before + 1))).toBe(1)
    read.close()
    await eventually(() => server.connections === 0)
  }
})

test('a sign of life comes an interval after the last record, not after the last sign', async () => {
  const clock = manualClock()
  const { at, server } = await startServer({ clock })
  const room = server.stream('a')
  room.append(1)
  const read = await openRead(at('a', '?offset=-1&live=ndjson&heartbeat=4'))
  await read.until(upToDate)
  clock.advance(3_000)
  room.append(2)
  await read.until((text) => text.includes('"v":2'))
  clock.advance(3_999)
  room.append(3)
  const lines = linesIn(await read.until((text) => text.includes('"v":3')))
  expect(lines.filter((line) => line.k === 'p')).toHaveLength(1)
  clock.advance(4_100)
  await read.until((text) => linesIn(text).filter((line) => line.k === 'p').length === 2)
})

test.each([
  [0, 12],
  [1, 18],
])('a read ends at its age of 15 minutes give or take a fifth and says so: random %d', async (random, minutes) => {
  const clock = manualClock()
  const { at, server } = await startServer({ clock, random: () => random })
  const { offset } = server.stream('a').append(1)
  const read = await openRead(at('a', '?offset=-1&live=sse'))
  await read.until(upToDate)
  clock.advance(minutes * 60_000 - 1)
  expect(controlsIn(read.text())).toHaveLength(1)
  clock.advance(101)
  expect(controlsIn(await read.ended()).at(-1)).toMatchObject({ streamNextOffset: offset, drainInMs: 0 })
  await eventually(() => server.connections === 0)
})

test('history and live join without a hole or a double while others append', async () => {
  const { at, server } = await startServer()
  const room = server.stream('a')
  const total = 3_000
  let next = 0
  const append = (count: number): void => {
    room.append(...Array.from({ length: Math.min(count, total - next) }, () => next++))
  }
  append(500)
  const modes = ['sse', 'ndjson']
  const reads = []
  for (let reader = 0; reader < 12; reader++) {
    reads.push(await openRead(at('a', `?offset=-1&live=${modes[reader % 2]}`)))
    append(100)
  }
  const appending = (async () => {
    while (next < total) {
      append(7)
      await new Promise(setImmediate)
    }
    room.close()
  })()
  const texts = await Promise.all(reads.map((read) => read.ended()))
  await appending
  const wanted = Array.from({ length: total }, (_, index) => index)
  for (const [index, text] of texts.entries()) {
    const values = index % 2 === 0 ? recordsIn(text) : linesIn(text).flatMap((line) => (line.k === 'd' ? [line.v] : []))
    expect(values).toEqual(wanted)
  }
})

test('a reader that stops reading is sent nothing more, and gets the rest from the log when it goes on', async () => {
  const clock = manualClock()
  const { url, server, responses } = await mountServer({ clock, retention: { bytes: 64 * 1024 * 1024 } })
  const room = server.stream('a')
  const read = await openRead(`${url}/v1/stream/a?offset=-1&live=sse`)
  await read.until(upToDate)
  read.answer.pause()
  const record = 'x'.repeat(16_000)
  let appended = 0
  while (responses[0]?.writableNeedDrain !== true) {
    room.append(record)
    appended++
    await new Promise(setImmediate)
  }
  for (let more = 0; more < 500; more++) room.append(record)
  await new Promise(setImmediate)
  appended += 500
  expect(responses[0]?.writableLength).toBeLessThan(200 * 1024)
  read.answer.resume()
  room.close()
  const text = await read.ended()
  expect([recordsIn(text).length, controlsIn(text).at(-1)?.streamClosed]).toEqual([appended, true])
  await eventually(() => server.connections === 0)
})

test('a reader that takes nothing for 20 s is cut off', async () => {
  const clock = manualClock()
  const { url, server, responses } = await mountServer({ clock, retention: { bytes: 64 * 1024 * 1024 } })
  const room = server.stream('a')
  const read = await openRead(`${url}/v1/stream/a?offset=-1&live=ndjson`)
  await read.until(upToDate)
  read.answer.pause()
  while (responses[0]?.writableNeedDrain !== true) {
    room.append('x'.repeat(16_000))
    await new Promise(setImmediate)
  }
  clock.advance(20_100)
  await eventually(() => server.connections === 0)
  read.answer.resume()
  const text = await read.ended()
  expect(text).not.toContain('streamClosed')
})
