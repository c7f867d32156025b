import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { axisOf } from '../../../inspector/page/timeline/axis.ts'
import { longestEmpty, shifted, stretchWith } from '../../../inspector/page/timeline/scale.ts'
import { emptyTime, levelOf, trafficOf } from '../../../inspector/page/timeline/traffic.ts'
import type { Entry } from '../../../inspector/session/view.ts'

const drawn = fc
  .record({
    from: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    width: fc.integer({ min: 1, max: 2_500 }),
    /** Busy and empty lengths in turn. */
    lengths: fc.array(fc.integer({ min: 1, max: 500_000 }), { minLength: 1, maxLength: 13 }),
    cutStart: fc.integer({ min: 0, max: 300_000 }),
  })
  .map(({ from, width, lengths, cutStart }) => {
    let end = from
    const ends = lengths.map((length) => {
      end += length
      return end
    })
    const gaps = ends.flatMap((to, index) => (index % 2 === 1 ? [{ from: ends[index - 1] ?? from, to }] : []))
    const stretch = { from: Math.min(end - 1, from + cutStart), to: end }
    return { stretch, axis: axisOf(stretch, width, gaps), width }
  })
const share = fc.double({ min: -0.2, max: 1.2, noNaN: true })

describe('an axis with collapsed time', () => {
  test('never goes back, and finds the instant under a pixel again', () => {
    fc.assert(
      fc.property(drawn, share, share, ({ stretch, axis }, one, other) => {
        const span = stretch.to - stretch.from
        const [a, b] = [stretch.from + one * span, stretch.from + other * span].sort((x, y) => x - y)
        expect(axis.toPixels(a ?? 0)).toBeLessThanOrEqual(axis.toPixels(b ?? 0) + 1e-6)
        expect(Math.abs(axis.toTime(axis.toPixels(a ?? 0)) - (a ?? 0))).toBeLessThan(span * 1e-6 + 1e-3)
      }),
    )
  })

  test('fills the width, and leaves most of it to what happened', () => {
    fc.assert(
      fc.property(drawn, ({ stretch, axis, width }) => {
        expect(axis.toPixels(stretch.from)).toBeCloseTo(0, 6)
        expect(axis.toPixels(stretch.to)).toBeCloseTo(width, 3)
        const collapsed = axis.gaps.reduce((sum, { left, right }) => sum + right - left, 0)
        expect(collapsed).toBeLessThanOrEqual(width * 0.4 + 1e-6)
        expect(axis.perPixel).toBeLessThanOrEqual((stretch.to - stretch.from) / width + 1e-6)
      }),
    )
  })

  test('gives an hour of nothing the room of its words', () => {
    const axis = axisOf({ from: 0, to: 3_610_000 }, 1_000, [{ from: 5_000, to: 3_605_000 }])
    expect(axis.gaps.map(({ left, right }) => Math.round(right - left))).toEqual([64])
    expect(axis.toPixels(5_000)).toBeCloseTo((1_000 - 64) / 2)
  })

  test('lets a gap that moves out of sight shrink away, without a jump', () => {
    const gap = { from: 0, to: 20_000 }
    const rooms = [19_000, 19_900, 19_990, 20_001].map((from) => {
      const { gaps } = axisOf({ from, to: from + 30_000 }, 1_000, [gap])
      return gaps.reduce((sum, { left, right }) => sum + right - left, 0)
    })
    expect(rooms.map(Math.round)).toEqual([33, 3, 0, 0])
  })

  test('collapses nothing when all that is shown is empty', () => {
    expect(axisOf({ from: 10, to: 20 }, 100, [{ from: 0, to: 30 }]).gaps).toEqual([])
  })
})

const entry = (t: number, more: Partial<Entry> = {}): Entry => {
  const frame = { kind: 'frame', seq: t, t, actor: 'a', direction: 'in', what: 'message' } as const
  return { ...frame, bytes: 1, position: null, text: null, ...more } as Entry
}

describe('empty time', () => {
  test('lies between two entries of the actor, and begins before what is shown where it does', () => {
    const entries = [entry(0), entry(20_000), entry(21_000), entry(25_000, { actor: 'b' }), entry(40_000)]
    expect(emptyTime(entries, 'a', { from: 10_000, to: 50_000 }, 5_000)).toEqual([
      { from: 0, to: 20_000 },
      { from: 21_000, to: 40_000 },
    ])
  })

  test('ends after what is shown where it does, and has no end while nothing has come', () => {
    const entries = [entry(1_000), entry(60_000)]
    expect(emptyTime(entries, 'a', { from: 0, to: 30_000 }, 5_000)).toEqual([{ from: 1_000, to: 60_000 }])
    expect(emptyTime(entries.slice(0, 1), 'a', { from: 0, to: 30_000 }, 5_000)).toEqual([])
  })

  test('is never shorter than five seconds, nor than a quarter of what is shown', () => {
    expect([longestEmpty({ from: 0, to: 1_000 }), longestEmpty({ from: 0, to: 100_000 })]).toEqual([5_000, 25_000])
  })
})

test('the gaps between what arrives are told by their median, a slice at a time, without what goes out', () => {
  const entries = [0, 10, 20, 30, 500, 510, 530].map((t) => entry(t))
  const out = entry(505, { direction: 'out', what: 'send' })
  const { gaps } = trafficOf(
    [...entries, out].sort((a, b) => a.t - b.t),
    'a',
    axisOf({ from: -1, to: 999 }, 100),
    10,
  )
  expect(gaps.flatMap((gap) => gap ?? [])).toEqual([10, 20])
  expect([1, 10, 100, 10_000, 100_000, 0].map(levelOf)).toEqual([0, 0.25, 0.5, 1, 1, 0])
})

test('what moves on does not leave an instant behind that the page shows', () => {
  const window = { kind: 'recent', span: 10_000 } as const
  expect(stretchWith(window, 100_000, 99_000)).toEqual(stretchWith(window, 100_000, null))
  expect(stretchWith(window, 100_000, 50_000)).toEqual({ from: 45_000, to: 55_000 })
  expect(stretchWith({ kind: 'fixed', from: 0, to: 10 }, 100_000, 50_000)).toEqual({ from: 0, to: 10 })
  expect(shifted({ from: 100, to: 200 }, -0.5)).toEqual({ kind: 'fixed', from: 50, to: 150 })
})
