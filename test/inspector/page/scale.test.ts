import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { axisOf } from '../../../inspector/page/timeline/axis.ts'
import { dragged, scaled, stretchOf, ticks } from '../../../inspector/page/timeline/scale.ts'
import { heightOf, trafficOf } from '../../../inspector/page/timeline/traffic.ts'
import type { Entry } from '../../../inspector/session/view.ts'

describe('the timeline', () => {
  test('shows the newest instant whole while it moves on', () => {
    const stretch = stretchOf({ kind: 'recent', span: 30_000 }, 100_000)
    expect(stretch.to).toBeGreaterThan(100_000)
    expect(stretch.to - stretch.from).toBe(30_000)
  })

  test('is dragged out the same to the left and to the right, and never to nothing', () => {
    expect(dragged(100, 400)).toEqual({ kind: 'fixed', from: 100, to: 400 })
    expect(dragged(400, 100)).toEqual(dragged(100, 400))
    expect(dragged(100, 101)).toEqual({ kind: 'fixed', from: 75.5, to: 125.5 })
  })

  test('keeps the instant under the pointer while it zooms', () => {
    expect(scaled({ kind: 'fixed', from: 0, to: 100 }, 0.5, 25)).toEqual({ kind: 'fixed', from: 12.5, to: 62.5 })
    expect(scaled({ kind: 'recent', span: 100 }, 2, 0)).toEqual({ kind: 'recent', span: 200 })
  })

  test('has a few round ticks, whatever it shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 0 }), fc.integer({ min: 50, max: 80_000_000 }), (from, span) => {
        const found = ticks({ from, to: from + span }, span / 1_000)
        expect(found.length).toBeLessThanOrEqual(12)
        expect(found.every((t) => t >= from - 1e-3 && t <= from + span + 1e-3)).toBe(true)
      }),
    )
  })
})

const event = (seq: number, t: number, type: string, actor = 'a'): Entry => ({
  kind: 'event',
  seq,
  t,
  actor,
  source: null,
  type,
})
const frame = (seq: number, t: number): Entry => ({
  kind: 'frame',
  seq,
  t,
  actor: 'a',
  direction: 'in',
  what: 'message',
  bytes: 1,
  position: null,
  text: null,
})

describe('traffic', () => {
  test('is counted by slices, of one actor, within the stretch', () => {
    const entries = [frame(1, 5), frame(2, 12), frame(3, 14), event(4, 15, 'other', 'b'), frame(5, 55), frame(6, 200)]
    expect(trafficOf(entries, 'a', axisOf({ from: 0, to: 100 }, 10), 10).bars).toEqual([1, 2, 0, 0, 0, 1, 0, 0, 0, 0])
  })

  test('has a mark for each event, but none for a flood of one kind', () => {
    const flood = Array.from({ length: 60 }, (_, index) => event(index, index, 'tick'))
    const { marks, bars } = trafficOf([...flood, event(99, 70, 'pause')], 'a', axisOf({ from: 0, to: 100 }, 10), 10)
    expect(marks.map(({ words, kind }) => [words, kind])).toEqual([['pause', 'user']])
    expect(bars.slice(0, 6)).toEqual([10, 10, 10, 10, 10, 10])
  })

  test('grows by one step for each ten times as much', () => {
    expect([0, 1, 10, 100, 1_000, 100_000].map(heightOf)).toEqual([0, 0.25, 0.5, 0.75, 1, 1])
  })
})
