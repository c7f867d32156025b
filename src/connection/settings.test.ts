import { expect, test } from 'vitest'
import { longestDelay } from './backoff.ts'
import { checkInput, settingsOf } from './settings.ts'

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
