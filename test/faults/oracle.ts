/**
 * The oracle of every fault (wire.md section 5): the application saw exactly the log, or was told what is missing; nothing is
 * left open; the requests stayed within the budget; the chart did nothing that it does not have.
 *
 * @module
 */
import { expect } from 'vitest'
import { findPlane } from '../../src/connection/planes.ts'
import { illegalStep, type Stage } from './history.ts'
import { log } from './log.ts'
import { dropOutcome } from './outcomes.ts'
import type { World } from './world.ts'

/** What a fault should have led to. */
export interface Expected {
  /**
   * `complete`: the whole log and the protocol's own end. `told`: it rests in `error`, and these were the last words. `open`: up and
   * running with a part of the log. `trying`: it goes on
   * trying. `idle`: it never began.
   */
  readonly end: 'complete' | 'open' | 'trying' | 'idle' | { readonly told: string }
  /** The states, where they are the same for every run. */
  readonly history?: readonly Stage[] | undefined
  /** The codes of all failures, in order, where they are the same for every run. */
  readonly codes?: readonly string[] | undefined
  /** How many records must have been handed over. Default: all of them when complete, any prefix else. */
  readonly texts?: number | undefined
  /** The most requests in any minute. Default 30. */
  readonly budget?: number | undefined
  /** Whether the fault is one that a connection should get over by itself. Default: when the end is `complete` or `open`. */
  readonly retryable?: boolean | undefined
}

/** What nobody caught, since the file was loaded. */
const uncaught: unknown[] = []
process.on('unhandledRejection', (reason) => uncaught.push(reason))

/** Holds the world against what is expected, closes it, and expects that nothing remains. */
export async function conclude(world: World, expected: Expected): Promise<void> {
  const { retryable = expected.end === 'complete' || expected.end === 'open' } = expected
  const { outcome } = world
  outcome.retryable = retryable
  outcome.reconnected = isBack(world)
  if (expected.end === 'idle') dropOutcome(outcome)
  try {
    expectLog(world, expected)
    outcome.recovered = true
    expectHistory(world, expected)
    expectBudget(world.requests, expected.budget ?? 30)
    if (world.stage !== 'closed') world.actor.send({ type: 'close' })
    await expectBaseline(world)
  } finally {
    world.actor.stop()
    await world.server.close()
  }
}

/** Exactly the log from its beginning, in order, each record once; or a loss that was said. */
function expectLog(world: World, { end, texts }: Expected): void {
  const count = texts ?? (end === 'complete' ? log.length : world.texts.length)
  expect(world.texts, world.describe()).toEqual(log.slice(0, count))
  if (end === 'complete') expect(world.all('done'), world.describe()).toHaveLength(1)
  if (typeof end === 'object') expect(world.all('error').at(-1)?.error.code, world.describe()).toBe(end.told)
}

const stages: Readonly<Record<'complete' | 'open' | 'trying' | 'idle', readonly Stage[]>> = {
  complete: ['closed'],
  open: ['connected', 'probing', 'confirming'],
  idle: ['idle'],
  trying: ['waiting', 'blocked', 'dialing'],
}

function expectHistory(world: World, { codes, end, history }: Expected): void {
  const rests = typeof end === 'object' ? ['error'] : stages[end]
  expect(rests, world.describe()).toContain(world.stage)
  expect(illegalStep(world.history), world.describe()).toBeUndefined()
  // Every way back has a reason that was said.
  for (const { error } of world.all('reconnecting')) expect(error?.code).toBeTypeOf('string')
  if (history !== undefined) expect(world.history, world.describe()).toEqual(history)
  if (codes !== undefined) expect(world.codes, world.describe()).toEqual(codes)
}

/** In no minute more requests than that, whatever the server does. */
export function expectBudget(requests: readonly number[], most: number): void {
  const excess = requests.findIndex(
    (time, index) => time - (requests[index - most] ?? Number.NEGATIVE_INFINITY) < 60_000,
  )
  expect(excess, `${most + 1} requests within a minute, the last of them number ${excess + 1}`).toBe(-1)
}

/** No socket, no timer, no listener, no plane that still works. */
export async function expectBaseline(world: World): Promise<void> {
  await world.until(() => world.server.open === 0)
  expect(world.clock.pending).toBe(0)
  expect(world.environment.listeners).toBe(0)
  expect(findPlane(world.actor)?.isAttached).toBe(false)
  expect(uncaught).toEqual([])
}

/** Whether it was up after its last failure. */
function isBack({ history }: World): boolean {
  const failed = Math.max(history.lastIndexOf('waiting'), history.lastIndexOf('offline'), history.lastIndexOf('hidden'))
  return failed === -1 ? history.includes('connected') : history.lastIndexOf('connected') > failed
}
