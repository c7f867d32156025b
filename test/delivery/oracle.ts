/**
 * The oracle of every fault: the application saw exactly the log, in order, each record once, or was told what is missing; what it
 * sent is in the log once and in order, and each promise told the truth; nothing is left behind.
 *
 * @module
 */
import { expect } from 'vitest'
import { settle } from '../../src/testing/settle.ts'
import { illegalStep } from '../faults/history.ts'
import { type Entry, entries, numberOf } from '../server-faults/log.ts'
import { STREAM, type Stage } from '../server-faults/stage.ts'
import { type Client, SOON } from './client.ts'

/** What nobody caught, since the file was loaded. */
const uncaught: unknown[] = []
process.on('unhandledRejection', (reason) => uncaught.push(reason))

/** The client has the records with these numbers, whole, in order, each once, and nothing else. */
export function expectRecords(client: Client, from: number, to: number): void {
  expect(client.records, client.describe()).toEqual(entries(from, to))
}

/** Everything that is in the stream. */
export async function logOf(stage: Stage): Promise<readonly unknown[]> {
  const records = await stage.server.stream(STREAM).read(0, 100_000)
  return records.map(({ value }) => value)
}

/** The client has exactly what is in the stream. */
export async function expectLog(stage: Stage, client: Client): Promise<void> {
  const log = await logOf(stage)
  await client.untilRecords(log.length)
  expect(client.numbers, client.describe()).toEqual(log.map(numberOf))
  expect(client.records).toEqual(log)
}

/** Of what was sent (see {@link sentRecords}) exactly so much is in the stream, each once and in order, and every send knows. */
export async function expectSent(stage: Stage, client: Client, count: number): Promise<void> {
  await client.pass(() => !client.outcomes.includes('waiting'))
  expect(client.outcomes, client.describe()).toEqual(Array(count).fill('stored'))
  expect((await logOf(stage)).map(numberOf).filter((n) => n < 0)).toEqual(sentRecords(1, count).map(numberOf))
}

/** A record that a client sends: told from those of the server by its negative number. */
export function sentRecords(from: number, to: number): readonly Entry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ n: -(from + index), v: 'sent' }))
}

/** Every step was one that the chart has. */
export function expectLegal(client: Client): void {
  expect(illegalStep(client.history), client.describe()).toBeUndefined()
}

/** Everybody leaves, and no timer is set and no rejection uncaught behind them. */
export async function expectQuiet(...clients: readonly Client[]): Promise<void> {
  for (const client of clients) {
    client.close()
    expectLegal(client)
  }
  for (const client of clients)
    await settle(() => client.clock.pending === 0 && !client.outcomes.includes('waiting'), {
      ...client.patience,
      describe: () => `${client.clock.pending} timers are set. ${client.describe()}`,
    })
  expect(uncaught).toEqual([])
}

/** The same, and the server has nothing open and nothing to report. */
export async function expectBaseline(stage: Stage, ...clients: readonly Client[]): Promise<void> {
  await expectQuiet(...clients)
  await settle(() => stage.isQuiet, { ...SOON, describe: () => `${stage.server.connections} connections are open.` })
  await stage.close()
  expect(stage.clock.pending).toBe(0)
  expect(stage.reports).toEqual([])
}
