/**
 * The application itself as the fault: it throws, dawdles and gives up. F47 and F48.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { messagesOf } from '../../../src/core.ts'
import { hang, refuse } from '../../../src/testing/server.ts'
import { nextUncaught } from '../../uncaught.ts'
import type { Stage } from '../history.ts'
import { log, textOf } from '../log.ts'
import { conclude, expectBaseline } from '../oracle.ts'
import { dropOutcome } from '../outcomes.ts'
import type { FaultRow } from '../row.ts'
import { openWorld, type World, type WorldOptions } from '../world.ts'
import { beginsAndBreaks } from './refusals.ts'
import { begins, settled } from './silence.ts'

/** F47: a listener that throws is reported, once for each time, and disturbs neither the others nor the position. */
export async function throwingListener(row: FaultRow): Promise<void> {
  const world = await openWorld(row, { attempts: [beginsAndBreaks] })
  const mistake = new Error('a mistake of the application')
  const reported = nextUncaught()
  let calls = 0
  world.actor.on('message', () => {
    calls++
    if (calls === 2) throw mistake
  })
  await world.connect().untilStage('closed')
  expect(await reported).toBe(mistake)
  expect(calls).toBe(log.length)
  await conclude(world, { end: 'complete' })
}

/** F47: an iterator that takes its time holds the flow back across a cut, and misses nothing. */
export async function slowIterator(row: FaultRow): Promise<void> {
  const world = await openWorld(row, { attempts: [beginsAndBreaks] })
  const messages = messagesOf(world.actor, { highWaterMark: 1 })
  const taken: string[] = []
  const reading = (async () => {
    for await (const message of messages) {
      for (let turns = 0; turns < 10; turns++) await turn()
      taken.push(textOf(message.data))
    }
  })()
  world.connect()
  await reading
  expect(taken).toEqual(log)
  await conclude(world, { end: 'complete' })
}

/** F47: a loop that breaks, and one whose body throws, set the flow free again. */
export async function brokenIterator(row: FaultRow): Promise<void> {
  const world = await openWorld(row)
  const loop = async (): Promise<void> => {
    for await (const _message of messagesOf(world.actor, { highWaterMark: 1 })) throw new Error('the loop gave up')
  }
  const looping = loop()
  world.connect()
  await expect(looping).rejects.toThrow('the loop gave up')
  await world.untilStage('closed')
  await conclude(world, { end: 'complete' })
}

/** How to bring a connection into each state. */
const ways: Readonly<Partial<Record<Stage, (row: FaultRow) => WorldOptions>>> = {
  idle: () => ({}),
  connecting: () => ({ attempts: [hang()], stepsTakeHeads: true }),
  connected: () => ({ attempts: [begins] }),
  waiting: () => ({ attempts: [refuse(503)], skipWaits: false }),
  dialing: () => ({ attempts: [refuse(503), hang()], stepsTakeHeads: true }),
  blocked: (row) => ({
    attempts: [refuse(503)],
    skipWaits: false,
    // A durable poll asks for the ends of its stream first.
    input: { retryBudget: row.name === 'durable long-poll' ? 2 : 1, random: () => 0 },
  }),
  authorizing: () => ({ attempts: [refuse(401)], input: { authorize: () => new Promise(() => {}) } }),
  error: () => ({ attempts: [refuse(403)] }),
  closed: () => ({}),
}

async function broughtTo(row: FaultRow, stage: Stage): Promise<World> {
  const world = await openWorld(row, ways[stage]?.(row))
  // It is given up on purpose: no run of the oracle.
  dropOutcome(world.outcome)
  if (stage === 'idle') return world
  world.connect()
  if (stage === 'blocked') {
    await world.untilStage('waiting')
    await world.clock.advance(1)
  }
  await world.untilStage(stage)
  if (stage === 'connecting' || stage === 'dialing') await world.until(() => world.server.held.length > 0)
  if (stage === 'connected') {
    await world.untilTexts(2)
    await settled(world)
  }
  return world
}

const stages = Object.keys(ways) as Stage[]

/** F48: `close` in every state, twice, and after the end. */
export async function closedEverywhere(row: FaultRow): Promise<void> {
  for (const stage of stages) {
    const world = await broughtTo(row, stage)
    const closings = stage === 'closed' ? 0 : 1
    for (let times = 0; times < 2 && stage !== 'closed'; times++) {
      if (world.stage !== 'closed') world.actor.send({ type: 'close' })
      expect(world.stage).toBe('closed')
    }
    await silentAfter(world)
    expect(world.all('closed'), stage).toHaveLength(closings + (stage === 'closed' ? 1 : 0))
    world.actor.stop()
    await expectBaseline(world)
    await world.server.close()
  }
}

/** F48: the actor is stopped in every state, twice. */
export async function stoppedEverywhere(row: FaultRow): Promise<void> {
  for (const stage of stages) {
    const world = await broughtTo(row, stage)
    world.actor.stop()
    await silentAfter(world)
    world.actor.stop()
    await expectBaseline(world)
    await world.server.close()
  }
}

/** Nothing is said and nothing is dialled any more, whatever the clock does. */
async function silentAfter(world: World): Promise<void> {
  const before = [world.said.length, world.texts.length, world.requests.length]
  await world.clock.advance(120_000)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect([world.said.length, world.texts.length, world.requests.length]).toEqual(before)
}
