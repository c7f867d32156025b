/**
 * Two connections of one process that share an outbox: F32.
 *
 * @module
 */
import { expect } from 'vitest'
import { fileOutbox } from '../../../src/producer/file-outbox.ts'
import { freshDirectory } from '../../../src/producer/file-outbox-rig.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import { numberOf } from '../../server-faults/log.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, STREAM, type Stage } from '../../server-faults/stage.ts'
import { StoreWrapper } from '../../server-faults/store-wrapper.ts'
import { Client, SOON } from '../client.ts'
import { Junction } from '../junction.ts'
import { expectBaseline, logOf, sentRecords } from '../oracle.ts'
import { type WatchedStorage, watched } from '../storage.ts'

interface Shared {
  readonly storage: WatchedStorage
  readonly clock: SimulatedClock
}

function shared(): Shared {
  const clock = simulatedClock()
  return { storage: watched(fileOutbox(freshDirectory(), { clock })), clock }
}

/** Longer than it takes until somebody looks after slots without an owner, in milliseconds. */
const LOOK = 2_500

/** Each has a slot of its own, and what each sends arrives once, in its order. */
export async function besideEachOther({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const { storage } = shared()
  const clients = [1, 2, 3].map(() => new Client(stage.at(), { via, producer: { storage } }))
  for (const [index, client] of clients.entries()) client.send(...sentRecords(index * 100 + 1, index * 100 + 40))
  for (const client of clients) await client.pass(() => !client.outcomes.includes('waiting'))
  expect(new Set(clients.map(({ token }) => token.producer?.id)).size).toBe(3)
  expect(storage.held.size).toBe(3)
  const numbers = (await logOf(stage)).map(numberOf)
  for (const [index, client] of clients.entries()) {
    expect(client.outcomes).toEqual(Array(40).fill('stored'))
    const own = sentRecords(index * 100 + 1, index * 100 + 40).map(numberOf)
    expect(numbers.filter((n) => own.includes(n))).toEqual(own)
  }
  expect(numbers).toHaveLength(120)
  await expectLeft(stage, storage, ...clients)
}

async function expectLeft(stage: Stage, storage: WatchedStorage, ...clients: readonly Client[]): Promise<void> {
  await expectBaseline(stage, ...clients)
  expect(storage.twice).toEqual([])
  await settle(() => storage.held.size === 0, { ...SOON, describe: () => `${storage.held.size} slots are held.` })
}

/** The heir delivers, behind what it has sent itself meanwhile; nothing of the two is lost, doubled or out of order. */
async function delivered(stage: Stage, { storage, clock }: Shared, heir: Client): Promise<void> {
  await settle(async () => {
    await clock.advance(LOOK)
    return (await logOf(stage)).length === 30
  }, SOON)
  const numbers = (await logOf(stage)).map(numberOf)
  expect(numbers.filter((n) => n >= -20)).toEqual(sentRecords(1, 20).map(numberOf))
  expect(numbers.filter((n) => n < -20)).toEqual(sentRecords(101, 110).map(numberOf))
  await expectLeft(stage, storage, heir)
}

/** One stops while the store takes nothing: the other one gets its rest, and its slot. */
export async function inheritsTheRest({ via }: ReadingRow): Promise<void> {
  let wrapper: StoreWrapper | undefined
  const stage = await openStage({ store: (clock) => (wrapper = new StoreWrapper(clock)), report: () => {} })
  if (wrapper === undefined) throw new Error('The stage did not ask for a store.')
  const all = shared()
  const { storage } = all
  const [owner, heir] = [1, 2].map(() => new Client(stage.at(), { via, producer: { storage } }))
  if (owner === undefined || heir === undefined) throw new Error('Two clients are wanted.')
  await heir.until(() => storage.held.size === 2)
  wrapper.failure = 'unavailable'
  owner.send(...sentRecords(1, 20))
  await owner.until(() => owner.token.producer?.waiting === 1)
  owner.actor.stop()
  await owner.untilSettled()
  expect(owner.outcomes).toEqual(Array(20).fill('send_unconfirmed'))
  wrapper.failure = null
  heir.send(...sentRecords(101, 110))
  await heir.pass(() => !heir.outcomes.includes('waiting'))
  await delivered(stage, all, heir)
}

/** One stops when all is stored and no answer has come: the other repeats it, and nothing is there twice. */
export async function inheritsTheDoubt({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const junction = new Junction(stage.port)
  const url = `${await junction.listen()}/v1/stream/${STREAM}`
  const all = shared()
  const { storage } = all
  const owner = new Client(url, { via, producer: { storage } })
  const heir = new Client(stage.at(), { via, producer: { storage } })
  await owner.until(() => storage.held.size === 2)
  await owner.untilState('connected')
  junction.mute()
  owner.send(...sentRecords(1, 20))
  await settle(async () => (await logOf(stage)).length > 0, SOON)
  owner.actor.stop()
  await owner.untilSettled()
  expect(owner.outcomes).toEqual(Array(20).fill('send_unconfirmed'))
  heir.send(...sentRecords(101, 110))
  await heir.pass(() => !heir.outcomes.includes('waiting'))
  await delivered(stage, all, heir)
}
