/**
 * A fault of wire.md section 5, as far as it concerns the server: its number, what must come of it, and who plays it where.
 *
 * @module
 */
import { test } from 'vitest'
import { type ReadingRow, readingRows } from './row.ts'

export interface ServerFault {
  readonly id: string
  /** What must come of it, as the name of a test. */
  readonly says: string
  readonly plays: readonly { readonly on: string; readonly play: () => Promise<void> }[]
  /** Where it is not played, and why. */
  readonly omitted: readonly string[]
}

/** A fault that is played on each way to read, but for those with a reason against it. */
export function whileReading(
  id: string,
  says: string,
  play: (row: ReadingRow) => Promise<void>,
  except: Partial<Record<ReadingRow['via'], string>> = {},
): ServerFault {
  const rows = readingRows.filter(({ via }) => except[via] === undefined)
  return {
    id,
    says,
    plays: rows.map((row) => ({ on: row.via, play: () => play(row) })),
    omitted: Object.values(except),
  }
}

/** A fault that is played in the ways that are named. */
export function played(id: string, says: string, ways: Readonly<Record<string, () => Promise<void>>>): ServerFault {
  return { id, says, plays: Object.entries(ways).map(([on, play]) => ({ on, play })), omitted: [] }
}

/** Most take well under a second; a loaded machine may take many times that. In milliseconds. */
const PATIENCE = 60_000

/** Makes the tests. */
export function play(faults: readonly ServerFault[]): void {
  for (const { id, says, plays } of faults) {
    for (const { on, play } of plays) test(`${id} on ${on}: ${says}`, () => play(), PATIENCE)
  }
}
