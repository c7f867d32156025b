import { expect, test } from 'vitest'
import { until } from '../../src/transports/websocket-rig.ts'
import { ladderWorld } from './world.ts'

const websocket = 'durable:websocket:statewire.v1.json'
const only = (protocols: readonly string[]) => [...new Set(protocols)]

// A detector that took short reads for a bad proxy misfired 4,600 times a week, and kept those clients down for good.
test('bursts of writes, and kills in the middle of them, put nobody down', async () => {
  const world = await ladderWorld({ every: 0 })
  const connection = world.connect()
  await world.travel(200)
  for (let burst = 0; burst < 40; burst++) {
    world.write(500, 100)
    await until(() => connection.seen.length > burst * 500)
    world.proxy.cutAll()
    await world.travel(300)
  }
  await world.allSeen(connection)
  expect(connection.protocols.length).toBeGreaterThan(20)
  expect(only(connection.protocols)).toEqual([websocket])
  expect(only(world.proxy.asked)).toEqual(['upgrade'])
})

test('a server that is away for long is met again at the top within two seconds', async () => {
  const world = await ladderWorld({ every: 5 })
  const connection = world.connect()
  await world.travel(1_000)
  world.proxy.away = true
  world.proxy.cutAll()
  await world.travel(5_000)
  world.proxy.away = false
  await world.travel(2_500)
  expect(world.proxy.open()).toEqual(['upgrade'])
  expect(world.memory.barred(world.origin, 'websocket')).toBe(0)
  await world.allSeen(connection)
})
