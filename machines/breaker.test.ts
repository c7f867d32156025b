import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { TimeLine } from '../test/simulation/time-line.ts'
import { type BreakerEvent, breakerMachine, cooldownOf } from './breaker.ts'

const input = { threshold: 3, cooldown: 1_000, longestCooldown: 5_000, trialTimeout: 400 }

function openBreaker() {
  const time = new TimeLine()
  const actor = createActor(breakerMachine, { input, clock: time })
  const said: string[] = []
  actor.on('*', ({ type }) => said.push(type))
  onTestFinished(() => void actor.stop())
  actor.start()
  const say = (...types: BreakerEvent['type'][]): void => {
    for (const type of types) actor.send({ type })
  }
  return { actor, said, say, time, value: () => actor.getSnapshot().value, context: () => actor.getSnapshot().context }
}

test('so many failures in a row open it, and one fewer does not', () => {
  const { said, say, value } = openBreaker()
  say('failure', 'failure')
  expect([value(), said]).toEqual(['closed', []])
  say('failure')
  expect([value(), said]).toEqual(['open', ['breaker.opened']])
})

test('a success in between starts the count over', () => {
  const { context, say, value } = openBreaker()
  say('failure', 'failure', 'success')
  expect(context()).toMatchObject({ failures: 0, opened: 0 })
  say('failure', 'failure')
  expect(value()).toBe('closed')
  say('failure')
  expect(value()).toBe('open')
})

test('an attempt while it is closed costs nothing', () => {
  const { context, say, value } = openBreaker()
  say('attempt', 'attempt', 'attempt', 'attempt')
  expect([value(), context().failures]).toEqual(['closed', 0])
})

test('it stays open for the cooldown, to the millisecond, and then admits one trial', async () => {
  const { say, time, value } = openBreaker()
  say('failure', 'failure', 'failure')
  await time.pass(999)
  expect(value()).toBe('open')
  await time.pass(1)
  expect(value()).toEqual({ halfOpen: 'ready' })
  say('attempt')
  expect(value()).toEqual({ halfOpen: 'trying' })
})

test('failures while it is open, and attempts, change nothing and prolong nothing', async () => {
  const { context, say, time, value } = openBreaker()
  say('failure', 'failure', 'failure')
  await time.pass(999)
  say('failure', 'attempt')
  expect(context()).toMatchObject({ failures: 0, opened: 1 })
  await time.pass(1)
  expect(value()).toEqual({ halfOpen: 'ready' })
})

test('a success closes it, while it is open too: a connection that was dialling has come through', async () => {
  const open = openBreaker()
  open.say('failure', 'failure', 'failure', 'success')
  expect([open.value(), open.said]).toEqual(['closed', ['breaker.opened', 'breaker.closed']])
  expect(open.context()).toMatchObject({ failures: 0, opened: 0 })
  const trying = openBreaker()
  trying.say('failure', 'failure', 'failure')
  await trying.time.pass(1_000)
  trying.say('attempt', 'success')
  expect([trying.value(), trying.said]).toEqual(['closed', ['breaker.opened', 'breaker.closed']])
  expect(trying.time.pending).toEqual([])
})

test('each trial that fails doubles the cooldown, up to the longest one; a success starts over', async () => {
  const { said, say, time } = openBreaker()
  say('failure', 'failure', 'failure')
  for (const cooldown of [1_000, 2_000, 4_000, 5_000, 5_000]) {
    expect(time.pending).toEqual([cooldown])
    await time.pass(cooldown)
    say('attempt', 'failure')
  }
  expect(said).toEqual(Array(6).fill('breaker.opened'))
  await time.pass(5_000)
  say('success', 'failure', 'failure', 'failure')
  expect(time.pending).toEqual([1_000])
})

test('a trial that never comes to an end lets another one try', async () => {
  const { say, time, value } = openBreaker()
  say('failure', 'failure', 'failure')
  await time.pass(1_000)
  say('attempt')
  await time.pass(399)
  expect(value()).toEqual({ halfOpen: 'trying' })
  await time.pass(1)
  expect(value()).toEqual({ halfOpen: 'ready' })
})

test('the cooldown before anything opened is the shortest one', () => {
  expect(cooldownOf({ ...input, failures: 0, opened: 0 })).toBe(1_000)
  expect(cooldownOf({ ...input, failures: 0, opened: 1 })).toBe(1_000)
  expect(cooldownOf({ ...input, failures: 0, opened: 2 })).toBe(2_000)
  expect(cooldownOf({ ...input, failures: 0, opened: 2_000 })).toBe(5_000)
})
