import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import '../../../inspector/chart/chart.css'
import { highlightOf } from '../../../inspector/chart/highlight.ts'
import { layOut } from '../../../inspector/chart/layout.ts'
import { chartModel } from '../../../inspector/chart/model.ts'
import { type Painting, paint } from '../../../inspector/chart/paint.ts'
import '../../../inspector/chart/tokens.css'
import { Waits } from '../../../inspector/chart/waits.ts'

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { press: 'on' } }, on: { on: { press: 'off' }, after: { 60000: 'off' } } },
})
const model = chartModel(lamp)
const press = 'lamp.off press 0'
const wait = { eventType: 'xstate.after.60000.lamp.on', delay: 60_000 }

let painting: Painting
let time: number
let laters: (() => void)[]
const badges = (): (string | null)[] =>
  [...painting.root.querySelectorAll('.badge')].map(({ textContent }) => textContent)
const moving = (): number => painting.root.getAnimations({ subtree: true }).length

beforeEach(() => {
  painting = paint(layOut(model), model)
  const figure = document.createElement('figure')
  figure.className = 'chart'
  figure.append(painting.root)
  document.body.append(figure)
  time = 1_000
  laters = []
})
afterEach(() => painting.root.parentElement?.remove())

test('an edge that is taken too often to be watched says how often, and moves again when it calms down', () => {
  const highlight = highlightOf(painting, model, { now: () => time, later: (callback) => laters.push(callback) })
  highlight.flash([press])
  expect([moving() > 0, badges()]).toEqual([true, []])
  for (const animation of painting.root.getAnimations({ subtree: true })) animation.cancel()
  highlight.flash(Array.from({ length: 319 }, () => press))
  expect([moving(), badges()]).toEqual([0, ['320/s']])
  expect(painting.root.querySelectorAll('.edge.busy')).toHaveLength(1)
  time += 5_000
  for (const later of laters.splice(0)) later()
  expect([badges(), laters, painting.root.querySelectorAll('.busy').length]).toEqual([[], [], 0])
  highlight.flash([press])
  expect(moving()).toBeGreaterThan(0)
  highlight.remove()
})

test('a wait is a number for who asked for stillness, a second at a time, and ends with its state', () => {
  const beats = new Set<() => void>()
  const every = (beat: () => void) => {
    beats.add(beat)
    return () => void beats.delete(beat)
  }
  const waits = new Waits(painting, model, { stillness: () => true, every })
  waits.start({ ...wait, elapsed: 12_000 })
  expect([badges(), moving()]).toEqual([['48 s'], 0])
  for (const beat of beats) beat()
  expect(badges()).toEqual(['47 s'])
  waits.keep(new Set(['lamp.off']))
  expect([badges(), beats.size]).toEqual([[], 0])
})

test('a wait of the past stands still', () => {
  const beats: (() => void)[] = []
  const still = new Waits(painting, model, { stillness: () => true, every: (beat) => () => void beats.push(beat) })
  still.start({ ...wait, elapsed: 30_000, clock: 'stopped' })
  expect([badges(), beats]).toEqual([['30 s'], []])
  const moves = new Waits(painting, model, { stillness: () => false })
  moves.start({ ...wait, elapsed: 30_000, clock: 'stopped' })
  expect(
    painting.root.getAnimations({ subtree: true }).map(({ playState, currentTime }) => [playState, currentTime]),
  ).toEqual([['paused', 30_000]])
})
