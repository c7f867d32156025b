import { beforeEach, describe, expect, test } from 'vitest'
import { createPace, type Pace } from '../../../inspector/chart/pace.ts'

let time: number
let laters: { readonly at: number; readonly callback: () => void }[]
let shown: (number | null)[]
let pace: Pace

const pass = (length: number): void => {
  const end = time + length
  for (;;) {
    const [next] = laters.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
    if (next === undefined) break
    laters = laters.filter((later) => later !== next)
    time = next.at
    next.callback()
  }
  time = end
}
/** So many a second, for so long, evenly. @returns how each was shown. */
const run = (rate: number, length: number): string[] =>
  Array.from({ length: (rate * length) / 1000 }, () => {
    pass(1000 / rate)
    return pace.fire(1)
  })

beforeEach(() => {
  time = 1000
  laters = []
  shown = []
  pace = createPace({
    show: (rate) => shown.push(rate),
    now: () => time,
    later: (callback, delay) => laters.push({ at: time + delay, callback }),
  })
})

describe('an edge', () => {
  test('is animated each time while it is taken at most twenty times a second', () => {
    expect(new Set(run(18, 5000))).toEqual(new Set(['animate']))
    expect(shown).toEqual([])
    expect(laters).toEqual([])
  })

  test('shows its rate instead above that', () => {
    const manners = run(320, 3000)
    expect(manners.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'animate'))
    expect(new Set(manners.slice(20))).toEqual(new Set(['rate']))
    expect(shown.at(-1)).toBe(320)
    // Four times a second, and never more.
    expect(shown.length).toBeLessThanOrEqual(13)
  })

  test('goes back to movement when it calms down, and leaves no timer', () => {
    run(100, 2000)
    pass(1500)
    expect(shown.at(-1)).toBeNull()
    expect(laters).toEqual([])
    expect(pace.fire(1)).toBe('animate')
  })

  test('does not change to and fro around the limit', () => {
    for (let round = 0; round < 10; round += 1) {
      run(23, 1000)
      run(18, 1000)
    }
    expect(shown.filter((rate) => rate === null)).toEqual([])
  })

  test('takes many in one frame as many', () => {
    expect(pace.fire(5)).toBe('animate')
    expect(pace.fire(166)).toBe('rate')
    expect(shown).toEqual([170])
  })

  test('shows nothing any more once its drawing is gone', () => {
    run(100, 1000)
    pace.stop()
    const before = shown.length
    pass(5000)
    expect([shown.length, laters]).toEqual([before, []])
  })
})
