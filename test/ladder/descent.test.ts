import { expect, test } from 'vitest'
import type { Kind, Weather } from './weather-proxy.ts'
import { ladderWorld } from './world.ts'

interface Case {
  readonly name: string
  readonly weather: Partial<Weather>
  readonly carrier: string
  /** What is asked for until it is connected. */
  readonly asked: readonly Kind[]
  /** A record in every so many steps of 100 ms. */
  readonly every?: number
}

const websocket = 'durable:websocket:statewire.v1.json'

const cases: readonly Case[] = [
  { name: 'nothing is in the way', weather: {}, carrier: websocket, asked: ['upgrade'] },
  {
    name: 'an upgrade is answered 404',
    weather: { upgrades: 404 },
    carrier: 'durable:sse',
    asked: ['upgrade', 'events'],
  },
  {
    name: 'an upgrade is answered 502',
    weather: { upgrades: 502 },
    carrier: 'durable:sse',
    asked: ['upgrade', 'events'],
  },
  {
    name: 'an upgrade is never answered',
    weather: { upgrades: 'hang' },
    carrier: 'durable:sse',
    asked: ['upgrade', 'events'],
  },
  {
    name: 'frames are lost after the upgrade',
    weather: { upgrades: 'swallow' },
    carrier: 'durable:sse',
    asked: ['upgrade', 'events'],
  },
  {
    name: 'event streams are held back until they end',
    weather: { upgrades: 404, events: 'hold' },
    carrier: 'durable:ndjson',
    asked: ['upgrade', 'events', 'lines'],
  },
  {
    name: 'streams are passed on in blocks of 4 KiB',
    weather: { upgrades: 404, events: 4096, lines: 4096 },
    carrier: 'durable:long-poll',
    asked: ['upgrade', 'events', 'lines', 'other', 'pages'],
    every: 10,
  },
  {
    name: 'the wish for lines is taken out',
    weather: { upgrades: 404, events: 'hold', lines: 'strip' },
    carrier: 'durable:long-poll',
    asked: ['upgrade', 'events', 'lines', 'other', 'pages'],
  },
  {
    name: 'everything but long-polling is blocked',
    weather: { upgrades: 'swallow', events: 'hold', lines: 'hold' },
    carrier: 'durable:long-poll',
    asked: ['upgrade', 'events', 'lines', 'other', 'pages'],
  },
]

// Wire.md F09 and its neighbours.
test.each(cases)(
  'when $name, it is $carrier, and every record comes once',
  async ({ weather, carrier, asked, every = 1 }) => {
    const world = await ladderWorld({ weather, every })
    const connection = world.connect()
    await world.travel(12_000)
    expect(connection.protocols).toEqual([carrier])
    expect(connection.state()).toBe('connected')
    // Long-polling asks again and again.
    expect(world.proxy.asked.slice(0, asked.length)).toEqual(asked)
    expect(new Set(world.proxy.asked.slice(asked.length))).toEqual(new Set(carrier.endsWith('poll') ? ['pages'] : []))
    expect(connection.errors).toEqual([])
    await world.allSeen(connection)
  },
)

test('the next connection to the origin begins with what worked', async () => {
  const world = await ladderWorld({ weather: { upgrades: 'swallow', events: 'hold' } })
  const first = world.connect()
  await world.travel(5_000)
  expect(first.protocols).toEqual(['durable:ndjson'])
  const before = world.proxy.asked.length
  const second = world.connect()
  await world.travel(1_000)
  expect(second.protocols).toEqual(['durable:ndjson'])
  expect(world.proxy.asked.slice(before)).toEqual(['lines'])
  await world.allSeen(first)
  await world.allSeen(second)
  // What is true of one origin is not of another.
  const elsewhere = world.connect(world.direct)
  await world.travel(1_000)
  expect(elsewhere.protocols).toEqual([websocket])
})

test('a proxy that begins to hold back lets the heartbeat come late, and the redial goes lower', async () => {
  const world = await ladderWorld({ weather: { upgrades: 404 }, every: 10 })
  const connection = world.connect()
  await world.travel(3_000)
  expect(connection.protocols).toEqual(['durable:sse'])
  world.proxy.weather.events = 4096
  world.proxy.cutAll()
  await world.travel(4_000)
  expect(connection.protocols).toEqual(['durable:sse', 'durable:ndjson'])
  await world.allSeen(connection)
})

test('a backlog that fills the blocks looks like a stream; when it stops, the watchdog finds out, and nothing is lost', async () => {
  const world = await ladderWorld({ weather: { upgrades: 404, events: 4096, lines: 4096 }, every: 0 })
  world.write(200, 100)
  const connection = world.connect()
  await world.travel(1_000)
  expect(connection.protocols).toEqual(['durable:sse'])
  expect(connection.seen.length).toBeGreaterThan(100)
  world.write(3)
  await world.travel(16_000)
  // What long-polling has answered at once is seen; it is in its next poll by now.
  await world.allSeen(connection)
  expect(connection.protocols).toEqual(['durable:sse', 'durable:long-poll'])
})
