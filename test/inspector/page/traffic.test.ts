import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Axis, axisOf } from '../../../inspector/page/timeline/axis.ts'
import { longestEmpty } from '../../../inspector/page/timeline/scale.ts'
import { emptyTime, trafficOf } from '../../../inspector/page/timeline/traffic.ts'
import type { Entry } from '../../../inspector/session/view.ts'

const kinds = ['event', 'step', 'in', 'out'] as const

function entryOf(kind: (typeof kinds)[number], actor: string, t: number, seq: number): Entry {
  if (kind === 'event') return { kind, seq, t, actor, source: null, type: `turn ${seq % 3}` }
  if (kind === 'step') return { kind, seq, t, actor, because: 0, taken: null, value: 'on', tags: [], status: 'active' }
  return { kind: 'frame', seq, t, actor, direction: kind, what: 'message', bytes: 1, position: null, text: null }
}

/** Each entry by itself, wherever it stands. */
function countedOneByOne(entries: readonly Entry[], actor: string, axis: Axis, slices: number): number[] {
  const { from, to } = axis.stretch
  const bars = new Array<number>(slices).fill(0)
  for (const { t, kind, actor: own } of entries) {
    if (own !== actor || kind === 'step' || t < from || t > to) continue
    const slice = Math.min(slices - 1, Math.floor((axis.toPixels(t) * slices) / axis.width))
    bars[slice] = (bars[slice] ?? 0) + 1
  }
  return bars
}

const log = fc
  .array(
    fc.record({
      // Many at one instant, few far apart: what a flood and a pause look like.
      after: fc.oneof(fc.constant(0), fc.integer({ max: 40, min: 0 }), fc.integer({ max: 20_000, min: 0 })),
      kind: fc.constantFrom(...kinds),
      actor: fc.constantFrom('a', 'a', 'b'),
    }),
    { maxLength: 200 },
  )
  .map((told) => {
    let t = 0
    return told.map(({ after, kind, actor }, index) => {
      t += after
      return entryOf(kind, actor, t, index + 1)
    })
  })

test('entries that share a slice are counted together as they are one by one, wherever history is cut and whatever is shown', () => {
  const cut = fc.integer({ min: 0, max: 150 })
  const place = fc.double({ min: -0.2, max: 1, noNaN: true })
  const span = fc.double({ min: 50, max: 200_000, noNaN: true })
  // Powers of two, so that both ways of writing the scale are the same number.
  fc.assert(
    fc.property(log, cut, place, span, fc.constantFrom(64, 256, 1_024), (told, letGo, share, length, width) => {
      const entries = told.slice(letGo)
      const from = share * (told.at(-1)?.t ?? 0)
      const stretch = { from, to: from + length }
      const axis = axisOf(stretch, width, emptyTime(entries, 'a', stretch, longestEmpty(stretch)))
      const slices = width / 4
      expect(trafficOf(entries, 'a', axis, slices).bars).toEqual(countedOneByOne(entries, 'a', axis, slices))
    }),
    { numRuns: 300 },
  )
})

test('a slice is looked for as often as there are slices, not as there are entries', () => {
  const entries = Array.from({ length: 20_000 }, (_, index) => entryOf('in', 'a', index / 20, index + 1))
  const plain = axisOf({ from: -29_000, to: 1_000 }, 1_000)
  let asked = 0
  const axis: Axis = {
    ...plain,
    toPixels(t) {
      asked += 1
      return plain.toPixels(t)
    },
  }
  expect(trafficOf(entries, 'a', axis, 250).bars.reduce((sum, count) => sum + count, 0)).toBe(20_000)
  expect(asked).toBeLessThan(1_000)
})
