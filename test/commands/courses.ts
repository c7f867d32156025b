/**
 * What takes more than one step: time that passes timer by timer, a life that ends and another that goes on, the way back.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { ConnectionState } from '../../src/index.ts'
import { settle } from '../../src/testing/settle.ts'
import { isReading, settled } from './agreement.ts'
import { checkAlways, checkLeftovers } from './invariants.ts'
import { afterTime } from './model.ts'
import type { World } from './world.ts'

const anywhere: readonly ConnectionState[] = ['idle', 'connecting', 'connected', 'reconnecting', 'error', 'closed']

/** The model learns what the gate and the chart can tell of what the last command has left behind. */
export function observe(world: World): void {
  const { gate, model, origin, state } = world
  const lines = gate.lines('first')
  model.state = state
  model.gate = gate.mode
  if (gate.refusal === null && model.refusing === '204') model.ending = true
  if (gate.refusal === null && model.refusing !== null) {
    model.unread = model.refusing
    model.refusing = null
  }
  if (state !== 'connected' || isReading(world)) model.unread = null
  model.over = origin.over
  if (state === 'closed' || state === 'idle' || state === 'error') model.draining = false
  if (state !== 'connected') model.ending = false
  model.spoiled =
    gate.nextCut !== null || lines.some((line) => line.isSpoiled) || (state === 'connected' && lines.length === 0)
}

/** Lets time pass from timer to timer; between two of them both ends come to agree, as they would in real time. */
export async function walk(world: World, milliseconds: number): Promise<void> {
  const { clock, model } = world
  const end = clock.now() + milliseconds
  const legal = afterTime(model)
  while (clock.next <= end) {
    await clock.advance(Math.max(0, clock.next - clock.now()))
    await settled(world, legal)
  }
  await clock.advance(end - clock.now())
}

/** Asks for another attempt more often than the budget of a minute allows; the invariants count what came of it. */
export async function insist(world: World): Promise<void> {
  for (let count = 0; count < 35 && world.state === 'reconnecting'; count++) {
    world.say({ type: 'retry' })
    await settled(world, anywhere)
  }
}

export async function stopAndRestore(world: World): Promise<void> {
  const kept = world.persist()
  const { gate, tested } = world
  await settle(
    () => {
      const lines = gate.lines('first')
      // See agreement.ts: a silent peer takes no part in closing.
      if (tested.closesPolitely) for (const line of lines) if (line.isSilent) line.reset()
      return lines.length === 0 && world.application.unsettled === 0
    },
    { describe: () => `A stopped connection has ${gate.lines('first').length} sockets.` },
  )
  world.restore(kept)
}

/** The longest that anything may keep a connection away: a Retry-After of 90 s, a breaker of 60 s, a spent minute, in any order. */
const longestAway = 600_000

/** Everything is well again: whoever works must come back by himself, and have everything. */
export async function recover(world: World): Promise<void> {
  const { application, gate, model, platform } = world
  gate.refusal = null
  gate.nextCut = null
  gate.accept()
  for (const line of gate.lines('first')) if (line.isSpoiled) line.reset()
  application.leave()
  model.flow = 'flowing'
  world.say({ type: 'resume' })
  platform.say({ type: 'network', network: 'online' })
  platform.say({ type: 'page', page: 'visible' })
  for (const credential of world.credentials.splice(0)) credential.resolve()
  await settled(world, anywhere)
  for (let waited = 0; waited < longestAway && ['connecting', 'reconnecting'].includes(world.state); waited += 10_000) {
    observe(world)
    await walk(world, 10_000)
    for (const credential of world.credentials.splice(0)) credential.resolve()
    await settled(world, anywhere)
  }
  assert.ok(!['connecting', 'reconnecting'].includes(world.state), `it came back, and is not still ${world.state}`)
  observe(world)
  // The default of `closeTimeout` is half of it.
  if (model.draining) await walk(world, 10_000)
  assert.ok(!model.draining || world.state === 'closed', 'a drain comes to an end')
  checkAlways(world)
}

/** Closes everything and looks at what is left. */
export async function finish(world: World): Promise<void> {
  const { breaker, clock, gate, origin } = world
  world.say({ type: 'close' })
  world.closeSecond()
  await settled(world, ['closed'])
  checkAlways(world)
  breaker?.stop()
  gate.closeIdle()
  const closed = origin.close()
  await settle(() => gate.open === 0 && world.application.unsettled === 0, {
    describe: () => `${gate.open} sockets are open, ${world.application.unsettled} sends are not settled.`,
  })
  await Promise.all([closed, clock.advance(300_000)])
  checkLeftovers(world)
  await gate.close()
}
