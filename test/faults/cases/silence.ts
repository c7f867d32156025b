/**
 * Peers that fall silent: a pulled cable, a stall, slow senders, proxies that kill, a machine that slept.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { log } from '../log.ts'
import { conclude } from '../oracle.ts'
import type { FaultRow } from '../row.ts'
import { type AttemptStep, openWorld, type World, type WorldOptions } from '../world.ts'

/** The peer promises a sign of life every 5 s; the durable protocol asks for it by default. */
const heartbeat = { heartbeatInterval: 5_000 }

/** Two records, and then the connection stays open. */
export const begins: AttemptStep = (exchange, { row }) => row.tell(exchange, { upTo: 2 })

/** Up, with two records and no poll on its way to the server. */
export async function begun(
  row: FaultRow,
  { attempts = [begins], input, ...options }: WorldOptions = {},
): Promise<World> {
  const world = await openWorld(row, { attempts, input: { ...heartbeat, ...input }, ...options })
  world.connect()
  await world.untilStage('connected')
  await world.untilTexts(2)
  await settled(world)
  return world
}

/** A poll follows each page at once: resolves when the next one is held. */
export async function settled({ row, server }: World): Promise<void> {
  if (row.polls)
    await server.until(() => server.exchanges.some(({ ended, method }) => ended === null && method === 'GET'))
}

const lostBySilence = ['idle', 'connecting', 'connected', 'probing', 'confirming', 'waiting', 'dialing', 'connected']

/** F03: no packet any more, not even a FIN. */
export async function vanishes(row: FaultRow): Promise<void> {
  const world = await begun(row, { skipWaits: false })
  world.exchange.vanish()
  const from = world.clock.now()
  await world.clock.advance(9_900)
  expect(world.stage).toBe('confirming')
  await world.clock.advance(100)
  expect(world.stage, 'noticed within 10 s').toBe('waiting')
  expect(world.clock.now() - from).toBe(10_000)
  await world.clock.advance(500)
  await world.untilStage('closed')
  await conclude(world, { end: 'complete', codes: ['silent'], history: [...lostBySilence, 'closed'] as never })
}

/** F04, first half: a pause shorter than the watchdog's patience changes nothing. */
export async function shortStall(row: FaultRow): Promise<void> {
  const world = await begun(row)
  const { exchange } = world
  await world.clock.advance(9_000)
  await world.hear(() => (row.polls ? row.tell(exchange) : exchange.heartbeat()))
  await world.clock.advance(2_500)
  if (row.polls) await world.untilStage('closed')
  const codes: string[] = []
  if (row.polls) await conclude(world, { end: 'complete', codes })
  else await conclude(world, { end: 'open', codes, texts: 2 })
  expect(world.attempt).toBe(0)
}

/** F04, second half: after a longer one it resumes once, and what the old connection says then is not heard. */
export async function longStall(row: FaultRow): Promise<void> {
  const again: AttemptStep = (exchange) => row.tell(exchange, { upTo: 4 })
  const world = await begun(row, { attempts: [begins, again] })
  const stalled = world.exchange
  // A WebSocket server would answer pings by itself; then it says nothing late either.
  if (row.isSocket) stalled.stall()
  await world.clock.advance(10_000)
  await world.untilTexts(4)
  const late = row.polls ? row.tell(stalled) : stalled.send(`{"n":9,"v":"late"}`)
  await late.catch(() => undefined)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(world.texts).toEqual(log.slice(0, 4))
  expect(world.attempt).toBe(1)
  await conclude(world, { end: 'open', codes: ['silent'], texts: 4 })
}

/** F06: a head that never ends is no answer after 10 s. */
export async function dripsTheHead(row: FaultRow): Promise<void> {
  const drip: AttemptStep = async (exchange) => {
    await exchange.raw('HTTP/1.1 200 OK\r\n')
    for (let line = 0; line < 40 && exchange.ended === null; line++) {
      await exchange.raw(`x-${line}: y\r\n`)
      await turn()
    }
  }
  const world = await openWorld(row, { attempts: [drip] })
  world.connect()
  await world.until(() => world.requests.length > 0)
  // A durable stream that is known to be there may hold a poll back: then it is the link that hears nothing.
  const code = row.name === 'durable long-poll' ? 'silent' : 'connect_timeout'
  if (code === 'silent') await world.untilStage('connected')
  await world.clock.advance(9_999)
  expect(world.codes).toEqual([])
  await world.clock.advance(1)
  expect(world.codes).toEqual([code])
  await world.untilStage('closed')
  await conclude(world, { end: 'complete', codes: [code] })
}

/** F10: a proxy that kills what was idle for a minute never gets the chance while heartbeats come. */
export async function idleKiller(row: FaultRow): Promise<void> {
  const world = await begun(row)
  const { exchange } = world
  let heardAt = world.clock.now()
  for (let beat = 0; beat < 30; beat++) {
    await world.clock.advance(5_000)
    if (world.clock.now() - heardAt >= 60_000) await exchange.finish()
    await world.hear(() => exchange.heartbeat())
    heardAt = world.clock.now()
  }
  expect(world.clock.now()).toBeGreaterThan(120_000)
  expect(world.attempt).toBe(0)
  await conclude(world, { end: 'open', codes: [], texts: 2 })
}

/** F11: a proxy that ends every connection after 30 s, for ever. */
export async function killedEvery30Seconds(row: FaultRow): Promise<void> {
  const upTo =
    (count: number): AttemptStep =>
    (exchange) =>
      row.tell(exchange, { upTo: Math.min(count, 4) })
  const world = await openWorld(row, {
    attempts: [...[1, 2, 3, 4, 4, 4, 4, 4].map(upTo)],
    // A poll that finds nothing new is held back: connected all the same, and soon.
    input: { holdAfter: 20, ...(row.isDurable ? { heartbeatInterval: 60_000 } : {}) },
  })
  world.connect()
  for (let life = 0; life < 8; life++) {
    await world.until(() => world.attempt === life && world.stage === 'connected')
    await world.untilTexts(Math.min(life + 1, 4))
    await settled(world)
    await world.clock.advance(30_000)
    await (life % 2 === 0 ? world.exchange.finish() : world.exchange.reset())
  }
  await world.untilStage('closed')
  expect(world.all('reconnecting').map(({ attempt }) => attempt)).toEqual(Array(8).fill(1))
  for (const { delay } of world.all('reconnecting')) expect(delay).toBeLessThanOrEqual(500)
  await conclude(world, { end: 'complete' })
}
