/**
 * A fault of wire.md section 5, or a bad input, as it meets a client that sends: what must come of it, and where it is played.
 *
 * @module
 */
import { test } from 'vitest'
import { played as playedBy, type ServerFault } from '../server-faults/fault.ts'
import { type ReadingRow, readingRows } from '../server-faults/row.ts'

type Rung = ReadingRow['via']

export interface DeliveryFault extends ServerFault {
  /** Where it is not mended: there the test has to fail, and says so once it does not. */
  readonly open: readonly string[]
}

export interface Cells {
  /** Where it cannot happen, and why. */
  readonly except?: Partial<Record<Rung, string>> | undefined
  readonly open?: readonly Rung[] | undefined
}

/** A fault that is played on each rung, but for those with a reason against it. */
export function onRungs(
  id: string,
  says: string,
  play: (row: ReadingRow) => Promise<void>,
  { except = {}, open = [] }: Cells = {},
): DeliveryFault {
  const rows = readingRows.filter(({ via }) => except[via] === undefined)
  const plays = rows.map((row) => ({ on: row.via, play: () => play(row) }))
  return { id, says, plays, omitted: Object.values(except), open }
}

/** A fault that is played in the ways that are named. */
export function played(
  id: string,
  says: string,
  ways: Readonly<Record<string, () => Promise<void>>>,
  open: readonly string[] = [],
): DeliveryFault {
  return { ...playedBy(id, says, ways), open }
}

/** Most take well under a second; a loaded machine may take many times that. In milliseconds. */
const PATIENCE = 20_000

/** Makes the tests. */
export function play(faults: readonly DeliveryFault[]): void {
  for (const { id, says, plays, open } of faults)
    for (const { on, play } of plays) {
      const run = open.includes(on) ? test.fails : test
      run(`${id} on ${on}: ${says}`, () => play(), PATIENCE)
    }
}
