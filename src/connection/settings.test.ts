import { expect, test } from 'vitest'
import { longestDelay } from './backoff.ts'
import { checkInput, settingsOf, watched } from './settings.ts'

test('the defaults are those of the architecture, and survive JSON', () => {
  const settings = settingsOf({})
  expect(settings).toMatchObject({
    connectTimeout: 10_000,
    stableAfter: 10_000,
    backoff: { base: 500, cap: 20_000 },
    repeatable: true,
  })
  expect(JSON.parse(JSON.stringify(settings))).toEqual(settings)
})

test('no heartbeat and no limit of attempts are numbers, because a timer of Infinity fires at once', () => {
  const settings = settingsOf({ heartbeatInterval: Number.POSITIVE_INFINITY, maxAttempts: Number.POSITIVE_INFINITY })
  expect(settings.heartbeatInterval).toBe(longestDelay)
  expect(settings.maxAttempts).toBe(Number.MAX_SAFE_INTEGER)
  expect(() =>
    checkInput({ heartbeatInterval: Number.POSITIVE_INFINITY, maxAttempts: Number.POSITIVE_INFINITY }),
  ).not.toThrow()
})

test.each([
  [{ connectTimeout: 0 }, 'connectTimeout'],
  [{ connectTimeout: Number.NaN }, 'connectTimeout'],
  [{ connectTimeout: 2 ** 31 }, 'connectTimeout'],
  [{ heartbeatInterval: -1 }, 'heartbeatInterval'],
  [{ stableAfter: -5 }, 'stableAfter'],
  [{ backoff: { base: 0 } }, 'backoff.base'],
  [{ backoff: { cap: Number.POSITIVE_INFINITY } }, 'backoff.cap'],
  [{ maxAttempts: -1 }, 'maxAttempts'],
])('%o is refused and named, and no timer is armed with it', (input, name) => {
  expect(settingsOf({ ...input, maxAttempts: 0 })).toEqual(settingsOf({ maxAttempts: 0 }))
  expect(() => checkInput(input)).toThrow(
    expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }),
  )
})

test('every default, one by one', () => {
  expect(settingsOf({})).toEqual({
    lazy: false,
    pauseWhenHidden: false,
    connectTimeout: 10_000,
    firstByteTimeout: longestDelay,
    idleTimeout: longestDelay,
    totalTimeout: longestDelay,
    closeTimeout: 5_000,
    heartbeatInterval: longestDelay,
    probeTimeout: 3_000,
    stableAfter: 10_000,
    maxElapsedTime: longestDelay,
    maxAttempts: Number.MAX_SAFE_INTEGER,
    backoff: { base: 500, cap: 20_000 },
    repeatable: true,
  })
})

test('each option is taken as it is given, alone or with others', () => {
  const given = {
    lazy: true,
    pauseWhenHidden: true,
    connectTimeout: 1,
    firstByteTimeout: 2,
    idleTimeout: 3,
    totalTimeout: 4,
    closeTimeout: 5,
    heartbeatInterval: 6,
    probeTimeout: 7,
    stableAfter: 8,
    maxElapsedTime: 9,
    maxAttempts: 10,
    backoff: { base: 11, cap: 12 },
    repeatable: false,
  }
  expect(settingsOf(given)).toEqual(given)
  for (const [name, value] of Object.entries(given)) {
    expect(settingsOf({ [name]: value })).toEqual({ ...settingsOf({}), [name]: value })
  }
  expect(settingsOf({ backoff: { cap: 12 } }).backoff).toEqual({ base: 500, cap: 12 })
  expect(() => checkInput(given)).not.toThrow()
})

test('protocols with a promise of 5 s say nothing else', () => {
  expect(watched).toEqual({ heartbeatInterval: 5_000 })
})

const limits = ['firstByteTimeout', 'idleTimeout', 'totalTimeout', 'heartbeatInterval', 'maxElapsedTime'] as const
const finite = ['connectTimeout', 'closeTimeout', 'probeTimeout', 'stableAfter'] as const

test.each(limits)('%s may be without limit, and is between 1 ms and 24 days otherwise', (name) => {
  expect(settingsOf({ [name]: Number.POSITIVE_INFINITY })[name]).toBe(longestDelay)
  for (const taken of [Number.POSITIVE_INFINITY, 0.5, 1, longestDelay, undefined]) {
    expect(() => checkInput({ [name]: taken })).not.toThrow()
  }
  for (const wrong of [0, -1, Number.NaN, longestDelay + 1, Number.NEGATIVE_INFINITY]) {
    expect(() => checkInput({ [name]: wrong })).toThrow(`Option ${name} must be between 1 ms and 24 days.`)
  }
})

test.each(finite)('%s must have an end', (name) => {
  for (const taken of [1, longestDelay, undefined]) expect(() => checkInput({ [name]: taken })).not.toThrow()
  for (const wrong of [0, longestDelay + 1, Number.POSITIVE_INFINITY]) {
    expect(() => checkInput({ [name]: wrong })).toThrow(`Option ${name} must be`)
    expect(settingsOf({ [name]: wrong })[name]).toBe(settingsOf({})[name])
  }
})

test('counts have their own bounds, and are named', () => {
  expect(() => checkInput({ maxAttempts: 0, retryBudget: 1 })).not.toThrow()
  expect(() => checkInput({ maxAttempts: -1 })).toThrow('Option maxAttempts must be zero or more.')
  expect(() => checkInput({ maxAttempts: Number.NaN })).toThrow('maxAttempts')
  expect(() => checkInput({ retryBudget: 0.9 })).toThrow('Option retryBudget must be one or more.')
  expect(() => checkInput({ retryBudget: Number.NaN })).toThrow('retryBudget')
  expect(() => checkInput({ backoff: { base: -1 } })).toThrow('backoff.base')
  expect(() => checkInput({ outbox: { messages: 0 } })).toThrow(expect.objectContaining({ code: 'bad_option' }))
})
