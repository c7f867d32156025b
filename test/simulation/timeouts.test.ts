import { describe, expect, test } from 'vitest'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { cut, scriptedPost, simulate } from './scripted.ts'

const waiting = { reconnecting: 'waiting' }

test('the connect timeout ends an attempt at 10 s and not 1 ms before, and aborts it', async () => {
  const { actor, attempts, failure, last, pass, value } = simulate()
  actor.send({ type: 'connect' })
  await pass(9_999)
  expect(value()).toBe('connecting')
  expect(last().request.signal.aborted).toBe(false)
  await pass(1)
  expect(value()).toEqual(waiting)
  expect(failure()).toBe('connect_timeout')
  expect(last().request.signal.aborted).toBe(true)
  expect(attempts).toHaveLength(1)
})

test('the connect timeout holds for each later attempt as well', async () => {
  const { actor, attempts, pass, value, context } = simulate({ connectTimeout: 700, random: () => 0 })
  actor.send({ type: 'connect' })
  await pass(700)
  expect(attempts).toHaveLength(2)
  await pass(699)
  expect(value()).toEqual({ reconnecting: 'dialing' })
  await pass(1)
  expect(context()).toMatchObject({ attempt: 2, failure: { code: 'connect_timeout' } })
})

test('an attempt that is answered in time has no connect timeout left', async () => {
  const { opened, time, value, pass } = simulate({ stableAfter: 5 })
  await opened()
  await pass(5)
  expect(time.pending).toEqual([])
  await pass(100_000)
  expect(value()).toMatchObject({ connected: {} })
})

describe('a POST that could be done twice is never repeated by a timer', () => {
  const rest = async (input: ConnectionInput, milliseconds: number): Promise<unknown> => {
    const { opened, pass, value, failure, attempts } = simulate(input, { logic: scriptedPost })
    await opened()
    await pass(milliseconds)
    expect(attempts).toHaveLength(1)
    return [value(), failure()]
  }
  test('connecting', async () => {
    const { actor, pass, value, failure } = simulate({}, { logic: scriptedPost })
    actor.send({ type: 'connect' })
    await pass(10_000)
    expect([value(), failure()]).toEqual(['error', 'connect_timeout'])
  })
  test.each([
    ['first_byte_timeout', { firstByteTimeout: 400 }, 400],
    ['idle_timeout', { idleTimeout: 300 }, 300],
    ['silent', { heartbeatInterval: 200 }, 400],
  ] as const)('%s', async (code, input, milliseconds) => {
    expect(await rest(input, milliseconds)).toEqual(['error', code])
  })
})

test('a link that says nothing at all is lost at the first-byte timeout and not 1 ms before', async () => {
  const { opened, pass, value, failure } = simulate({ firstByteTimeout: 2_000, random: () => 0.9 })
  const link = await opened()
  await pass(1_999)
  expect(value()).toEqual({ connected: { flow: 'flowing', liveness: 'unheard' } })
  await pass(1)
  expect([value(), failure()]).toEqual([waiting, 'first_byte_timeout'])
  expect(link.farewell).not.toBeNull()
})

test('one byte is enough for the first-byte timeout, also when it comes in the last millisecond', async () => {
  const { opened, pass, value } = simulate({ firstByteTimeout: 2_000 })
  const link = await opened()
  await pass(1_999)
  link.hear()
  await pass(1)
  expect(value()).toEqual({ connected: { flow: 'flowing', liveness: 'unwatched' } })
  await pass(1_000_000)
  expect(value()).toMatchObject({ connected: {} })
})

test('a first byte is asked of each link anew', async () => {
  const { opened, accept, pass, value, failure } = simulate({ firstByteTimeout: 100, random: () => 0 })
  const link = await opened()
  link.hear()
  await pass(100)
  link.lose(cut)
  await pass(1)
  await accept()
  await pass(99)
  expect(value()).toMatchObject({ connected: { liveness: 'unheard' } })
  await pass(1)
  expect(failure()).toBe('first_byte_timeout')
})

test('the idle timeout counts from the last byte, and fires exactly then', async () => {
  const { opened, pass, value, failure } = simulate({ idleTimeout: 1_000 })
  const link = await opened()
  await pass(600)
  link.hear()
  await pass(999)
  expect(value()).toMatchObject({ connected: { liveness: 'alive' } })
  await pass(1)
  expect([value(), failure()]).toEqual([waiting, 'idle_timeout'])
  expect(link.pings).toEqual([])
})

test('an idle timeout shorter than the heartbeat wins, a longer one leaves the probing alone', async () => {
  const short = simulate({ idleTimeout: 500, heartbeatInterval: 1_000, random: () => 0.99 })
  await short.opened()
  await short.pass(500)
  expect(short.failure()).toBe('idle_timeout')
  const long = simulate({ idleTimeout: 5_000, heartbeatInterval: 1_000, random: () => 0.99 })
  await long.opened()
  await long.pass(1_999)
  expect(long.value()).toMatchObject({ connected: { liveness: 'confirming' } })
  await long.pass(1)
  expect(long.failure()).toBe('silent')
})

test('whoever pauses is not idle: the silence is his own', async () => {
  const { actor, opened, pass, value, failure } = simulate({ idleTimeout: 1_000, firstByteTimeout: 700 })
  await opened()
  actor.send({ type: 'pause' })
  await pass(60_000)
  expect(value()).toEqual({ connected: { flow: 'paused', liveness: 'alive' } })
  actor.send({ type: 'resume' })
  await pass(2_000)
  expect(failure()).toBe('idle_timeout')
})

describe('the total timeout', () => {
  test('ends a first attempt, exactly then, retryable or not', async () => {
    const { actor, pass, value, failure, time } = simulate({ totalTimeout: 3_000 })
    actor.send({ type: 'connect' })
    await pass(2_999)
    expect(value()).toBe('connecting')
    await pass(1)
    expect([value(), failure()]).toEqual(['error', 'total_timeout'])
    expect(time.pending).toEqual([])
  })

  test('runs on across reconnections, and through each state of them', async () => {
    const { opened, accept, pass, value, failure } = simulate({ totalTimeout: 5_000 })
    const link = await opened()
    await pass(1_000)
    link.lose(cut)
    await pass(250)
    expect(value()).toEqual({ reconnecting: 'dialing' })
    await accept()
    await pass(3_749)
    expect(value()).toMatchObject({ connected: {} })
    await pass(1)
    expect([value(), failure()]).toEqual(['error', 'total_timeout'])
  })

  test('starts over with the next connect, and not with a second one in between', async () => {
    const { actor, pass, value } = simulate({ totalTimeout: 1_000 })
    actor.send({ type: 'connect' })
    await pass(600)
    actor.send({ type: 'connect' })
    await pass(400)
    expect(value()).toBe('error')
    await pass(5_000)
    actor.send({ type: 'connect' })
    await pass(999)
    expect(value()).toBe('connecting')
    await pass(1)
    expect(value()).toBe('error')
  })

  test('counts a lazy connection from its first send', async () => {
    const { actor, pass, value } = simulate({ totalTimeout: 1_000, lazy: true })
    await pass(5_000)
    actor.send({ type: 'send', data: 'now' })
    await pass(999)
    expect(value()).toBe('connecting')
    await pass(1)
    expect(value()).toBe('error')
  })

  test('is gone with the connection: closed and error leave no timer behind', async () => {
    const closing = simulate({ totalTimeout: 60_000, heartbeatInterval: 1_000, firstByteTimeout: 900 })
    await closing.opened()
    expect(closing.time.pending.length).toBeGreaterThan(0)
    closing.actor.send({ type: 'close' })
    expect(closing.time.pending).toEqual([])
    const failing = simulate({ totalTimeout: 60_000, maxAttempts: 0 })
    const link = await failing.opened()
    link.lose(cut)
    await failing.pass(0)
    expect(failing.value()).toBe('error')
    expect(failing.time.pending).toEqual([])
  })

  test('where there is none, no timer is armed for it', async () => {
    const { actor, time, pass } = simulate()
    actor.send({ type: 'connect' })
    await pass(0)
    expect(time.pending).toEqual([10_000])
  })
})

test('a restored connection has its total timeout and its backoff again', async () => {
  const first = simulate({ totalTimeout: 5_000 })
  await first.opened()
  const snapshot = JSON.parse(JSON.stringify(first.actor.getPersistedSnapshot()))
  first.actor.stop()
  const second = simulate({ totalTimeout: 5_000 }, { snapshot })
  await second.pass(0)
  expect(second.value()).toEqual({ reconnecting: 'dialing' })
  await second.pass(4_999)
  expect(second.value()).toEqual({ reconnecting: 'dialing' })
  await second.pass(1)
  expect(second.failure()).toBe('total_timeout')
})

test('the sentence of a timeout says how long it was', async () => {
  const sentences: (string | undefined)[] = []
  for (const input of [
    { connectTimeout: 700 },
    { firstByteTimeout: 60 },
    { idleTimeout: 80 },
    { heartbeatInterval: 90 },
    { totalTimeout: 50 },
  ]) {
    const { actor, last, pass, context } = simulate({ random: () => 0.99, ...input })
    actor.send({ type: 'connect' })
    await pass(0)
    if (!('connectTimeout' in input)) last().open()
    await pass('connectTimeout' in input ? 700 : 'heartbeatInterval' in input ? 180 : 85)
    sentences.push(context().failure?.message)
  }
  expect(sentences).toEqual([
    'The server did not answer within 700 ms.',
    'No byte followed the answer within 60 ms.',
    'Nothing came for 80 ms.',
    'Nothing was heard from the server for 180 ms.',
    'It was not done within 50 ms.',
  ])
})
