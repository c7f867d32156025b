/**
 * Written by inspector/export/regenerate.ts.
 *
 * @module
 */
import type { BakedGeometry } from '../baked.ts'

export const baked: BakedGeometry = {
  hash: '1565a4b5a8619bef',
  width: 343,
  height: 450,
  nodes: {
    'breaker.closed': [0, 24, 247, 80],
    'breaker.open': [0, 148, 247, 80],
    'breaker.halfOpen': [0, 272, 247, 176],
    'breaker.halfOpen.ready': [16, 326, 212, 30],
    'breaker.halfOpen.trying': [16, 400, 212, 30],
  },
  edges: {
    'breaker.halfOpen: breaker.halfOpen.ready > breaker.halfOpen.trying': {
      line: [56.5, 356, 56.5, 400],
      chips: [24, 368],
    },
    'breaker.halfOpen: breaker.halfOpen.trying > breaker.halfOpen.ready': {
      line: [162.5, 400, 162.5, 356],
      chips: [105, 368],
    },
    'breaker: breaker.halfOpen > breaker.closed': { line: [247, 287, 332, 287, 332, 39, 247, 39], chips: [257, 277] },
    'breaker: breaker.closed > breaker.open': { line: [83, 104, 83, 148], chips: [8, 116] },
    'breaker: breaker.open > breaker.closed': { line: [206.5, 148, 206.5, 104], chips: [174, 116] },
    'breaker: breaker.open > breaker.halfOpen': { line: [51.5, 228, 51.5, 272], chips: [8, 240] },
    'breaker: breaker.halfOpen > breaker.open': { line: [206.5, 272, 206.5, 228], chips: [174, 240] },
  },
  marks: [
    { kind: 'initial', box: [117.5, 302, 9, 9] },
    { kind: 'initial', box: [119, 0, 9, 9] },
  ],
  starts: { 'breaker.halfOpen.ready': [122, 311, 122, 326], 'breaker.closed': [123.5, 9, 123.5, 24] },
}
