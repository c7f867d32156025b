/**
 * What came of a run, as a table.
 *
 * @module
 */
import type { Verdict } from './oracle.ts'
import type { Outcome } from './trial.ts'

const TITLES = [
  'contender',
  'records down, up',
  'kills that hit down, up',
  'down: lost / twice / out of order',
  'up: lost / twice / out of order',
  'told',
  'seconds',
  'remarks',
]

/** A page of Markdown. */
export function reportOf(outcomes: readonly Outcome[], seed: number): string {
  const lines = outcomes.map((outcome) => `| ${cellsOf(outcome).join(' | ')} |`)
  return [
    `Node ${process.version}, seed ${seed}. A kill hits when bytes of what is read or written are in flight; others are not counted.`,
    '"Told": how many errors the application was given about what it wrote.',
    '',
    `| ${TITLES.join(' | ')} |`,
    `|---|${'---:|'.repeat(TITLES.length - 2)}---|`,
    ...lines,
    '',
  ].join('\n')
}

function cellsOf({
  name,
  written,
  kills,
  down,
  up,
  echo,
  told,
  unsettled,
  seconds,
  notes,
}: Outcome): readonly string[] {
  const pair = (values: { readonly down: number; readonly up: number }): string =>
    `${down === null ? '–' : values.down}, ${up === null ? '–' : values.up}`
  const changed = (down?.unknown ?? 0) + (up?.unknown ?? 0)
  const remarks = [
    ...notes,
    ...(changed > 0 ? [`${changed} changed on the way`] : []),
    ...(unsettled > 0 ? [`${unsettled} writes neither confirmed nor failed`] : []),
    ...(echo !== null && count(echo) !== count({ lost: 0, twice: 0, outOfOrder: 0 }) ? [`own: ${count(echo)}`] : []),
  ]
  return [
    name,
    pair(written),
    pair(kills),
    down === null ? '–' : count(down),
    up === null ? '–' : count(up),
    up === null ? '–' : String(told),
    seconds.toFixed(0),
    // A message of a foreign error may hold what ends a cell.
    remarks.join('; ').replaceAll(/[|\r\n]+/g, ' '),
  ]
}

function count({ lost, twice, outOfOrder }: Omit<Verdict, 'unknown'>): string {
  return `${lost} / ${twice} / ${outOfOrder}`
}
