import { describe, expect, test } from 'vitest'
import { type ConnectionInput, watched } from '../../src/connection/settings.ts'
import { cut, failure, forbidden, simulate, surroundings } from './scripted.ts'
import { TimeLine } from './time-line.ts'

const waiting = { reconnecting: 'waiting' }
const dialing = { reconnecting: 'dialing' }

/** A connection that was up and is cut. */
async function lost(input: ConnectionInput = {}, error = cut, time = new TimeLine()) {
  const simulation = simulate(input, { time })
  const link = await simulation.opened()
  link.lose(error)
  await simulation.pass(0)
  return simulation
}

/** The delays before the attempts that follow each other while everything fails. */
async function delays(input: ConnectionInput, count: number): Promise<number[]> {
  const { context, pass, refuse } = await lost(input)
  const found: number[] = []
  while (found.length < count) {
    const { delay } = context()
    found.push(delay)
    await pass(delay)
    await refuse(cut)
  }
  return found
}

test('the wait is drawn anew for each attempt: half a second at most at first, then 4, 8, 16 and 20 s', async () => {
  expect(await delays({ random: () => 0.5 }, 7)).toEqual([250, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000])
  expect(await delays({ random: () => 0.999 }, 5)).toEqual([500, 3_996, 7_992, 15_984, 19_980])
  expect(await delays({ random: () => 0.5, backoff: { base: 100, cap: 1_000 } }, 4)).toEqual([50, 400, 500, 500])
})

test('the next attempt comes exactly when the wait is over', async () => {
  const { attempts, pass, value } = await lost()
  await pass(249)
  expect(value()).toEqual(waiting)
  await pass(1)
  expect(value()).toEqual(dialing)
  expect(attempts[1]?.request).toMatchObject({ attempt: 1, position: null })
})

test('each attempt is told how many failed before it and where to go on', async () => {
  const { opened, accept, last, pass } = simulate({ position: 'p0', random: () => 0 })
  const link = await opened()
  expect(last().request).toMatchObject({ attempt: 0, position: 'p0' })
  link.deliver('one', 'p1')
  link.lose(cut)
  await pass(1)
  expect(last().request).toMatchObject({ attempt: 1, position: 'p1' })
  const next = await accept()
  next.lose(cut)
  await pass(1)
  expect(last().request).toMatchObject({ attempt: 2, position: 'p1' })
})

test('the backoff starts over after 10 s of stability, not at opening and not with the first message', async () => {
  for (const [held, attempt] of [
    [9_999, 2],
    [10_000, 1],
  ] as const) {
    const { accept, context, pass } = await lost({ random: () => 0 })
    await pass(1)
    const link = await accept()
    link.deliver('hello')
    await pass(held)
    expect(context().attempt).toBe(attempt - 1)
    link.lose(cut)
    await pass(0)
    expect(context().attempt).toBe(attempt)
  }
})

test('stability forgets the failure, and since when it failed', async () => {
  const { accept, context, pass } = await lost({ stableAfter: 50 })
  expect(context()).toMatchObject({ failingSince: 0, failure: { code: 'interrupted' } })
  await pass(250)
  await accept()
  await pass(49)
  expect(context()).toMatchObject({ failingSince: 0, attempt: 1 })
  await pass(1)
  expect(context()).toMatchObject({ failingSince: null, failure: null, attempt: 0 })
})

test('what the server asks for is a floor under the jitter', async () => {
  const busy = await lost({}, failure('http_status', { status: 429, retryAfterMs: 3_000 }))
  expect(busy.context().delay).toBe(3_250)
  const hinted = simulate()
  const link = await hinted.opened()
  hinted.last().request.retryFloor(7_000)
  link.lose(cut)
  await hinted.pass(0)
  expect(hinted.context().delay).toBe(7_250)
})

test('the longer of two floors counts; that of `retry:` stays for later attempts, `Retry-After` does not', async () => {
  const { opened, last, context, pass, refuse } = simulate()
  const link = await opened()
  last().request.retryFloor(2_000)
  link.lose(failure('http_status', { status: 429, retryAfterMs: 9_000 }))
  await pass(0)
  expect(context().delay).toBe(9_250)
  await pass(9_250)
  await refuse(failure('http_status', { status: 429, retryAfterMs: 500 }))
  expect(context().delay).toBe(4_000)
})

test('whom an overloaded server sends away with a pause is spread over 7.5 s, with or without others', async () => {
  const { context } = await lost({}, failure('http_status', { status: 503, retryAfterMs: 1_000 }))
  expect(context().delay).toBe(4_750)
  const drained = await lost({}, failure('closed_by_server', { closeCode: 4_300, retryAfterMs: 1_000 }))
  expect(drained.context().delay).toBe(4_750)
  const other = await lost({}, failure('closed_by_server', { closeCode: 4_299, retryAfterMs: 1_000 }))
  expect(other.context().delay).toBe(1_250)
  const said = await lost({}, failure('interrupted', { closeCode: 4_301, retryAfterMs: 1_000 }))
  expect(said.context().delay).toBe(1_250)
})

test.each([
  [4_299, 1],
  [4_300, 0],
  [4_399, 0],
  [4_400, 1],
])('an end the server has planned is no failure: close code %s leaves attempt %s', async (closeCode, attempt) => {
  const { context, value } = await lost({}, failure('closed_by_server', { closeCode }))
  expect(value()).toEqual(waiting)
  expect(context()).toMatchObject({ attempt, delay: 250 })
})

test('each attempt is announced with its number, its wait and its reason', async () => {
  const { said, pass, refuse } = await lost()
  await pass(250)
  await refuse(cut)
  const announced = said.filter(({ type }) => type === 'reconnecting')
  expect(announced).toMatchObject([
    { attempt: 1, delay: 250, error: { code: 'interrupted' } },
    { attempt: 2, delay: 2_000 },
  ])
})

describe('giving up', () => {
  test.each([0, 1, 3])('after %s retries in a row', async (maxAttempts) => {
    const down = await lost({ maxAttempts })
    for (let retry = 0; retry < maxAttempts; retry++) {
      await down.pass(down.context().delay)
      await down.refuse(cut)
    }
    expect(down.value()).toBe('error')
    expect(down.attempts).toHaveLength(1 + maxAttempts)
  })

  test('maxElapsedTime after the first failure in a row, and not a millisecond earlier', async () => {
    for (const [elapsed, state] of [
      [999, waiting],
      [1_000, 'error'],
    ] as const) {
      const { pass, refuse, value } = await lost({ maxElapsedTime: 1_000, connectTimeout: 5_000 })
      await pass(elapsed)
      await refuse(cut)
      expect(value()).toEqual(state)
    }
  })

  test('the elapsed time starts over with stability', async () => {
    const { accept, pass, value } = await lost({ maxElapsedTime: 1_000, stableAfter: 2_000 })
    await pass(250)
    const link = await accept()
    await pass(5_000)
    link.lose(cut)
    await pass(0)
    expect(value()).toEqual(waiting)
  })
})

describe('retry now', () => {
  test('cuts the wait short', async () => {
    const { actor, value } = await lost()
    actor.send({ type: 'retry' })
    expect(value()).toEqual(dialing)
  })

  test('does nothing while an attempt is under way', async () => {
    const { actor, attempts, pass } = await lost()
    await pass(250)
    actor.send({ type: 'retry' })
    await pass(0)
    expect(attempts).toHaveLength(2)
  })

  test('does not get past the budget', async () => {
    const { actor, attempts, pass, value } = await lost({ retryBudget: 1 })
    actor.send({ type: 'retry' })
    expect(value()).toEqual({ reconnecting: 'blocked' })
    actor.send({ type: 'retry' })
    await pass(59_999)
    expect(value()).toEqual({ reconnecting: 'blocked' })
    expect(attempts).toHaveLength(1)
    await pass(1)
    expect(value()).toEqual(dialing)
  })
})

describe('a page', () => {
  const surrounded = async (input: ConnectionInput, now?: Parameters<typeof surroundings>[1]) => {
    const time = new TimeLine()
    const { environment, say } = surroundings(time, now)
    return { ...(await lost({ environment, ...input }, cut, time)), say }
  }

  test('that is hidden is reconnected all the same, unless it asked to be left alone', async () => {
    const { pass, value } = await surrounded({}, { network: 'online', page: 'hidden' })
    await pass(250)
    expect(value()).toEqual(dialing)
    const resting = await surrounded({ pauseWhenHidden: true }, { network: 'online', page: 'hidden' })
    expect(resting.value()).toEqual({ reconnecting: 'hidden' })
    await resting.pass(600_000)
    expect(resting.attempts).toHaveLength(1)
    resting.say({ type: 'page', page: 'visible' })
    expect(resting.value()).toEqual(dialing)
  })

  test('that is visible waits for nothing but its turn', async () => {
    const { pass, value, say } = await surrounded({ pauseWhenHidden: true })
    expect(value()).toEqual(waiting)
    say({ type: 'page', page: 'hidden' })
    expect(value()).toEqual({ reconnecting: 'hidden' })
    say({ type: 'slept' })
    expect(value()).toEqual(dialing)
    await pass(0)
  })

  test('that rests is woken by retry as well', async () => {
    const { actor, value } = await surrounded({ pauseWhenHidden: true }, { network: 'online', page: 'hidden' })
    actor.send({ type: 'retry' })
    expect(value()).toEqual(dialing)
  })

  test('that is offline tries only once per cap of the backoff, and at once when the network is back', async () => {
    const { attempts, pass, refuse, value, say } = await surrounded({}, { network: 'offline', page: 'visible' })
    expect(value()).toEqual({ reconnecting: 'offline' })
    await pass(19_999)
    expect(attempts).toHaveLength(1)
    await pass(1)
    expect(attempts).toHaveLength(2)
    await refuse(cut)
    expect(value()).toEqual({ reconnecting: 'offline' })
    say({ type: 'network', network: 'online' })
    expect(value()).toEqual(dialing)
  })

  test('that goes offline while it waits waits for the network, and retry does not', async () => {
    const { actor, value, say } = await surrounded({})
    say({ type: 'network', network: 'offline' })
    expect(value()).toEqual({ reconnecting: 'offline' })
    actor.send({ type: 'retry' })
    expect(value()).toEqual(dialing)
  })

  test('a network that is back lets nobody past the budget', async () => {
    const { value, say } = await surrounded({ retryBudget: 1 }, { network: 'offline', page: 'visible' })
    say({ type: 'network', network: 'online' })
    expect(value()).toEqual({ reconnecting: 'blocked' })
  })

  test('offline by hint, the cap of the backoff is the probe: it follows the option', async () => {
    const { pass, value } = await surrounded({ backoff: { cap: 3_000 } }, { network: 'offline', page: 'visible' })
    await pass(2_999)
    expect(value()).toEqual({ reconnecting: 'offline' })
    await pass(1)
    expect(value()).toEqual(dialing)
  })
})

describe('a lazy connection', () => {
  test('is connected by its first send, and by nothing else', async () => {
    const { actor, pass, value } = simulate({ lazy: true })
    actor.send({ type: 'resume' })
    actor.send({ type: 'retry' })
    expect(value()).toBe('idle')
    actor.send({ type: 'send', data: 'hello' })
    expect(value()).toBe('connecting')
    await pass(0)
  })

  test('that may not send a request yet waits for it, and then sends what was given', async () => {
    const { actor, refuse, pass, value, accept } = simulate({ lazy: true, retryBudget: 1 })
    actor.send({ type: 'send', data: 'first' })
    await refuse(forbidden)
    expect(value()).toBe('error')
    actor.send({ type: 'connect' })
    expect(value()).toEqual({ reconnecting: 'blocked' })
    await pass(59_999)
    expect(value()).toEqual({ reconnecting: 'blocked' })
    await pass(1)
    const link = await accept()
    expect(link.written.map(({ data }) => data)).toEqual(['first'])
  })

  test('one that is not lazy stays idle, and sends once it is connected', async () => {
    const simulation = simulate()
    simulation.actor.send({ type: 'send', data: 'early' })
    await simulation.pass(0)
    expect(simulation.value()).toBe('idle')
    const link = await simulation.opened()
    expect(link.written.map(({ data }) => data)).toEqual(['early'])
  })
})

test('protocols whose server promises a heartbeat ask for 5 s, others for none', async () => {
  const promised = simulate(watched)
  await promised.opened()
  expect(promised.last().request.heartbeatInterval).toBe(5_000)
  const open = simulate()
  await open.opened()
  expect(open.last().request.heartbeatInterval).toBe(Number.POSITIVE_INFINITY)
})
