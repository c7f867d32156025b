/**
 * Written by inspector/export/regenerate.ts.
 *
 * @module
 */
import type { BakedGeometry } from '../baked.ts'

export const baked: BakedGeometry = {
  hash: 'db9292e33f3cd291',
  width: 376,
  height: 499,
  nodes: {
    'environment.network': [0, 0, 376, 207],
    'environment.network.steady': [16, 54, 169, 30],
    'environment.network.settling': [16, 128, 169, 61],
    'environment.page': [0, 223, 376, 276],
    'environment.page.running': [16, 277, 154, 99],
    'environment.page.frozen': [16, 420, 154, 61],
  },
  edges: {
    'environment.network: environment.network.settling > environment.network.settling': {
      line: [185, 167, 349, 167, 349, 143, 185, 143],
      chips: [195, 157],
    },
    'environment.network: environment.network.steady > environment.network.settling': {
      line: [56.5, 84, 56.5, 128],
      chips: [24, 96],
    },
    'environment.network: environment.network.settling > environment.network.steady': {
      line: [141, 128, 141, 84],
      chips: [105, 96],
    },
    'environment.page: environment.page.running > environment.page.frozen': {
      line: [52.5, 376, 52.5, 420],
      chips: [24, 388],
    },
    'environment.page: environment.page.frozen > environment.page.running': {
      line: [129.5, 420, 129.5, 376],
      chips: [97, 388],
    },
  },
  marks: [
    { kind: 'initial', box: [96, 30, 9, 9] },
    { kind: 'initial', box: [88.5, 253, 9, 9] },
  ],
  starts: { 'environment.network.steady': [100.5, 39, 100.5, 54], 'environment.page.running': [93, 262, 93, 277] },
}
