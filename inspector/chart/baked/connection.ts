/**
 * Written by inspector/export/regenerate.ts.
 *
 * @module
 */
import type { BakedGeometry } from '../baked.ts'

export const baked: BakedGeometry = {
  hash: '1b9f6364c6a7a146',
  width: 941,
  height: 3430,
  nodes: {
    'connection.idle': [0, 24, 427, 61],
    'connection.connecting': [0, 153, 427, 310],
    'connection.connected': [0, 507, 691, 1302],
    'connection.connected.flow': [16, 663, 659, 250],
    'connection.connected.flow.flowing': [32, 717, 370, 30],
    'connection.connected.flow.paused': [32, 791, 370, 30],
    'connection.connected.flow.draining': [32, 865, 370, 30],
    'connection.connected.liveness': [16, 929, 659, 864],
    'connection.connected.liveness.unheard': [32, 983, 355, 206],
    'connection.connected.liveness.unwatched': [32, 1207, 355, 102],
    'connection.connected.liveness.alive': [32, 1353, 355, 78],
    'connection.connected.liveness.probing': [32, 1571, 355, 61],
    'connection.connected.liveness.confirming': [32, 1676, 355, 99],
    'connection.reconnecting': [0, 1877, 671, 1167],
    'connection.reconnecting.waiting': [16, 1981, 370, 238],
    'connection.reconnecting.offline': [16, 2263, 370, 158],
    'connection.reconnecting.hidden': [16, 2439, 370, 102],
    'connection.reconnecting.blocked': [16, 2633, 370, 102],
    'connection.reconnecting.authorizing': [16, 2779, 370, 99],
    'connection.reconnecting.dialing': [16, 2946, 370, 80],
    'connection.error': [0, 3160, 427, 99],
    'connection.closed': [0, 3329, 427, 99],
  },
  edges: {
    'connection.connected.flow: connection.connected.flow.flowing > connection.connected.flow.draining': {
      line: [402, 732, 566, 732, 566, 880, 402, 880],
      chips: [412, 722],
    },
    'connection.connected.flow: connection.connected.flow.flowing > connection.connected.flow.paused': {
      line: [126.5, 747, 126.5, 791],
      chips: [40, 759],
    },
    'connection.connected.flow: connection.connected.flow.paused > connection.connected.flow.flowing': {
      line: [311.5, 791, 311.5, 747],
      chips: [229, 759],
    },
    'connection.connected.flow: connection.connected.flow.paused > connection.connected.flow.draining': {
      line: [217, 821, 217, 865],
      chips: [145, 833],
    },
    'connection.connected.liveness: connection.connected.liveness.unheard > connection.connected.liveness.probing': {
      line: [387, 1046, 626, 1046, 626, 1586, 387, 1586],
      chips: [397, 988, 397, 1012, 397, 1036, 397, 1060, 397, 1084],
    },
    'connection.connected.liveness: connection.connected.liveness.unheard > connection.connected.liveness.alive': {
      line: [387, 1150, 615, 1150, 615, 1392, 387, 1392],
      chips: [397, 1116, 397, 1140, 397, 1164],
    },
    'connection.connected.liveness: connection.connected.liveness.unwatched > connection.connected.liveness.probing': {
      line: [387, 1246, 626, 1246, 626, 1586, 387, 1586],
      chips: [397, 1212, 397, 1236, 397, 1260, 397, 1284],
    },
    'connection.connected.liveness: connection.connected.liveness.alive > connection.connected.liveness.alive': {
      line: [387, 1416, 615, 1416, 615, 1392, 387, 1392],
      chips: [397, 1406],
    },
    'connection.connected.liveness: connection.connected.liveness.confirming > connection.connected.liveness.alive': {
      line: [387, 1715, 648, 1715, 648, 1368, 387, 1368],
      chips: [397, 1705],
    },
    'connection.connected.liveness: connection.connected.liveness.confirming > connection.connected.liveness.confirming':
      { line: [387, 1739, 637, 1739, 637, 1691, 387, 1691], chips: [397, 1729] },
    'connection.connected.liveness: connection.connected.liveness.alive > connection.connected.liveness.unwatched': {
      line: [209.5, 1353, 209.5, 1309],
      chips: [130.5, 1321],
    },
    'connection.connected.liveness: connection.connected.liveness.alive > connection.connected.liveness.probing': {
      line: [144, 1431, 144, 1571],
      chips: [61.5, 1443, 58, 1467, 44, 1491, 40, 1515, 79, 1539],
    },
    'connection.connected.liveness: connection.connected.liveness.probing > connection.connected.liveness.alive': {
      line: [321.5, 1571, 321.5, 1431],
      chips: [264, 1491],
    },
    'connection.connected.liveness: connection.connected.liveness.probing > connection.connected.liveness.confirming': {
      line: [209.5, 1632, 209.5, 1676],
      chips: [105.5, 1644],
    },
    'connection.reconnecting: connection.reconnecting.waiting > connection.reconnecting.dialing': {
      line: [386, 2044, 633, 2044, 633, 2961, 386, 2961],
      chips: [396, 2034, 396, 2058],
    },
    'connection.reconnecting: connection.reconnecting.waiting > connection.reconnecting.blocked': {
      line: [386, 2124, 622, 2124, 622, 2648, 386, 2648],
      chips: [396, 2090, 396, 2114, 396, 2138],
    },
    'connection.reconnecting: connection.reconnecting.waiting > connection.reconnecting.hidden': {
      line: [386, 2180, 611, 2180, 611, 2454, 386, 2454],
      chips: [396, 2170],
    },
    'connection.reconnecting: connection.reconnecting.waiting > connection.reconnecting.waiting': {
      line: [386, 2204, 600, 2204, 600, 2020, 386, 2020],
      chips: [396, 2194],
    },
    'connection.reconnecting: connection.reconnecting.offline > connection.reconnecting.dialing': {
      line: [386, 2302, 633, 2302, 633, 2961, 386, 2961],
      chips: [396, 2268, 396, 2292, 396, 2316],
    },
    'connection.reconnecting: connection.reconnecting.offline > connection.reconnecting.blocked': {
      line: [386, 2382, 622, 2382, 622, 2648, 386, 2648],
      chips: [396, 2348, 396, 2372, 396, 2396],
    },
    'connection.reconnecting: connection.reconnecting.hidden > connection.reconnecting.dialing': {
      line: [386, 2502, 633, 2502, 633, 2961, 386, 2961],
      chips: [396, 2468, 396, 2492, 396, 2516],
    },
    'connection.reconnecting: connection.reconnecting.blocked > connection.reconnecting.waiting': {
      line: [386, 2672, 644, 2672, 644, 1996, 386, 1996],
      chips: [396, 2662],
    },
    'connection.reconnecting: connection.reconnecting.blocked > connection.reconnecting.dialing': {
      line: [386, 2696, 633, 2696, 633, 2961, 386, 2961],
      chips: [396, 2686],
    },
    'connection.reconnecting: connection.reconnecting.blocked > connection.reconnecting.blocked': {
      line: [386, 2720, 622, 2720, 622, 2648, 386, 2648],
      chips: [396, 2710],
    },
    'connection.reconnecting: connection.reconnecting.dialing > connection.reconnecting.waiting': {
      line: [386, 2985, 644, 2985, 644, 1996, 386, 1996],
      chips: [396, 2975, 396, 2999],
    },
    'connection.reconnecting: connection.reconnecting.waiting > connection.reconnecting.offline': {
      line: [201, 2219, 201, 2263],
      chips: [122, 2231],
    },
    'connection.reconnecting: connection.reconnecting.hidden > connection.reconnecting.blocked': {
      line: [201, 2541, 201, 2633],
      chips: [151, 2553, 161.5, 2577, 176, 2601],
    },
    'connection.reconnecting: connection.reconnecting.authorizing > connection.reconnecting.blocked': {
      line: [201, 2779, 201, 2735],
      chips: [154, 2747],
    },
    'connection.reconnecting: connection.reconnecting.authorizing > connection.reconnecting.dialing': {
      line: [110.5, 2878, 110.5, 2946],
      chips: [24, 2902],
    },
    'connection.reconnecting: connection.reconnecting.dialing > connection.reconnecting.authorizing': {
      line: [295.5, 2946, 295.5, 2878],
      chips: [213, 2890, 216.5, 2914],
    },
    'connection: connection.idle > connection.reconnecting': {
      line: [427, 39, 897, 39, 897, 1892, 671, 1892],
      chips: [437, 29, 437, 53],
    },
    'connection: connection.connecting > connection.closed': {
      line: [427, 216, 919, 216, 919, 3344, 427, 3344],
      chips: [437, 182, 437, 206, 437, 230, 437, 254],
    },
    'connection: connection.connecting > connection.error': {
      line: [427, 320, 908, 320, 908, 3175, 427, 3175],
      chips: [437, 286, 437, 310, 437, 334],
    },
    'connection: connection.connecting > connection.reconnecting': {
      line: [427, 400, 897, 400, 897, 1892, 671, 1892],
      chips: [437, 366, 437, 390, 437, 414, 437, 438],
    },
    'connection: connection.connected > connection.closed': {
      line: [691, 546, 919, 546, 919, 3344, 427, 3344],
      chips: [701, 512, 701, 536, 701, 560, 701, 584],
    },
    'connection: connection.connected > connection.error': {
      line: [691, 650, 908, 650, 908, 3175, 427, 3175],
      chips: [701, 616, 701, 640, 701, 664],
    },
    'connection: connection.reconnecting > connection.closed': {
      line: [671, 1964, 919, 1964, 919, 3344, 427, 3344],
      chips: [681, 1906, 681, 1930, 681, 1954, 681, 1978, 681, 2002],
    },
    'connection: connection.error > connection.connecting': {
      line: [427, 3199, 930, 3199, 930, 168, 427, 168],
      chips: [437, 3189],
    },
    'connection: connection.idle > connection.connecting': {
      line: [213.5, 85, 213.5, 153],
      chips: [142, 97, 138.5, 121],
    },
    'connection: connection.connecting > connection.connected': { line: [213.5, 463, 213.5, 507], chips: [184.5, 475] },
    'connection: connection.connected > connection.reconnecting': {
      line: [140.5, 1809, 140.5, 1877],
      chips: [8, 1821, 22.5, 1845],
    },
    'connection: connection.reconnecting > connection.connected': { line: [354, 1877, 354, 1809], chips: [289, 1833] },
    'connection: connection.reconnecting > connection.error': {
      line: [98, 3044, 98, 3160],
      chips: [44.5, 3056, 8, 3080, 30, 3104, 33, 3128],
    },
    'connection: connection.error > connection.reconnecting': { line: [351, 3160, 351, 3044], chips: [283, 3092] },
    'connection: connection.error > connection.closed': { line: [213.5, 3259, 213.5, 3329], chips: [141.5, 3297] },
    'connection: any > connection.closed': { line: [174.5, 3280, 213.5, 3280, 213.5, 3329], chips: [188.5, 3270] },
  },
  marks: [
    { kind: 'initial', box: [212.5, 693, 9, 9] },
    { kind: 'initial', box: [205, 959, 9, 9] },
    { kind: 'initial', box: [196.5, 1957, 9, 9] },
    { kind: 'any', box: [144.5, 3271, 30, 18] },
    { kind: 'initial', box: [209, 0, 9, 9] },
  ],
  starts: {
    'connection.connected.flow.flowing': [217, 702, 217, 717],
    'connection.connected.liveness.unheard': [209.5, 968, 209.5, 983],
    'connection.reconnecting.waiting': [201, 1966, 201, 1981],
    'connection.idle': [213.5, 9, 213.5, 24],
  },
}
