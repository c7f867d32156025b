import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { TimeLine } from '../test/simulation/time-line.ts'
import { environmentMachine } from './environment.ts'
import type { EnvironmentInput, EnvironmentSignal } from './environment-types.ts'

function openEnvironment(input: EnvironmentInput = { network: 'online', page: 'visible' }) {
  const time = new TimeLine()
  const actor = createActor(environmentMachine, { input, clock: time })
  const said: { at: number; type: string }[] = []
  actor.on('*', ({ type }) => said.push({ at: time.now(), type }))
  onTestFinished(() => void actor.stop())
  actor.start()
  return {
    actor,
    said,
    time,
    say: (signal: EnvironmentSignal) => actor.send(signal),
    network: (network: 'online' | 'offline') => actor.send({ type: 'network', network }),
    words: () => said.map(({ type }) => type),
  }
}

test('the first change of the network is said at once', () => {
  const { network, said } = openEnvironment()
  network('offline')
  expect(said).toEqual([{ at: 0, type: 'network.offline' }])
})

test('what follows within a second is said once, at its end, when it is another word', async () => {
  const { network, said, time } = openEnvironment()
  network('offline')
  await time.pass(400)
  network('online')
  await time.pass(599)
  expect(said).toHaveLength(1)
  await time.pass(1)
  expect(said.at(-1)).toEqual({ at: 1_000, type: 'network.online' })
})

test('what is the same word again after a second of flapping is not repeated', async () => {
  const { network, time, words } = openEnvironment()
  network('offline')
  network('online')
  network('offline')
  await time.pass(5_000)
  expect(words()).toEqual(['network.offline'])
  expect(time.pending).toEqual([])
})

test('after a quiet second the next change is said at once again', async () => {
  const { network, said, time } = openEnvironment()
  network('offline')
  await time.pass(1_000)
  network('online')
  expect(said.at(-1)).toEqual({ at: 1_000, type: 'network.online' })
})

test.each([0, 1])('ten changes a second are at most one a second, the last word always (%s)', async (parity) => {
  const { network, said, time } = openEnvironment()
  for (let flap = 0; flap < 100 + parity; flap++) {
    network(flap % 2 === 0 ? 'offline' : 'online')
    await time.pass(100)
  }
  await time.pass(5_000)
  expect(said.length).toBeGreaterThan(1)
  for (const [index, { at }] of said.entries()) {
    if (index > 0) expect(at - (said[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(1_000)
  }
  expect(said.at(-1)?.type).toBe(parity === 0 ? 'network.online' : 'network.offline')
})

test('a network that changes without having been away is said too: its addresses may be others', () => {
  const { network, words } = openEnvironment()
  network('online')
  expect(words()).toEqual(['network.online'])
})

test('what was true at the beginning counts as told', async () => {
  const { network, time, words, actor } = openEnvironment({ network: 'offline', page: 'hidden' })
  expect(actor.getSnapshot().context).toEqual({ network: 'offline', told: 'offline', page: 'hidden' })
  network('online')
  network('offline')
  await time.pass(1_000)
  expect(words()).toEqual(['network.online', 'network.offline'])
})

test('visibility is passed on as it is, and the focus says what the page is', () => {
  const { say, words, actor } = openEnvironment()
  say({ type: 'page', page: 'hidden' })
  expect(actor.getSnapshot().context.page).toBe('hidden')
  say({ type: 'focus' })
  say({ type: 'page', page: 'visible' })
  say({ type: 'focus' })
  expect(words()).toEqual(['page.hidden', 'page.hidden', 'page.visible', 'page.visible'])
})

test('a sleep is a wake', () => {
  const { say, words } = openEnvironment()
  say({ type: 'slept' })
  expect(words()).toEqual(['page.wake'])
})

test('a frozen page says nothing; when it runs again it says what it is, and that it was away', () => {
  const { say, words, actor } = openEnvironment()
  say({ type: 'frozen' })
  say({ type: 'page', page: 'hidden' })
  say({ type: 'focus' })
  say({ type: 'slept' })
  expect(words()).toEqual([])
  expect(actor.getSnapshot().context.page).toBe('hidden')
  say({ type: 'resumed' })
  expect(words()).toEqual(['page.hidden', 'page.wake'])
  say({ type: 'resumed' })
  expect(words()).toHaveLength(2)
})

test('a page that shows for the first time was not away', () => {
  const { say, words } = openEnvironment()
  say({ type: 'resumed' })
  expect(words()).toEqual([])
})

test('network and page do not wait for each other', () => {
  const { network, say, words } = openEnvironment()
  network('offline')
  say({ type: 'page', page: 'hidden' })
  say({ type: 'frozen' })
  expect(words()).toEqual(['network.offline', 'page.hidden'])
})
