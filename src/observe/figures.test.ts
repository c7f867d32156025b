import { expect, it } from 'vitest'
import { emptyHistogram, mergeHistograms, withDuration } from './histogram.ts'
import { durationBounds } from './metrics.ts'
import { placeOf } from './place.ts'
import { statePaths, stateText } from './state-paths.ts'
import { Tally } from './tally.ts'

it('names every active state, and in one text only the innermost', () => {
  const value = { connected: { flow: 'flowing', liveness: { watched: 'alive' } } }
  expect(statePaths('idle')).toEqual(['idle'])
  expect(statePaths(value)).toEqual([
    'connected',
    'connected.flow',
    'connected.flow.flowing',
    'connected.liveness',
    'connected.liveness.watched',
    'connected.liveness.watched.alive',
  ])
  expect(stateText(value)).toBe('connected.flow.flowing, connected.liveness.watched.alive')
  expect(stateText({ reconnecting: 'waiting' })).toBe('reconnecting.waiting')
})

it('puts a duration into the bucket whose bound it does not pass', () => {
  const bucketOf = (milliseconds: number): number => withDuration(emptyHistogram, milliseconds).buckets.indexOf(1)
  expect(durationBounds[bucketOf(0)]).toBe(5)
  expect(durationBounds[bucketOf(5)]).toBe(5)
  expect(durationBounds[bucketOf(5.001)]).toBe(10)
  expect(bucketOf(durationBounds.at(-1) ?? 0)).toBe(durationBounds.length - 1)
  expect(bucketOf(1e12)).toBe(durationBounds.length)
})

it('keeps the smallest of two histograms also when one is empty', () => {
  const some = [40, 7].reduce(withDuration, emptyHistogram)
  expect(some).toMatchObject({ count: 2, sum: 47, min: 7, max: 40 })
  expect(mergeHistograms(emptyHistogram, some)).toEqual(some)
  expect(mergeHistograms(some, emptyHistogram)).toEqual(some)
  expect(mergeHistograms(some, withDuration(emptyHistogram, 3))).toMatchObject({ count: 3, sum: 50, min: 3, max: 40 })
})

it('shows of an address its origin and path only', () => {
  const secret = 'https://user:word@example.com:8443/feed/7?token=private#part'
  expect(placeOf({ url: secret })).toBe('https://example.com:8443/feed/7')
  expect(placeOf({ url: new URL(secret) })).toBe('https://example.com:8443/feed/7')
  expect(placeOf({ url: 'wss://example.com' })).toBe('wss://example.com/')
  expect(placeOf({ url: 'no address' })).toBeUndefined()
  expect(placeOf({})).toBeUndefined()
})

it('counts whatever a server calls its protocol', () => {
  const tally = new Tally()
  for (const name of ['__proto__', 'constructor', '__proto__']) tally.add(name)
  expect(JSON.stringify(tally.counts())).toBe('{"__proto__":2,"constructor":1}')
})
