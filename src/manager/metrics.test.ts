import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rows } from '../../test/transports/rows.ts'
import { freshRoom, Session } from '../../test/transports/session.ts'
import { emptyHistogram, withDuration } from '../observe/histogram.ts'
import { mergeMetrics } from '../observe/merge-metrics.ts'
import { durationBounds } from '../observe/metrics.ts'
import { ConnectionMeter } from './meter.ts'
import { summarise } from './metrics.ts'
import { latencyOf, latencyOfAll } from './metrics-latency.ts'

const nothing = { opened: 0, closed: 0, restarted: 0, gaveUp: 0 }

async function metered() {
  const row = rows.find(({ name }) => name === 'sse')
  if (row === undefined) throw new Error('No transport is called sse.')
  const room = await freshRoom({ append: ['one', 'two'] })
  const session = new Session(row, room)
  return { room, session, meter: new ConnectionMeter(session.actor, session.clock) }
}

describe('a summary', () => {
  test('of nothing is zero everywhere, and healthy', () => {
    const none = { count: 0, p50: null, p95: null, max: null }
    expect(summarise([], nothing)).toMatchObject({
      ...nothing,
      connections: 0,
      states: { idle: 0, connecting: 0, connected: 0, reconnecting: 0, error: 0, closed: 0 },
      health: { status: 'healthy' },
      attempts: 0,
      failures: 0,
      latencies: { connect: none, recovery: none, roundTrip: none },
    })
  })

  test('adds up what the meters read of real connections', async () => {
    const [up, other, idle] = [await metered(), await metered(), await metered()]
    await up.session.connect()
    await other.session.connect()
    await Promise.all([up.session.untilTexts(2), other.session.untilTexts(2)])
    await other.room.order({ cut: true })
    await other.session.until(() => other.session.all('connected').length === 2)
    const all = [up, other, idle].map(({ meter }) => meter.read())
    const summary = summarise(all, { ...nothing, opened: 3 })
    expect(summary).toMatchObject({
      opened: 3,
      connections: 3,
      states: { idle: 1, connected: 2 },
      attempts: 3,
      failures: 1,
      recoveries: 1,
      received: 4,
      latencies: { connect: { count: 3 }, recovery: { count: 1 }, roundTrip: { count: 2 } },
    })
    expect(summary.memory).toBe(all.reduce((sum, { memory }) => sum + memory, 0))
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
  })

  test('goes on counting what connections did that are gone', async () => {
    const { meter, session } = await metered()
    await session.connect()
    await session.untilTexts(2)
    session.actor.send({ type: 'close' })
    const past = mergeMetrics([meter.read().metrics])
    const summary = summarise([], { opened: 1, closed: 1, restarted: 0, gaveUp: 0, past })
    expect(summary).toMatchObject({ opened: 1, closed: 1, connections: 0, attempts: 1, received: 2 })
    expect(summary.latencies.connect.count).toBe(1)
    expect(summary).not.toHaveProperty('past')
  })

  test('judges by the thresholds it is given', async () => {
    const { meter, session } = await metered()
    await session.connect()
    session.clock.increment(1_000)
    expect(summarise([meter.read()], nothing).health.status).toBe('healthy')
    expect(summarise([meter.read()], nothing, { lastByteAge: 1_000 }).health).toEqual({
      status: 'degraded',
      healthy: 0,
      degraded: 1,
      failed: 0,
    })
  })
})

describe('latencies', () => {
  test('of few durations are exact', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(latencyOfAll(hundred)).toEqual({ count: 100, p50: 50, p95: 95, max: 100 })
    expect(latencyOfAll([7])).toEqual({ count: 1, p50: 7, p95: 7, max: 7 })
  })

  test('of a histogram are in the bucket of the true quantile, and never outside of what was seen', () => {
    const bucketOf = (milliseconds: number): number => {
      const found = durationBounds.findIndex((bound) => milliseconds <= bound)
      return found < 0 ? durationBounds.length : found
    }
    const durations = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(durations, (given) => {
        const guessed = latencyOf(given.reduce(withDuration, emptyHistogram))
        const exact = latencyOfAll(given)
        expect(guessed.max).toBe(exact.max)
        for (const share of ['p50', 'p95'] as const) {
          expect(bucketOf(guessed[share] ?? -1)).toBe(bucketOf(exact[share] ?? -1))
          expect(guessed[share]).toBeGreaterThanOrEqual(Math.min(...given))
          expect(guessed[share]).toBeLessThanOrEqual(Math.max(...given))
        }
      }),
    )
  })
})
