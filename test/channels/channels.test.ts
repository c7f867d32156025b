import { expect, test } from 'vitest'
import { settle } from '../../src/testing/settle.ts'
import { channels, counted, haveHeard } from './readers.ts'

const NAMES = Array.from({ length: 20 }, (_, index) => `rooms/${index}`)

test('twenty streams are read over one socket, each whole and in order', async () => {
  const { server, reader, opened, open, sockets } = await channels()
  const rooms = NAMES.map((name) => server.stream(name))
  for (const room of rooms) room.append(...counted(10))
  const readers = NAMES.map((name) => reader(name))
  await haveHeard(readers, 10)
  for (let value = 11; value <= 60; value++) for (const room of rooms) room.append(value)
  await haveHeard(readers, 60)
  for (const { heard } of readers) expect(heard).toEqual(counted(60))
  expect([opened(), open(), sockets.size]).toEqual([1, 1, 1])
})

test('after a cut all of them come back over one new socket, and nothing is lost or repeated', async () => {
  const { server, reader, opened, open, cut } = await channels()
  const rooms = NAMES.map((name) => server.stream(name))
  for (const room of rooms) room.append(1)
  const readers = NAMES.map((name) => reader(name))
  await haveHeard(readers, 1)
  for (let round = 0; round < 5; round++) {
    const before = opened()
    for (const room of rooms) room.append(2 + 3 * round)
    cut()
    for (const room of rooms) room.append(3 + 3 * round)
    await settle(() => readers.every((one) => one.heard.length >= 3 + 3 * round && one.state() === 'connected'))
    for (const room of rooms) room.append(4 + 3 * round)
    await haveHeard(readers, 4 + 3 * round)
    expect(opened()).toBe(before + 1)
  }
  for (const { heard } of readers) expect(heard).toEqual(counted(16))
  await settle(() => open() === 1)
})

test('closing one leaves the others as they are, and the last one closes the socket', async () => {
  const { server, reader, opened, open, sockets } = await channels({ linger: 20 })
  const rooms = ['a', 'b', 'c'].map((name) => server.stream(name))
  for (const room of rooms) room.append(1)
  const a = reader('a')
  const b = reader('b')
  const c = reader('c')
  await haveHeard([a, b, c], 1)
  a.close()
  for (const room of rooms) room.append(2)
  await haveHeard([b, c], 2)
  expect(a.heard).toEqual([1])
  b.close()
  rooms[2]?.append(3)
  await haveHeard([c], 3)
  expect([opened(), open()]).toEqual([1, 1])
  c.close()
  await settle(() => open() === 0)
  expect([sockets.size, opened()]).toEqual([0, 1])
})

test('who comes back within the linger finds the socket as it was', async () => {
  const { server, reader, opened, open } = await channels({ linger: 60_000 })
  server.stream('a').append(1)
  const first = reader('a')
  await haveHeard([first], 1)
  first.close()
  await settle(() => first.state() === 'closed')
  const second = reader('a')
  await haveHeard([second], 1)
  expect([opened(), open()]).toEqual([1, 1])
})

test('a paused one does not hold up the others, keeps little, and misses nothing', async () => {
  const { server, reader, opened } = await channels()
  const [slow, quick] = [server.stream('slow'), server.stream('quick')]
  slow.append({ value: 1 })
  quick.append(1)
  const paused = reader('slow')
  const flowing = reader('quick')
  await haveHeard([paused, flowing], 1)
  paused.pause()
  const filler = 'x'.repeat(10_000)
  // Twelve times what a channel keeps.
  for (let value = 2; value <= 301; value++) {
    slow.append({ value, filler })
    if (value % 10 === 0) quick.append(value / 10 + 1)
  }
  await haveHeard([flowing], 31)
  expect(paused.heard).toHaveLength(1)
  paused.resume()
  await haveHeard([paused], 301)
  expect(paused.heard.map((data) => (data as { value: number }).value)).toEqual(counted(301))
  slow.append({ value: 302 })
  await haveHeard([paused], 302)
  expect([opened(), flowing.heard]).toEqual([1, counted(31)])
})

test('what all of them send is stored once, also when the socket is cut under it', async () => {
  const { server, reader, opened, cut } = await channels()
  const names = NAMES.slice(0, 8)
  const rooms = names.map((name) => server.stream(name))
  const readers = names.map((name) => reader(name))
  await settle(() => readers.every((one) => one.state() === 'connected'))
  const sent: Promise<void>[] = []
  for (let value = 1; value <= 40; value++) {
    for (const one of readers) sent.push(one.send(value))
    if (value % 10 === 5) {
      await settle(() => readers.every((one) => one.heard.length > 0))
      cut()
    }
  }
  await Promise.all(sent)
  for (const room of rooms) expect(room.read().map(({ value }) => value)).toEqual(counted(40))
  await haveHeard(readers, 40)
  for (const { heard } of readers) expect(heard).toEqual(counted(40))
  expect(opened()).toBeLessThanOrEqual(1 + 4)
})

test('the same stream twice, or another credential, is another socket', async () => {
  const { server, reader, open } = await channels()
  server.stream('a').append(1)
  const twice = [reader('a'), reader('a')]
  await haveHeard(twice, 1)
  expect(open()).toBe(2)
  server.stream('b').append(1)
  await haveHeard([reader('b', { headers: { authorization: 'Bearer other' } })], 1)
  expect(open()).toBe(3)
  await haveHeard([reader('b')], 1)
  expect(open()).toBe(3)
})

test('a server with room for two streams on a connection is given as many connections as it takes', async () => {
  const { server, reader, open } = await channels({ limits: { subscriptions: 2 } })
  const names = NAMES.slice(0, 5)
  for (const name of names) server.stream(name).append(1)
  const readers = names.map((name) => reader(name))
  await haveHeard(readers, 1)
  expect(open()).toBe(3)
})

test('a server that leaves says so to all of them, and the socket goes with it', async () => {
  const { server, reader, opened, open } = await channels()
  const names = NAMES.slice(0, 3)
  for (const name of names) server.stream(name).append(1)
  const readers = names.map((name) => reader(name))
  await haveHeard(readers, 1)
  await server.close({ spreadMs: 0, graceMs: 1 })
  await settle(() => readers.every((one) => one.state() === 'reconnecting') && open() === 0)
  expect(opened()).toBe(1)
})
