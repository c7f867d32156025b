/**
 * Every transport that is put through the faults.
 *
 * @module
 */
import { durableRows } from './durable-rows.ts'
import { plainRows } from './plain-rows.ts'
import type { FaultRow } from './row.ts'

export const rows: readonly FaultRow[] = [...plainRows, ...durableRows]
