import { expect, test } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { Bucket, Buckets } from './bucket.ts'

const payAll = (pay: () => number, times: number): number[] => Array.from({ length: times }, pay)

test.each([
  ['requests', { perSecond: 50, burst: 200 }, 20],
  ['publishes', { perSecond: 20, burst: 60 }, 50],
  ['handshakes', { perSecond: 10, burst: 50 }, 100],
  ['odd fractions', { perSecond: 3, burst: 7 }, 334],
])('%s: the burst at once, then one after each interval', (_what, rate, interval) => {
  const clock = manualClock()
  const bucket = new Bucket(rate, clock)
  const pay = () => bucket.pay(1)
  expect(payAll(pay, rate.burst)).toEqual(Array(rate.burst).fill(0))
  expect(pay()).toBe(interval)
  clock.advance(interval - 1)
  expect(pay()).toBe(1)
  clock.advance(1)
  expect(pay()).toBe(0)
  expect(pay()).toBeGreaterThan(0)
  clock.advance(3_600_000)
  expect(payAll(pay, rate.burst + 1).filter((wait) => wait === 0)).toHaveLength(rate.burst)
})

test('who is refused pays nothing, so that trying again does not move the day further away', () => {
  const clock = manualClock()
  const bucket = new Bucket({ perSecond: 1, burst: 1 }, clock)
  bucket.pay(1)
  for (let tries = 0; tries < 100; tries++) expect(bucket.pay(1)).toBe(1000)
  clock.advance(1000)
  expect(bucket.pay(1)).toBe(0)
})

test('bytes: something larger than the bucket passes when it is full, and is paid for afterwards', () => {
  const clock = manualClock()
  const bucket = new Bucket({ perSecond: 1000, burst: 1000 }, clock)
  expect(bucket.pay(1)).toBe(0)
  expect(bucket.pay(5000)).toBe(1)
  clock.advance(1)
  expect(bucket.pay(5000)).toBe(0)
  expect(bucket.pay(1)).toBe(4001)
  clock.advance(4001)
  expect(bucket.pay(1)).toBe(0)
})

test('a million fractions add up to what was paid for', () => {
  const clock = manualClock()
  const bucket = new Bucket({ perSecond: 262_144, burst: 1_048_576 }, clock)
  for (let paid = 0; paid < 1_048_576; paid++) if (bucket.pay(1) !== 0) throw new Error(`Refused after ${paid}.`)
  expect(bucket.pay(1)).toBe(1)
})

test.each([
  { perSecond: Number.POSITIVE_INFINITY, burst: 1 },
  { perSecond: 1, burst: Number.POSITIVE_INFINITY },
])('infinity lifts the limit: %j', (rate) => {
  const clock = manualClock()
  const [one, all] = [new Bucket(rate, clock), new Buckets(rate, clock)]
  for (let times = 0; times < 10; times++) expect([one.pay(1e12), all.pay('a', 1e12)]).toEqual([0, 0])
  expect(all.size).toBe(0)
})

test('everybody has a bucket of his own', () => {
  const buckets = new Buckets({ perSecond: 1, burst: 1 }, manualClock())
  expect(['a', 'b', 'a', '__proto__', '__proto__'].map((key) => buckets.pay(key, 1))).toEqual([0, 0, 1000, 0, 1000])
})

test('a full bucket is no bucket: those who are quiet cost nothing', () => {
  const clock = manualClock()
  const buckets = new Buckets({ perSecond: 10, burst: 10 }, clock)
  for (let key = 0; key < 1000; key++) buckets.pay(`quiet ${key}`, 1)
  expect(buckets.size).toBe(1000)
  clock.advance(100)
  for (let times = 0; times < 600; times++) {
    clock.advance(100)
    buckets.pay('busy', 1)
  }
  expect(buckets.size).toBe(1)
})

test('a flood of keys takes bounded memory, and the busy ones are remembered', () => {
  const buckets = new Buckets({ perSecond: 1, burst: 1 }, manualClock(), 100)
  buckets.pay('busy', 1)
  for (let key = 0; key < 10_000; key++) {
    buckets.pay(`flood ${key}`, 1)
    expect(buckets.pay('busy', 1)).toBe(1000)
  }
  expect(buckets.size).toBe(100)
})
