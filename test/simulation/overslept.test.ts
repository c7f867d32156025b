import { expect, test } from 'vitest'
import { type LinkKind, simulate } from './scripted.ts'
import { TimeLine } from './time-line.ts'

const kinds: LinkKind[] = ['ping', 'wait']
const confirming = { connected: { flow: 'flowing', liveness: 'confirming' } }

/** A link that has been silent for so long that it is asked for the last time. Whatever lies ready is read after the timers. */
async function doubted(kind: LinkKind) {
  const time = new TimeLine()
  const simulation = simulate({ heartbeatInterval: 5_000 }, { time })
  const link = await simulation.opened(kind)
  await simulation.pass(8_000)
  expect(simulation.value()).toEqual(confirming)
  return { ...simulation, link }
}

test.each(kinds)('a link is not lost to a sleep that began when it was asked for the last time: %s', async (kind) => {
  const { attempts, link, pass, time, value } = await doubted(kind)
  time.arrive(() => link.hear(), 1_000)
  time.block(4_000)
  await pass(0)
  expect(value()).toEqual(confirming)
  await pass(2_500)
  expect(value()).toMatchObject({ connected: { liveness: 'alive' } })
  expect(attempts).toHaveLength(1)
})

test.each(kinds)('a link that died in that sleep is asked once more, and lost: %s', async (kind) => {
  const { failure, link, pass, time } = await doubted(kind)
  const asked = link.pings.length
  time.block(3_600_000)
  await pass(0)
  expect(link.pings).toHaveLength(kind === 'ping' ? asked + 1 : 0)
  await pass(2_499)
  expect(failure()).toBeUndefined()
  await pass(1)
  expect(failure()).toBe('silent')
})

test.each(kinds)(
  'where the timers of a hidden page come once a minute, a dead link is lost all the same: %s',
  async (kind) => {
    const time = new TimeLine()
    const environment = { current: () => ({ network: 'online', page: 'hidden' }) as const, subscribe: () => () => {} }
    const { failure, opened, pass } = simulate({ heartbeatInterval: 5_000, environment }, { time })
    await opened(kind)
    time.firesAt = (due) => Math.ceil((due + 1) / 60_000) * 60_000
    await pass(4 * 60_000)
    expect(failure()).toBe('silent')
  },
)
