/**
 * Machines that are hard to export.
 *
 * @module
 */
import { createMachine } from 'xstate'

/** Markup, quotes, Mermaid's own signs and what XML cannot hold, in every place that takes a name. */
export const hostile = createMachine({
  id: '</svg><script>alert(1)</script>',
  initial: 'a"b<c>&',
  states: {
    'a"b<c>&': {
      entry: 'say]]>',
      invoke: { src: 'load & "go"', onDone: 'state', onError: 'bell\u0007\u0000\ud800' },
      on: { 'x;y#z{}: -->': { guard: 'is <b>', target: 'state' }, '{{': { actions: 'end note' } },
    },
    state: { on: { '\n--\nend': 'bell\u0007\u0000\ud800' }, description: '<img onerror=alert(1)>' },
    'bell\u0007\u0000\ud800': { type: 'final' },
  },
})

/** A container inside a region, with lines into it, out of it, and from it to itself: what Mermaid's layout throws at. */
export const deep = createMachine({
  id: 'deep',
  type: 'parallel',
  states: {
    left: {
      initial: 'a',
      states: {
        a: { on: { go: 'box', skip: '#deep.left.box.y' } },
        box: {
          initial: 'x',
          on: { back: 'a', again: { target: 'box', reenter: true }, anew: { target: 'box', reenter: true } },
          states: { x: { on: { next: 'y' } }, y: { type: 'final' } },
        },
      },
    },
    'le-ft': { initial: 'end', states: { end: { on: { turn: 'start' } }, start: {} } },
    le_ft: {},
  },
})
