import { describe, expect, test } from 'vitest'
import { emptyMetrics } from '../observe/merge-metrics.ts'
import { type ConnectionHealth, defaultThresholds, type Health, healthOf, overallHealth } from './health.ts'

function reading(given: Partial<ConnectionHealth> = {}): ConnectionHealth {
  return {
    state: 'connected',
    doubted: false,
    lastByteAge: 100,
    roundTrip: 20,
    connectLatency: 30,
    deliveryRate: 10,
    queued: 0,
    bufferedBytes: 0,
    memory: 11_000,
    attempts: 1,
    failures: 0,
    failuresInRow: 0,
    lastFailure: null,
    recoveries: 0,
    metrics: emptyMetrics,
    ...given,
  }
}

describe('one connection', () => {
  test('is healthy while nothing speaks against it, and when it rests by intent', () => {
    expect(healthOf(reading())).toEqual({ status: 'healthy' })
    expect(healthOf(reading({ state: 'connecting', lastByteAge: null, roundTrip: null }))).toEqual({
      status: 'healthy',
    })
    for (const state of ['idle', 'closed'] as const) {
      expect(healthOf(reading({ state, queued: 10_000, failuresInRow: 9 }))).toEqual({ status: 'healthy' })
    }
  })

  test('has failed when it rests in error, with the code', () => {
    expect(healthOf(reading({ state: 'error', lastFailure: 'http_status' }))).toEqual({
      status: 'failed',
      code: 'http_status',
    })
  })

  test('is degraded by what its chart says, with every reason', () => {
    expect(healthOf(reading({ state: 'reconnecting', failuresInRow: 3 }))).toEqual({
      status: 'degraded',
      reasons: ['reconnecting', 'failuresInRow'],
    })
    expect(healthOf(reading({ doubted: true }))).toEqual({ status: 'degraded', reasons: ['doubted'] })
  })

  const limits = Object.entries(defaultThresholds).filter(([, limit]) => Number.isFinite(limit))
  test.each(limits)('is degraded from %s %d on, and not before', (name, limit) => {
    expect(healthOf(reading({ [name]: limit - 1 }))).toEqual({ status: 'healthy' })
    expect(healthOf(reading({ [name]: limit }))).toEqual({ status: 'degraded', reasons: [name] })
    expect(healthOf(reading({ [name]: limit }), { [name]: Number.POSITIVE_INFINITY })).toEqual({ status: 'healthy' })
  })

  test('may be silent for ever unless somebody says otherwise', () => {
    expect(healthOf(reading({ lastByteAge: 1e9 }))).toEqual({ status: 'healthy' })
    expect(healthOf(reading({ lastByteAge: 5_000 }), { lastByteAge: 5_000 })).toEqual({
      status: 'degraded',
      reasons: ['lastByteAge'],
    })
  })
})

describe('all of them', () => {
  const healthy: Health = { status: 'healthy' }
  const degraded: Health = { status: 'degraded', reasons: ['doubted'] }
  const failed: Health = { status: 'failed', code: null }

  test.each([
    [[], 'healthy'],
    [[healthy, healthy], 'healthy'],
    [[healthy, degraded], 'degraded'],
    [[healthy, failed], 'degraded'],
    [[degraded, failed], 'degraded'],
    [[failed, failed], 'failed'],
  ] as const)('%j are %s', (verdicts, status) => {
    const count = (one: Health): number => verdicts.filter((verdict) => verdict === one).length
    expect(overallHealth(verdicts)).toEqual({
      status,
      healthy: count(healthy),
      degraded: count(degraded),
      failed: count(failed),
    })
  })
})
