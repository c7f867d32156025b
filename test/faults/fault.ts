/**
 * One fault of wire.md section 5: what it says, and for each transport either its driver or why there is none.
 *
 * @module
 */
import { test } from 'vitest'
import { type FaultRow, type RowName, rowNames } from './row.ts'
import { rows } from './rows.ts'

/** Plays a fault on a transport and asks the oracle. */
export type Driver = (row: FaultRow) => Promise<void>

/** A driver, or the reason for an empty cell. */
export type Cell = Driver | string

export interface Fault {
  readonly id: string
  /** What must come of it, as the name of a test. */
  readonly says: string
  readonly cells: Readonly<Record<RowName, Cell>>
}

/** A fault that is played by one driver wherever it fits. */
export function fault(
  id: string,
  says: string,
  driver: Driver,
  except: Readonly<Partial<Record<RowName, Cell>>> = {},
): Fault {
  const cells = rowNames.map((name) => [name, except[name] ?? driver])
  return { id, says, cells: Object.fromEntries(cells) as Record<RowName, Cell> }
}

/** The same reason, or the same other driver, for several transports. */
export function cells(names: readonly RowName[], cell: Cell): Partial<Record<RowName, Cell>> {
  return Object.fromEntries(names.map((name) => [name, cell]))
}

/** A cell of a thousand runs takes 3 s, and many times that on a busy machine. In milliseconds. */
const patience = 60_000

/** Makes a test of each cell that has a driver. */
export function play(faults: readonly Fault[], { concurrent = false } = {}): void {
  for (const { cells, id, says } of faults) {
    for (const row of rows) {
      const cell = cells[row.name]
      if (typeof cell === 'string') continue
      const run = concurrent ? test.concurrent : test
      run(`${id} on ${row.name}: ${says}`, () => cell(row), patience)
    }
  }
}
