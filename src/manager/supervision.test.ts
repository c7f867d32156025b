import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import { type Ended, type RestartPolicy, type RestartType, restartingOf, verdictOn } from './supervision.ts'

const failed: Ended = { how: 'failed', error: new TransportError('network', 'Cut.') }
const done: Ended = { how: 'done' }
const closed: Ended = { how: 'closed' }

test.each<[RestartType, Ended, 'leave' | 'restart']>([
  ['permanent', failed, 'restart'],
  ['permanent', done, 'restart'],
  ['permanent', closed, 'leave'],
  ['transient', failed, 'restart'],
  ['transient', done, 'leave'],
  ['transient', closed, 'leave'],
  ['temporary', failed, 'leave'],
  ['temporary', done, 'leave'],
  ['temporary', closed, 'leave'],
])('what is %s and is over (%o): %s', (type, ended, verdict) => {
  expect(verdictOn(ended, restartingOf(type), [], 0, 0)).toMatchObject({ verdict })
})

describe('the intensity limit', () => {
  const policy = restartingOf({ type: 'permanent', maxRestarts: 2, period: 1_000 })

  test('so many restarts within a period, and with the next end the manager gives up', () => {
    expect(verdictOn(failed, policy, [0], 500, 0)).toMatchObject({ verdict: 'restart', restarts: [0, 500] })
    const verdict = verdictOn(failed, policy, [0, 500], 999, 0)
    expect(verdict).toMatchObject({
      verdict: 'giveUp',
      error: { code: 'restarts_spent', cause: failed.how === 'failed' ? failed.error : null },
    })
    expect(verdict).toHaveProperty('error.message', expect.stringContaining('2 times within 1000 ms'))
  })

  test('what is a period ago counts no more, to the millisecond, and is forgotten', () => {
    expect(verdictOn(failed, policy, [0, 500], 1_000, 0)).toMatchObject({ verdict: 'restart', restarts: [500, 1_000] })
    expect(verdictOn(failed, policy, [0, 500], 9_000, 0)).toMatchObject({ verdict: 'restart', restarts: [9_000] })
  })

  test('who came to its end again and again gave up without a cause', () => {
    const verdict = verdictOn(done, policy, [0, 500], 999, 0)
    expect(verdict).toMatchObject({ verdict: 'giveUp', error: { code: 'restarts_spent' } })
    expect(verdict).not.toHaveProperty('error.cause')
  })

  test('no restart at all may be allowed', () => {
    const none = restartingOf({ type: 'transient', maxRestarts: 0 })
    expect(verdictOn(failed, none, [], 0, 0)).toMatchObject({ verdict: 'giveUp' })
  })

  test('the list that was given is left as it was', () => {
    const restarts = Object.freeze([0])
    verdictOn(failed, policy, restarts, 5_000, 0)
    expect(restarts).toEqual([0])
  })
})

describe('the wait before a restart', () => {
  const policy = restartingOf({ type: 'transient', base: 100, cap: 2_000, maxRestarts: 9, period: 1_000_000 })
  const delay = (restarts: number, chance: number, ended = failed): unknown =>
    verdictOn(ended, policy, Array<number>(restarts).fill(0), 1, chance)

  test.each([
    [0, 100],
    [1, 800],
    [2, 1_600],
    [8, 2_000],
  ])('after %i restarts it is within a window of %i ms', (restarts, window) => {
    expect(delay(restarts, 0)).toMatchObject({ delay: 0 })
    expect(delay(restarts, 0.5)).toMatchObject({ delay: window / 2 })
  })

  test('a server that says when is heard: never before', () => {
    const asked: Ended = { how: 'failed', error: new TransportError('http_status', 'Busy.', { retryAfterMs: 5_000 }) }
    for (const chance of [0, 0.999]) {
      const verdict = verdictOn(asked, policy, [], 0, chance)
      expect(verdict.verdict === 'restart' && verdict.delay).toBeGreaterThanOrEqual(5_000)
    }
  })
})

test('whatever ends however often, no period sees more restarts than the policy allows', () => {
  void fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(fc.nat(400), { maxLength: 100 }),
      (maxRestarts, period, gaps) => {
        const policy = restartingOf({ type: 'permanent', maxRestarts, period })
        const all: number[] = []
        let restarts: readonly number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          const verdict = verdictOn(done, policy, restarts, now, 0)
          const recent = all.filter((then) => then > now - period).length
          expect(verdict.verdict).toBe(recent < maxRestarts ? 'restart' : 'giveUp')
          if (verdict.verdict !== 'restart') continue
          restarts = verdict.restarts
          all.push(now)
          expect(restarts.length).toBeLessThanOrEqual(maxRestarts)
        }
      },
    ),
    { numRuns: 100 },
  )
})

describe('a policy', () => {
  const usual = { type: 'temporary', maxRestarts: 5, period: 300_000, base: 1_000, cap: 30_000 }

  test.each<[RestartType | RestartPolicy | undefined, object]>([
    [undefined, usual],
    ['permanent', { ...usual, type: 'permanent' }],
    [{}, usual],
    [
      { type: 'transient', maxRestarts: 0 },
      { ...usual, type: 'transient', maxRestarts: 0 },
    ],
    [
      { type: undefined, period: undefined, maxRestarts: Number.POSITIVE_INFINITY },
      { ...usual, maxRestarts: Number.POSITIVE_INFINITY },
    ],
    [
      { base: 1, cap: 2, period: 3 },
      { ...usual, base: 1, cap: 2, period: 3 },
    ],
  ])('%o is taken, and what it leaves open filled in', (given, expected) => {
    expect(restartingOf(given)).toEqual(expected)
  })

  test.each<[unknown, string]>([
    ['always', 'restart.type'],
    [null, 'restart.type'],
    [{ type: 'Permanent' }, 'restart.type'],
    [{ maxRestarts: -1 }, 'restart.maxRestarts'],
    [{ maxRestarts: Number.NaN }, 'restart.maxRestarts'],
    [{ period: 0 }, 'restart.period'],
    [{ base: -5 }, 'restart.base'],
    [{ cap: Number.NaN }, 'restart.cap'],
  ])('%o is refused, and what is wrong with it named', (given, name) => {
    expect(() => restartingOf(given as RestartPolicy)).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }),
    )
  })
})
