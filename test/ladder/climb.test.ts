import { expect, test } from 'vitest'
import { sendOver } from '../../src/durable.ts'
import { ladderWorld } from './world.ts'

const MENDED = { upgrades: 'pass', events: 'pass', lines: 'pass', pages: 'pass' } as const
const protocolNow = (open: readonly string[]) => [...new Set(open)]

test('when the proxy is mended it climbs back to the top, without reconnecting and without losing or repeating a record', async () => {
  const world = await ladderWorld({ weather: { upgrades: 'swallow', events: 'hold', lines: 'hold' } })
  const connection = world.connect()
  await world.travel(10_000)
  expect(connection.protocols).toEqual(['durable:long-poll'])
  Object.assign(world.proxy.weather, MENDED)
  await world.travel(40_000)
  expect(protocolNow(world.proxy.open())).toEqual(['upgrade'])
  expect(connection.protocols).toEqual(['durable:long-poll'])
  expect(world.memory.barred(world.origin, 'websocket')).toBe(0)
  const before = world.proxy.asked.length
  await world.travel(60_000)
  expect(world.proxy.asked.length).toBe(before)
  expect(await world.allSeen(connection)).toEqual({ seen: 1_100, written: 1_100 })
})

test('it climbs step by step as far as the proxy lets it', async () => {
  const world = await ladderWorld({ weather: { upgrades: 404, events: 'hold', lines: 'strip' } })
  const connection = world.connect()
  await world.travel(6_000)
  expect(connection.protocols).toEqual(['durable:long-poll'])
  world.proxy.weather.events = 'pass'
  await world.travel(40_000)
  expect(protocolNow(world.proxy.open())).toEqual(['events'])
  world.proxy.weather.upgrades = 'pass'
  await world.travel(125_000)
  expect(protocolNow(world.proxy.open())).toEqual(['upgrade'])
  expect(connection.protocols).toEqual(['durable:long-poll'])
  await world.allSeen(connection)
})

test('while the proxy stays as it is, each climb is later than the one before, and disturbs nothing', async () => {
  const world = await ladderWorld({ weather: { upgrades: 404 }, every: 10 })
  const connection = world.connect()
  await world.travel(200_000)
  expect(connection.protocols).toEqual(['durable:sse'])
  // At 0 s, 30 s and 150 s.
  expect(world.proxy.asked).toEqual(['upgrade', 'events', 'upgrade', 'upgrade'])
  await world.allSeen(connection)
})

test('sockets that open and die are given up after three, and tried beside the living stream from then on', async () => {
  const world = await ladderWorld({ weather: { upgrades: 'cut' }, every: 0, cutAfter: 1_000 })
  const connection = world.connect()
  await world.travel(8_000)
  const websocket = 'durable:websocket:statewire.v1.json'
  expect(connection.protocols).toEqual([websocket, websocket, websocket, 'durable:sse'])
  world.write(3)
  await world.travel(60_000)
  world.write(3)
  await world.travel(1_000)
  expect(connection.protocols).toHaveLength(4)
  expect(connection.state()).toBe('connected')
  await world.allSeen(connection)
})

const pairs = [
  { to: 'websocket', from: 'sse', weather: { upgrades: 404 }, kind: 'upgrade' },
  { to: 'sse', from: 'long-poll', weather: { events: 'hold' }, kind: 'events' },
  { to: 'ndjson', from: 'sse', weather: { lines: 'hold' }, kind: 'lines' },
  { to: 'websocket', from: 'long-poll', weather: { upgrades: 'hang' }, kind: 'upgrade' },
  { to: 'ndjson', from: 'long-poll', weather: { lines: 'strip' }, kind: 'lines' },
] as const

test.each(pairs)(
  'records that come while $to opens beside $from are seen once',
  async ({ to, from, weather, kind }) => {
    const world = await ladderWorld({ weather, input: { via: [to, from] }, eachTurn: 1 })
    const connection = world.connect()
    await world.travel(4_000)
    expect(connection.protocols).toEqual([`durable:${from}`])
    Object.assign(world.proxy.weather, MENDED)
    // More than one chunk holds.
    for (let burst = 0; burst < 10; burst++) {
      world.write(40, 200)
      await world.travel(3_000)
    }
    await world.travel(1_000)
    expect(connection.protocols).toHaveLength(1)
    expect(world.proxy.open()).toEqual([kind])
    await world.allSeen(connection)
  },
)

test('what is sent while it climbs is stored once and in order', async () => {
  const world = await ladderWorld({ weather: { upgrades: 404, events: 'hold', lines: 'hold' }, every: 0 })
  world.write(1)
  const connection = world.connect()
  const values = Array.from({ length: 400 }, (_, index) => ({ sent: index }))
  const sent: Promise<void>[] = []
  for (const [index, value] of values.entries()) {
    sent.push(sendOver(connection.actor, value))
    await world.travel(100)
    if (index === 100) Object.assign(world.proxy.weather, MENDED)
  }
  await Promise.all(sent)
  expect(protocolNow(world.proxy.open())).toEqual(['upgrade'])
  expect(world.room.read(1, 1_000).map(({ value }) => value)).toEqual(values)
})
