/**
 * Written by inspector/export/regenerate.ts.
 *
 * @module
 */
import type { BakedGeometry } from '../baked.ts'

export const baked: BakedGeometry = {
  hash: 'bae5f1773a8acd21',
  width: 359,
  height: 847,
  nodes: {
    'manager.running': [0, 24, 357, 747],
    'manager.running.doors': [16, 275, 325, 257],
    'manager.running.doors.accepting': [32, 329, 104, 61],
    'manager.running.doors.draining': [32, 434, 104, 80],
    'manager.running.health': [16, 548, 325, 207],
    'manager.running.health.healthy': [32, 602, 291, 30],
    'manager.running.health.degraded': [32, 676, 291, 61],
    'manager.closed': [0, 815, 210, 30],
  },
  edges: {
    'manager.running.doors: manager.running.doors.accepting > manager.running.doors.draining': {
      line: [84, 390, 84, 434],
      chips: [59, 402],
    },
    'manager.running.health: manager.running.health.healthy > manager.running.health.degraded': {
      line: [108.5, 632, 108.5, 676],
      chips: [40, 644],
    },
    'manager.running.health: manager.running.health.degraded > manager.running.health.healthy': {
      line: [254, 676, 254, 632],
      chips: [193, 644],
    },
    'manager: manager.running > manager.closed': { line: [105, 771, 105, 815], chips: [8, 783] },
  },
  marks: [
    { kind: 'initial', box: [79.5, 305, 9, 9] },
    { kind: 'initial', box: [173, 578, 9, 9] },
    { kind: 'initial', box: [100.5, 0, 9, 9] },
  ],
  starts: {
    'manager.running.doors.accepting': [84, 314, 84, 329],
    'manager.running.health.healthy': [177.5, 587, 177.5, 602],
    'manager.running': [105, 9, 105, 24],
  },
}
