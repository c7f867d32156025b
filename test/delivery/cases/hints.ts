/**
 * Stores whose hints are lost, repeated or reordered on their way, which the contract of a store permits: F25, F26 and F27.
 *
 * @module
 */
import { expect } from 'vitest'
import type { StoreHint, StreamStore } from '../../../src/server/stores/store.ts'
import { shapedStore } from '../../../src/server/testing/shaped-store.ts'
import { settle } from '../../../src/testing/settle.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, type Stage } from '../../server-faults/stage.ts'
import { Client, LATE, SOON } from '../client.ts'
import { expectBaseline, expectRecords } from '../oracle.ts'

/** What becomes of a hint. */
type Courier = (hint: StoreHint, tell: (hint: StoreHint) => void) => void

const faithful: Courier = (hint, tell) => tell(hint)

interface Hinted {
  readonly stage: Stage
  /** From now on hints go this way. */
  by(courier: Courier): void
}

async function hinted(): Promise<Hinted> {
  let courier = faithful
  const inner = shapedStore({})
  const store: StreamStore = {
    ...inner,
    watch: (listener) => inner.watch((hint) => courier(hint, listener)),
  }
  const stage = await openStage({ store: () => store })
  return {
    stage,
    by(next) {
      courier = next
    },
  }
}

async function reading(stage: Stage, { via }: ReadingRow): Promise<Client> {
  await stage.fill(1, 3)
  const client = new Client(stage.at(), { via })
  await client.untilRecords(3)
  await settle(() => stage.server.connections === 1, SOON)
  return client
}

/** F27: what its own hint did not tell, the next one does. */
export async function foundByTheNext(row: ReadingRow): Promise<void> {
  const { stage, by } = await hinted()
  const client = await reading(stage, row)
  by(() => {})
  await stage.fill(4, 7)
  by(faithful)
  await stage.fill(8, 8)
  await client.untilRecords(8)
  expectRecords(client, 1, 8)
  expect(client.failures).toEqual([])
  await expectBaseline(stage, client)
}

/** Wire.md F27: how long a record may stay unseen when its hint was the last one. In milliseconds. */
const POLL = 10_000

/** F27: without a next one, it is found when the server looks by itself. */
export async function foundByTheClock(row: ReadingRow): Promise<void> {
  const { stage, by } = await hinted()
  const client = await reading(stage, row)
  by(() => {})
  await stage.fill(4, 7)
  stage.clock.advance(POLL)
  await settle(() => client.records.length === 7, LATE)
  expectRecords(client, 1, 7)
  await expectBaseline(stage, client)
}

/** F27: whoever comes anew, reads the store and not what was heard of it. */
export async function foundByTheNewcomer(row: ReadingRow): Promise<void> {
  const { stage, by } = await hinted()
  const client = await reading(stage, row)
  by(() => {})
  await stage.fill(4, 7)
  const newcomer = new Client(stage.at(), { via: row.via })
  await newcomer.untilRecords(7)
  expectRecords(newcomer, 1, 7)
  await expectBaseline(stage, client, newcomer)
}

/** F25: each hint comes three times. */
export async function repeatedHints(row: ReadingRow): Promise<void> {
  const { stage, by } = await hinted()
  const client = await reading(stage, row)
  by((hint, tell) => {
    for (let times = 0; times < 3; times++) tell(hint)
  })
  for (let n = 4; n <= 20; n++) await stage.fill(n, n)
  await client.untilRecords(20)
  expectRecords(client, 1, 20)
  expect(client.failures).toEqual([])
  await expectBaseline(stage, client)
}

/** F26: of two hints the second comes first. */
export async function reorderedHints(row: ReadingRow): Promise<void> {
  const { stage, by } = await hinted()
  const client = await reading(stage, row)
  let late: StoreHint | undefined
  by((hint, tell) => {
    if (late === undefined) {
      late = hint
      return
    }
    const before = late
    late = undefined
    tell(hint)
    tell(before)
  })
  for (let n = 4; n <= 19; n++) await stage.fill(n, n)
  by(faithful)
  await stage.fill(20, 20)
  await client.untilRecords(20)
  expectRecords(client, 1, 20)
  expect(client.failures).toEqual([])
  await expectBaseline(stage, client)
}
