/**
 * Every state × event cell of the breaker and of the environment.
 *
 * @module
 */
import type { BreakerEvent } from '../../machines/breaker.ts'
import type { EnvironmentSignal } from '../../machines/environment-types.ts'
import { type Outcome, tableOf } from './chart-table.ts'

export const breakerEvents = { attempt: 1, success: 1, failure: 1 } satisfies Record<BreakerEvent['type'], 1>

export const breakerTables = [
  tableOf(`
                   attempt  success  failure
  breaker          v        v        v
  closed           hint     reset    count
  open             stale    close    twice
  halfOpen         v        close    open
  halfOpen.ready   try      ^        ^
  halfOpen.trying  twice    ^        ^
`),
]

export const breakerOutcomes: Readonly<Record<string, Outcome>> = {
  reset: ['stays / noteSuccess'],
  count: ['[lastStraw] → open', 'stays / noteFailure'],
  close: ['→ closed / noteSuccess sayClosed'],
  open: ['→ open'],
  try: ['→ halfOpen.trying'],
}

export const breakerOwn = {
  open: { 'after cooldown': ['→ halfOpen'] },
  'halfOpen.trying': { 'after trialTimeout': ['→ halfOpen.ready'] },
}

export const environmentEvents = { network: 1, page: 1, focus: 1, frozen: 1, resumed: 1, slept: 1 } satisfies Record<
  EnvironmentSignal['type'],
  1
>

export const environmentTables = [
  tableOf(`
                    network  page  focus  frozen  resumed  slept
  environment       v        v     v      v       v        v
  network           v        rest  rest   rest    rest     rest
  network.steady    tell     rest  rest   rest    rest     rest
  network.settling  note     rest  rest   rest    rest     rest
  page              rest     v     v      v       v        v
  page.running      rest     turn  look   freeze  twice    wake
  page.frozen       rest     keep  hint   twice   thaw     hint
`),
]

export const environmentOutcomes: Readonly<Record<string, Outcome>> = {
  tell: ['→ network.settling / noteNetwork noteTold tellNetwork'],
  note: ['stays / noteNetwork'],
  turn: ['stays / notePage tellPage'],
  look: ['stays / tellPage'],
  freeze: ['→ page.frozen'],
  wake: ['stays / tellWake'],
  keep: ['stays / notePage'],
  thaw: ['→ page.running / tellPage tellWake'],
}

export const environmentOwn = {
  'network.settling': {
    'after settle': ['[another] → network.settling again / noteTold tellNetwork', '→ network.steady'],
  },
}
