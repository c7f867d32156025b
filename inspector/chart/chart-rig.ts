/**
 * Machines and measures for the tests of the chart.
 *
 * @module
 */
import { fromPromise, setup } from 'xstate'
import type { Box, ChartGeometry, PlacedNode } from './geometry.ts'

/** Everything that makes layouts hard: depth, regions, loops, edges into and out of containers, a target above its source. */
export const tangle = setup({
  actors: { load: fromPromise(async () => 1) },
  guards: { ready: () => true },
}).createMachine({
  id: 'tangle',
  initial: 'start',
  on: { reset: { target: '.start' }, note: { actions: () => {} } },
  states: {
    start: { on: { go: 'work', skip: '#tangle.work.inner.second', again: { target: 'start', reenter: true } } },
    work: {
      initial: 'inner',
      invoke: { src: 'load', onDone: { target: 'both' }, onError: 'start' },
      after: { 1500: 'both' },
      on: { redo: { target: 'work', reenter: true }, stop: 'end' },
      states: {
        inner: {
          initial: 'first',
          states: {
            first: { always: { guard: 'ready', target: 'second' } },
            second: {
              on: {
                up: '#tangle.work',
                out: '#tangle.both',
                a: 'third',
                b: 'third',
                c: 'third',
                d: 'third',
                e: 'third',
                f: 'third',
                g: 'third',
              },
            },
            third: {},
          },
        },
      },
    },
    both: {
      type: 'parallel',
      on: { stop: 'end' },
      onDone: 'end',
      states: {
        left: { initial: 'one', states: { one: { on: { flip: 'two' } }, two: { on: { flip: 'one' } } } },
        right: { initial: 'on', states: { on: { on: { off: 'off' } }, off: { type: 'final' } } },
      },
    },
    end: { type: 'final' },
  },
})

/** Words far wider than their states, between neighbours in both directions and from everywhere. */
export const wordy = setup({}).createMachine({
  id: 'wordy',
  initial: 'a',
  on: { 'come.back.to.where.it.all.began': '.a' },
  states: {
    a: { on: { 'a.very.long.way.to.the.second.state': 'b' } },
    b: { on: { 'a.very.long.way.to.the.first.state': 'a', 'another.long.way.to.the.third.state': 'c' } },
    c: {},
  },
})

export function overlap(a: Box, b: Box): boolean {
  // Half a pixel is rounding, not overlap.
  const slack = 0.5
  const across = a.x + slack < b.x + b.width && b.x + slack < a.x + a.width
  return across && a.y + slack < b.y + b.height && b.y + slack < a.y + a.height
}

export function within(outer: Box, inner: Box): boolean {
  const right = outer.x + outer.width + 0.5
  const bottom = outer.y + outer.height + 0.5
  return (
    inner.x >= outer.x - 0.5 &&
    inner.y >= outer.y - 0.5 &&
    inner.x + inner.width <= right &&
    inner.y + inner.height <= bottom
  )
}

/** Pairs of things that lie on each other and should not, by name. */
export function collisions(things: readonly (readonly [name: string, box: Box])[]): string[] {
  return things.flatMap(([name, box], index) =>
    things.slice(index + 1).flatMap(([other, otherBox]) => (overlap(box, otherBox) ? [`${name} on ${other}`] : [])),
  )
}

export function isSolid(node: PlacedNode): boolean {
  return node.shape === 'leaf' || node.shape === 'final' || node.shape === 'pill'
}

/** All chips with the keys of what they stand for. */
export function chipsOf(
  geometry: ChartGeometry,
): { readonly name: string; readonly box: Box; readonly keys: readonly string[] }[] {
  return geometry.edges.flatMap(({ id, chips, more }) => [
    ...chips.map((chip) => ({ name: `${chip.label.text} of ${id}`, box: chip, keys: chip.label.keys })),
    ...(more === null ? [] : [{ name: `${more.text} of ${id}`, box: more, keys: more.keys }]),
  ])
}
