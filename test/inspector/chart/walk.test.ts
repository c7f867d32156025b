import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tangle } from '../../../inspector/chart/chart-rig.ts'
import { foldCommon } from '../../../inspector/chart/condense.ts'
import { chartModel } from '../../../inspector/chart/model.ts'
import { type Ground, placesOf, type Walk, walked, waysFrom } from '../../../inspector/chart/walk.ts'
import { connectionMachine } from '../../../machines/connection.ts'

const whole = (machine: Parameters<typeof chartModel>[0]): Ground => {
  const model = foldCommon(chartModel(machine))
  return { model, drawn: model.nodes }
}
const ground = whole(tangle)
const at = (state: string, trail: readonly string[] = []): Walk => ({ spot: { kind: 'state', state }, trail })
const press = (walk: Walk, ...keys: readonly string[]): Walk =>
  keys.reduce((from, key) => walked(ground, from, key) ?? from, walk)
const named = (walk: Walk): string =>
  walk.spot.kind === 'state' ? walk.spot.state : `${walk.spot.state} #${walk.spot.index}`

describe('a walk along transitions', () => {
  test('goes the only way at once, and back again', () => {
    const there = press(at('tangle.both.left.one'), 'ArrowRight')
    expect(named(there)).toBe('tangle.both.left.two')
    expect(named(press(there, 'ArrowLeft'))).toBe('tangle.both.left.one')
  })

  test('asks where there are several ways, and goes the one that was chosen', () => {
    const start = at('tangle.start')
    const ways = waysFrom(ground, 'tangle.start')
    expect(ways.map(({ label, to }) => [label?.text, to])).toEqual(
      expect.arrayContaining([
        ['go', 'tangle.work'],
        ['skip', 'tangle.work.inner.second'],
      ]),
    )
    expect(named(press(start, 'ArrowDown'))).toBe('tangle.start #0')
    expect(named(press(start, 'ArrowRight', 'ArrowUp'))).toBe(`tangle.start #${ways.length - 1}`)
    const skip = ways.findIndex(({ label }) => label?.text === 'skip')
    const chosen = press(start, 'ArrowRight', ...Array.from({ length: skip }, () => 'ArrowDown'))
    expect(named(press(chosen, 'Enter'))).toBe('tangle.work.inner.second')
    expect(named(press(chosen, 'ArrowRight'))).toBe('tangle.work.inner.second')
    expect(named(press(chosen, 'ArrowLeft'))).toBe('tangle.start')
    expect(press(chosen, 'Enter', 'ArrowUp')).toEqual(start)
  })

  test('leads into containers and regions, and out again with Escape', () => {
    expect(waysFrom(ground, 'tangle.both').filter(({ label }) => label === null)).toEqual([
      { label: null, to: 'tangle.both.left' },
      { label: null, to: 'tangle.both.right' },
    ])
    expect(named(press(at('tangle.work.inner.first'), 'Escape'))).toBe('tangle.work.inner')
    expect(walked(ground, at('tangle.work'), 'Escape')).toBeNull()
  })

  test('goes back against an arrow where nobody has come from', () => {
    expect(named(press(at('tangle.both.left.two'), 'ArrowLeft'))).toBe('tangle.both.left.one')
  })

  test('knows the first and the last state', () => {
    const places = placesOf(ground)
    expect(named(press(at('tangle.work'), 'Home'))).toBe(places[0]?.id)
    expect(named(press(at('tangle.work'), 'End'))).toBe(places.at(-1)?.id)
  })

  test('leaves to others the keys that mean nothing here', () => {
    for (const key of ['Tab', ' ', 'a', 'l', 'Enter']) expect(walked(ground, at('tangle.start'), key)).toBeNull()
  })

  test.each([
    ['tangle', ground],
    ['the connection', whole(connectionMachine)],
  ] as const)('never leaves the chart, whatever is pressed: %s', (_name, whole) => {
    const keys = ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'End', 'Escape', 'Enter']
    const places = placesOf(whole).map(({ id }) => id)
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.subarray(places, { minLength: 1 }),
        fc.array(fc.constantFrom(...keys), { maxLength: 300 }),
        (state, drawn, pressed) => {
          const here: Ground = { ...whole, drawn: new Set([state, ...drawn]) }
          let walk: Walk = { spot: { kind: 'state', state }, trail: [] }
          for (const key of pressed) walk = walked(here, walk, key) ?? walk
          expect(here.drawn.has(walk.spot.state)).toBe(true)
          expect(walk.trail.length).toBeLessThanOrEqual(100)
          if (walk.spot.kind === 'way') {
            expect(waysFrom(here, walk.spot.state)[walk.spot.index]).toBeDefined()
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('reaches every state of the connection chart, from its first one', () => {
    const chart = whole(connectionMachine)
    const [first] = placesOf(chart)
    const reached = new Set([first?.id ?? ''])
    for (const state of reached) {
      for (const { to } of waysFrom(chart, state)) reached.add(to)
      const around = walked(chart, at(state), 'Escape')
      if (around !== null) reached.add(around.spot.state)
    }
    const missed = placesOf(chart).filter(({ id }) => !reached.has(id))
    expect(missed.map(({ id }) => id)).toEqual([])
  })
})
