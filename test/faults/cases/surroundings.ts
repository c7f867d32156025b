/**
 * What happens around a connection: sleep, throttled timers, clocks that are set, networks that come and go.
 *
 * @module
 */
import { expect, vi } from 'vitest'
import type { EnvironmentEmitted, EnvironmentSignal } from '../../../machines/environment-types.ts'
import { createEnvironment, type Surroundings } from '../../../src/connection/environment-source.ts'
import { conclude } from '../oracle.ts'
import type { FaultRow } from '../row.ts'
import { openWorld } from '../world.ts'
import { begun } from './silence.ts'

const hours = 3_600_000

/**
 * F24 and F21: whoever has a reason to doubt asks, and knows within 3 s. A link that cannot ask waits until the next sign of life
 * is due, and a second for its way: with 5 s between two of them that is 6 s at worst.
 */
function doubted(type: EnvironmentEmitted['type'], sleep: number) {
  return async (row: FaultRow): Promise<void> => {
    // Half of the first window: a draw of 0 would dial in the very millisecond that is looked at.
    const world = await begun(row, { skipWaits: false, input: { random: () => 0.5 } })
    world.exchange.vanish()
    world.clock.sleep(sleep)
    world.environment.say(type)
    expect(world.stage).toBe('probing')
    const patience = row.isSocket ? 3_000 : Math.max(3_000, 6_000 - sleep)
    await world.clock.advance(patience - 1)
    expect(world.stage).toBe('confirming')
    await world.clock.advance(1)
    expect(world.stage, `noticed within ${patience} ms`).toBe('waiting')
    await world.clock.advance(500)
    await world.untilStage('closed')
    expect(world.attempt, 'one reconnect, not a burst').toBe(1)
    await conclude(world, { end: 'complete', codes: ['silent'] })
  }
}

export const networkChanged = doubted('network.online', 0)
export const networkChangedLate = doubted('network.online', 3_000)
export const wokenUp = doubted('page.wake', 2 * hours)

/** F21: nobody says that the machine slept; the timers go on where they were. */
export async function overslept(row: FaultRow): Promise<void> {
  const world = await begun(row)
  world.exchange.vanish()
  await world.clock.advance(2_000)
  world.clock.sleep(2 * hours)
  await world.clock.advance(8_000)
  await world.untilStage('closed')
  expect(world.attempt, 'one reconnect, not a burst').toBe(1)
  await conclude(world, { end: 'complete', codes: ['silent'] })
}

/** F21: the connection lives on through the sleep, and is believed as soon as it is heard. */
export async function sleptWell(row: FaultRow): Promise<void> {
  const world = await begun(row)
  for (const type of ['page.wake', 'page.visible'] as const) {
    world.clock.sleep(2 * hours)
    world.environment.say(type)
    await world.hear(() => world.exchange.heartbeat())
    await world.clock.advance(3_000)
    expect(world.stage).toBe('connected')
  }
  await conclude(world, { end: 'open', codes: [], texts: 2 })
}

/** F21: in a hidden tab timers run once a minute, while bytes come in time. No false alarm in an hour. */
export async function throttled(row: FaultRow): Promise<void> {
  const world = await begun(row)
  world.clock.throttle(60_000)
  for (let beat = 0; beat < 720; beat++) {
    await world.clock.advance(5_000)
    await world.hear(() => world.exchange.heartbeat())
  }
  expect(world.attempt).toBe(0)
  await conclude(world, { end: 'open', codes: [], texts: 2 })
}

/** F22: a wall clock that is set a day forth, two days back, an hour for summer time, 3 s by NTP: no timer cares. */
export async function wallClockSteps(row: FaultRow): Promise<void> {
  const world = await begun(row)
  world.exchange.vanish()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  try {
    for (const step of [24 * hours, -48 * hours, hours, -3_000]) {
      vi.setSystemTime(Date.now() + step)
      await world.clock.advance(1_000)
      expect(world.stage).toBe('connected')
    }
    await world.clock.advance(5_999)
    expect(world.attempt, 'not lost a millisecond too early').toBe(0)
    await world.clock.advance(1)
    await world.untilStage('closed')
  } finally {
    vi.useRealTimers()
  }
  await conclude(world, { end: 'complete', codes: ['silent'] })
}

/** F23: the network comes and goes ten times a second for a minute. */
export async function flapping(row: FaultRow): Promise<void> {
  let surroundings: Surroundings = { network: 'online', page: 'visible' }
  let send: (signal: EnvironmentSignal) => void = () => {}
  const source = {
    current: () => surroundings,
    listen(to: typeof send) {
      send = to
      return () => {
        send = () => {}
      }
    },
  }
  const world = await openWorld(row, {
    attempts: Array.from({ length: 60 }, () => (exchange) => row.tell(exchange, { upTo: 2 })),
    // Where a heartbeat is promised, each change of the network is a reason to doubt.
    input: { heartbeatInterval: 5_000, holdAfter: 20 },
    environment: (clock) => createEnvironment(source, clock),
  })
  await world.connect().untilTexts(2)
  for (let flap = 0; flap < 600; flap++) {
    const network = flap % 2 === 0 ? 'offline' : 'online'
    surroundings = { ...surroundings, network }
    send({ type: 'network', network })
    await world.clock.advance(100)
    // What the server says proves the connection alive, every half second.
    if (!row.polls && flap % 5 === 0 && world.stage !== 'waiting') await world.exchange.heartbeat()
  }
  await world.until(() => world.stage === 'connected' || world.stage === 'probing' || world.stage === 'confirming')
  expect(world.server.answering.length + world.server.held.length, 'one live socket').toBeLessThanOrEqual(1)
  expect(world.requests.length).toBeLessThanOrEqual(30)
  await conclude(world, { end: 'open' })
}
