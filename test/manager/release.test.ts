import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { connection } from '../../src/connection/connection.ts'
import type { Link } from '../../src/link.ts'
import { managerLogic } from '../../src/manager/manager.ts'
import { findRegistry } from '../../src/manager/registries.ts'
import { shareConnection, TransportManager } from '../../src/manager/transport-manager.ts'
import { simulatedClock } from '../../src/testing/clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { countVisits } from './count-visits.ts'
import { openQuiet, runTransports, steady } from './manager-rig.ts'

/** Work enough for a busy machine to need longer than other tests. */
const patient = { timeout: 60_000 }

/** A dial that is up at once and stays so until it is closed. */
function quietDial() {
  const open = new Set<Link>()
  const dial = async (): Promise<Link> => {
    let end = (_more: boolean): void => {}
    const link: Link = {
      protocol: 'quiet',
      read: () => new Promise((resolve) => (end = resolve)),
      close() {
        open.delete(link)
        end(false)
      },
    }
    open.add(link)
    return link
  }
  return { dial, open }
}

test(
  'a thousand connections that were opened and closed over a real server leave nothing behind',
  patient,
  async () => {
    const server = await openQuiet()
    const { clock, manager } = runTransports({ config: steady })
    const registry = findRegistry(manager.actor)
    for (let round = 0; round < 20; round++) {
      const transports = Array.from({ length: 50 }, (_, index) =>
        manager.createTransport('sse', { id: `${index}`, url: server.url }),
      )
      await Promise.all(transports.map((transport) => transport.connect()))
      expect([registry?.size, registry?.limits.connections]).toEqual([50, 50])
      for (let index = 0; index < 50; index++) manager.closeTransport(`${index}`)
    }
    await settle(() => server.open() === 0)
    expect([registry?.size, registry?.limits.connections, registry?.limits.bufferedBytes, clock.pending]).toEqual([
      0, 0, 0, 0,
    ])
    expect(manager.getTransport('0')).toBeUndefined()
    expect(manager.getMetrics()).toMatchObject({ opened: 1_000, closed: 1_000, connections: 0 })
  },
)

test('the garbage collector gets every connection that was released', async () => {
  const { dial, open } = quietDial()
  const logic = connection(dial)
  const clock = simulatedClock()
  const manager = createActor(managerLogic, { input: { config: steady }, clock }).start()
  onTestFinished(() => void manager.stop())
  const collected = new FinalizationRegistry<null>(() => gone++)
  let gone = 0
  for (let index = 0; index < 100; index++) {
    manager.send({ type: 'open', id: `${index}`, logic, input: {} })
    const place = findRegistry(manager)?.find(`${index}`)?.place
    if (place !== undefined) collected.register(place.current(), null)
  }
  await settle(() => open.size === 100)
  manager.send({ type: 'closeAll' })
  await settle(() => open.size === 0)
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  await settle(() => {
    collect()
    return gone >= 99
  })
  expect(clock.pending).toBe(0)
})

test('shared connections that nobody ever held are collected, and their keys with them', async () => {
  const manager = new TransportManager()
  onTestFinished(() => void manager.actor.stop())
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  for (let index = 0; index < 100; index++) shareConnection(manager, 'sse', { url: `http://127.0.0.1:9/${index}` })
  const registry = findRegistry(manager.actor)
  expect(registry?.keys).toBe(100)
  await settle(() => {
    collect()
    return (registry?.keys ?? 0) <= 1
  })
})

test(
  'opening and closing one connection is the same work beside ten others and beside a thousand',
  patient,
  async () => {
    const work = async (beside: number): Promise<number> => {
      const { dial, open } = quietDial()
      const logic = connection(dial)
      // With the pool that every manager has: all of them share one breaker and one budget.
      const manager = createActor(managerLogic, { input: { config: steady } }).start()
      for (let index = 0; index < beside; index++) manager.send({ type: 'open', id: `${index}`, logic, input: {} })
      await settle(() => open.size === beside)
      const visits = countVisits()
      manager.send({ type: 'open', id: 'one more', logic, input: {} })
      await settle(() => open.size === beside + 1)
      manager.send({ type: 'close', id: 'one more' })
      await settle(() => open.size === beside)
      const visited = visits.stop()
      manager.stop()
      return visited
    }
    const few = await work(10)
    expect(few).toBeGreaterThan(100)
    // One look at a list of all would already be a thousand more.
    expect(Math.abs((await work(1_000)) - few)).toBeLessThan(500)
  },
)

test('visits are counted: one look at a thousand is a thousand', () => {
  const thousand = new Map(Array.from({ length: 1_000 }, (_, index) => [index, index]))
  const visits = countVisits()
  for (const _ of thousand.keys()) break
  expect(visits.stop()).toBeGreaterThanOrEqual(1_000)
})

test('a place that comes and goes copies no list of the others: the manager has one child however many it manages', async () => {
  const { dial, open } = quietDial()
  const logic = connection(dial)
  const manager = createActor(managerLogic, { input: { config: steady } }).start()
  onTestFinished(() => void manager.stop())
  for (let index = 0; index < 50; index++) manager.send({ type: 'open', logic, input: {} })
  await settle(() => open.size === 50)
  expect(Object.keys(manager.getSnapshot().children)).toEqual(['children'])
  expect(manager.getSnapshot().context.open).toBe(50)
})
