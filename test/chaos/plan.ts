/**
 * Which blow falls when: so many records and then one, always the same for one seed.
 *
 * @module
 */
import type { Blow, Ending } from './blows.ts'
import type { Direction } from './traffic.ts'

export interface Course {
  /** Written in each direction. */
  readonly records: number
  /** Cuts that have to hit each direction. */
  readonly kills: number
  /** How many of them nobody is told of: the client has to notice by itself, which takes it seconds. */
  readonly silent: number
  readonly seed: number
}

export type Shares = readonly (readonly [Ending, number])[]

const ENDINGS: Readonly<Record<Blow['aim'], Shares>> = {
  records: [
    ['reset', 0.6],
    ['finish', 0.4],
  ],
  request: [
    ['reset', 0.4],
    ['finish', 0.25],
    ['late', 0.35],
  ],
  answer: [
    ['reset', 0.6],
    ['finish', 0.4],
  ],
}

/** The blow of a round, on its way through so many bytes of content. */
export function blowOf(course: Course, direction: Direction, round: number, bytes: number, random: () => number): Blow {
  const aim = direction === 'down' ? 'records' : random() < 0.5 ? 'request' : 'answer'
  const after = Math.floor(random() * bytes)
  const drawn = pick(ENDINGS[aim], random())
  return { aim, after, ending: silentEnding(course, round) ?? drawn }
}

/** The silent ones lie evenly over the rounds, both kinds in turns. */
function silentEnding({ kills, silent }: Course, round: number): Ending | undefined {
  const index = Math.floor((round * silent) / kills)
  const isFirst = round === 0 || Math.floor(((round - 1) * silent) / kills) < index
  if (silent === 0 || !isFirst) return undefined
  return index % 2 === 0 ? 'half-open' : 'stall'
}

function pick(shares: Shares, chance: number): Ending {
  let left = chance
  for (const [ending, share] of shares) {
    left -= share
    if (left < 0) return ending
  }
  return 'reset'
}
