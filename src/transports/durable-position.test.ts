import { expect, test } from 'vitest'
import type { Bookmark, Message } from '../link.ts'
import { formatOffset } from '../wire/offset.ts'
import { checkPlace, createTracker, formatPlace, parsePlace } from './durable-position.ts'

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

const at = (seq: number, gen = '0192f0a1b2c3d4e5') => formatOffset({ gen, term: 1, seq })

/** What is handed over of units that are named by the numbers of their first and last record, and the place behind them. */
function told(base: string, skip: number, ...units: readonly (readonly [first: number, last: number])[]) {
  const tracker = createTracker(base, skip)
  const seen: unknown[] = []
  let failure: unknown
  try {
    for (const [first, last] of units) {
      const data = Array.from({ length: last - first + 1 }, (_, index) => first + index)
      tracker.records(data, at(last), (item) => void (item.data !== undefined && seen.push(item.data)))
    }
  } catch (thrown) {
    failure = thrown
  }
  return { seen, position: tracker.position, failure }
}

const interrupted = expect.objectContaining({ code: 'interrupted' })

test.each([
  [
    'a unit that comes twice',
    0,
    [
      [1, 3],
      [1, 3],
      [4, 5],
    ],
    [1, 2, 3, 4, 5],
    at(5),
  ],
  [
    'an overlap',
    0,
    [
      [1, 3],
      [2, 5],
      [5, 6],
    ],
    [1, 2, 3, 4, 5, 6],
    at(6),
  ],
  [
    'a step back',
    0,
    [
      [1, 4],
      [1, 1],
    ],
    [1, 2, 3, 4],
    at(4),
  ],
  [
    'a beginning before the place',
    2,
    [
      [1, 1],
      [1, 4],
    ],
    [3, 4],
    at(4),
  ],
  ['known records that are left out', 3, [[3, 5]], [4, 5], at(5)],
] as const)('%s is cut down to what is new', (_, skip, units, seen, position) => {
  expect(told(at(0), skip, ...units)).toEqual({ seen, position, failure: undefined })
})

test.each([
  [
    'a hole',
    0,
    [
      [1, 2],
      [4, 6],
    ],
    [1, 2],
    at(2),
  ],
  [
    'a change of places',
    0,
    [
      [1, 2],
      [5, 6],
      [3, 4],
    ],
    [1, 2],
    at(2),
  ],
  ['a hole behind what is known', 2, [[4, 5]], [], `${at(0)}+2`],
] as const)('%s ends the link at the last record that is sure', (_, skip, units, seen, position) => {
  expect(told(at(0), skip, ...units)).toEqual({ seen, position, failure: interrupted })
})

test('records of another stream end the link', () => {
  expect(told(at(0, 'f'.repeat(16)), 0, [1, 2])).toMatchObject({ seen: [], failure: interrupted })
})

test('an offset that is named without records passes over known ones only, and never goes back', () => {
  const seen: unknown[] = []
  const emit = (item: Message | Bookmark): void => void seen.push(item.position)
  const tracker = createTracker(at(5), 3)
  for (const seq of [4, 5, 7]) tracker.commit(at(seq), emit)
  expect([seen, tracker.position, tracker.ahead]).toEqual([[`${at(7)}+1`], `${at(7)}+1`, true])
  expect(() => tracker.commit(at(9), emit)).toThrow(interrupted)
  tracker.commit(at(8), emit)
  expect([seen, tracker.position, tracker.ahead]).toEqual([[`${at(7)}+1`, at(8)], at(8), false])
})

test('pieces of any size show a repetition, and no hole', () => {
  const seen: unknown[] = []
  const tracker = createTracker(at(0), 0)
  for (const [piece, seq] of [
    ['ab', 2],
    ['ab', 2],
    ['c', 1],
    ['def', 9],
  ] as const)
    tracker.pieces([piece], at(seq), (item) => void seen.push(item.data))
  expect([seen, tracker.position]).toEqual([['ab', 'def'], at(9)])
})

test('of opaque offsets, one that comes a second time is a repetition', () => {
  const seen: unknown[] = []
  const tracker = createTracker('a', 0)
  for (const next of ['b', 'b', 'c']) tracker.records([next], next, (item) => void seen.push(item.data))
  expect(seen).toEqual(['b', 'c'])
})

test('a place further past its offset than a page is long is refused, but of opaque offsets nobody knows', () => {
  for (const place of [
    { offset: at(5), skip: 1_000 },
    { offset: 'o', skip: 1_001 },
  ])
    expect(() => checkPlace(place)).not.toThrow()
  expect(() => checkPlace({ offset: at(5), skip: 1_001 })).toThrow(expect.objectContaining({ code: 'bad_option' }))
})
