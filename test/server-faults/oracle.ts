/**
 * The oracle of every fault (wire.md section 5): the application saw exactly the log, in order, each record once, or was told what
 * is missing; nothing is left behind in the server or the client.
 *
 * @module
 */
import { expect } from 'vitest'
import { settle } from '../../src/testing/settle.ts'
import { illegalStep } from '../faults/history.ts'
import { entries } from './log.ts'
import { type Reader, SOON } from './reader.ts'
import type { Stage } from './stage.ts'

/** What nobody caught, since the file was loaded. */
const uncaught: unknown[] = []
process.on('unhandledRejection', (reason) => uncaught.push(reason))

/** The reader has the records with these numbers, whole, in order, each once, and nothing else. */
export function expectRecords(reader: Reader, from: number, to: number): void {
  expect(reader.records, reader.describe()).toEqual(entries(from, to))
}

/** Every step was one that the chart has. */
export function expectLegal(reader: Reader): void {
  expect(illegalStep(reader.history), reader.describe()).toBeUndefined()
}

/** Everybody leaves, and nothing remains: no connection, no timer, no listener, and nothing that nobody caught. */
export async function expectBaseline(stage: Stage, readers: readonly Reader[], reports: unknown[] = []): Promise<void> {
  for (const reader of readers) {
    reader.close()
    expectLegal(reader)
  }
  await settle(() => stage.isQuiet, { ...SOON, describe: () => `${stage.server.connections} connections are open.` })
  for (const reader of readers) expect(reader.clock.pending, reader.describe()).toBe(0)
  // Whatever was left behind would act within an hour: another report, or a timer that is not stopped.
  stage.clock.advance(3_600_000)
  await stage.close()
  expect(stage.clock.pending).toBe(0)
  expect(stage.reports).toEqual(reports)
  expect(uncaught).toEqual([])
}
