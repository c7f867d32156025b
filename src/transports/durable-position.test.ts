import { expect, test } from 'vitest'
import type { Bookmark, Message } from '../link.ts'
import { createTracker, formatPlace, parsePlace } from './durable-position.ts'

test.each([
  ['-1', { offset: '-1', skip: 0 }],
  ['now', { offset: 'now', skip: 0 }],
  ['0192f0a1b2c3d4e5_0001_0000000000000042', { offset: '0192f0a1b2c3d4e5_0001_0000000000000042', skip: 0 }],
  ['o+12', { offset: 'o', skip: 12 }],
  ['a+b', { offset: 'a+b', skip: 0 }],
  ['a+1+2', { offset: 'a+1', skip: 2 }],
])('%s is read and written back', (position, place) => {
  expect(parsePlace(position)).toEqual(place)
  expect(formatPlace(place)).toBe(position)
})

test('a cut after any record of any unit, any number of times, hands over each record once', () => {
  // A log of 12 records; the server names an offset only at the end of each unit, and cuts units anew on every read.
  const log = Array.from({ length: 12 }, (_, index) => index)
  let seed = 1
  const random = (below: number): number => {
    // Xorshift with a fixed seed: every run tries the same 500 histories.
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return (seed >>> 0) % below
  }
  for (let history = 0; history < 500; history++) {
    const seen: unknown[] = []
    let position = '0'
    while (seen.length < log.length) {
      const { offset, skip } = parsePlace(position)
      const tracker = createTracker(offset, skip)
      let at = Number(offset)
      let room = random(5) + 1
      const emit = (item: Message | Bookmark): void => {
        if (room === 0) return
        if (item.data !== undefined) {
          seen.push(item.data)
          room--
        }
        position = item.position ?? position
      }
      while (room > 0 && at < log.length) {
        const size = Math.min(random(6), log.length - at)
        at += size
        if (size === 0) tracker.commit(String(at), emit)
        else tracker.records(log.slice(at - size, at), String(at), emit)
      }
    }
    expect(seen).toEqual(log)
  }
})
