/**
 * A producer that slept while another one went on under its id: F33.
 *
 * @module
 */
import { expect } from 'vitest'
import { fileOutbox } from '../../../src/producer/file-outbox.ts'
import { afterCrash, freshDirectory } from '../../../src/producer/file-outbox-rig.ts'
import { shapedStore } from '../../../src/server/testing/shaped-store.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, type Stage } from '../../server-faults/stage.ts'
import { Client, SOON } from '../client.ts'
import { expectBaseline, expectLog, logOf, sentRecords } from '../oracle.ts'
import { type WatchedStorage, watched } from '../storage.ts'

/** Ten minutes, in milliseconds. */
const LONG = 600_000

/** It is told once, touches neither the stream nor its outbox any more, and reads on. */
export async function fenced({ via }: ReadingRow): Promise<void> {
  let appends = 0
  const store = shapedStore({
    before(operation) {
      if (operation === 'append') appends += 1
      return undefined
    },
  })
  const stage = await openStage({ store: () => store })
  const storage = watched()
  const sleeper = new Client(stage.at(), { via, producer: { storage } })
  sleeper.send(...sentRecords(1, 5))
  await sleeper.untilSettled()
  const successor = new Client(stage.at(), { via, resume: sleeper.token })
  successor.send(...sentRecords(6, 10))
  await successor.untilSettled()
  expect(successor.outcomes).toEqual(Array(5).fill('stored'))
  expect(successor.token.producer).toEqual({ ...sleeper.token.producer, epoch: 1 })

  const before = [...storage.calls]
  sleeper.send(...sentRecords(11, 15))
  await sleeper.untilSettled()
  sleeper.send(...sentRecords(16, 20))
  await sleeper.untilSettled()
  expect(sleeper.outcomes.slice(5)).toEqual(Array(10).fill('producer_fenced'))
  expect(sleeper.codes).toEqual(['producer_fenced'])
  // What it had to keep before it could be told; nothing was numbered anew or forgotten.
  const after = storage.calls.slice(before.length)
  expect(after.filter((call) => !call.startsWith('put'))).toEqual([])
  const asked = appends
  await sleeper.live(LONG)
  expect(appends).toBe(asked)
  expect(sleeper.state).toBe('connected')

  await stage.fill(1, 10)
  successor.send(...sentRecords(21, 22))
  await successor.untilSettled()
  await expectLog(stage, sleeper)
  expect((await logOf(stage)).slice(0, 10)).toEqual(sentRecords(1, 10))
  await expectBaseline(stage, sleeper, successor)
  await settle(() => storage.held.size === 0, SOON)
}

/** What it had on its way when it fell asleep may have arrived: it is told that it is fenced, and nothing is there twice. */
export async function fencedAfterACut({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const sleeper = new Client(stage.at(), { via, skipsPauses: false })
  sleeper.send(...sentRecords(1, 5))
  await sleeper.untilSettled()
  stage.cut()
  await sleeper.untilState('waiting')
  sleeper.send(...sentRecords(6, 9))
  const successor = new Client(stage.at(), { via, resume: sleeper.token })
  successor.send(...sentRecords(10, 12))
  await successor.untilSettled()
  await sleeper.clock.advance(sleeper.snapshot.context.delay)
  await sleeper.pass(() => !sleeper.outcomes.includes('waiting'))
  expect(sleeper.outcomes.slice(5)).toEqual(Array(4).fill('producer_fenced'))
  expect(await logOf(stage)).toEqual([...sentRecords(1, 5), ...sentRecords(10, 12)])
  await expectLog(stage, sleeper)
  await expectBaseline(stage, sleeper, successor)
}

interface Fenced {
  readonly stage: Stage
  readonly storage: WatchedStorage
  readonly clock: SimulatedClock
  /** Appends that have reached the store. */
  appends(): number
  connect(): Client
  /** Makes the client a zombie that has one append in its outbox, and ends it. */
  fence(client: Client): Promise<void>
}

async function fencing({ via }: ReadingRow): Promise<Fenced> {
  let appends = 0
  const store = shapedStore({
    before(operation) {
      if (operation === 'append') appends += 1
      return undefined
    },
  })
  const stage = await openStage({ store: () => store })
  const clock = simulatedClock()
  const storage = watched(fileOutbox(freshDirectory(), { clock }))
  return {
    stage,
    storage,
    clock,
    appends: () => appends,
    connect: () => new Client(stage.at(), { via, producer: { storage } }),
    async fence(client) {
      client.send(...sentRecords(1, 3))
      await client.untilSettled()
      const successor = new Client(stage.at(), { via, resume: client.token })
      successor.send(...sentRecords(4, 6))
      await successor.untilSettled()
      client.send(...sentRecords(7, 9))
      await client.untilSettled()
      expect(client.outcomes).toEqual([...Array(3).fill('stored'), ...Array(3).fill('producer_fenced')])
      for (const one of [client, successor]) one.close()
    },
  }
}

/** What a zombie leaves behind in an outbox that survives keeps nobody from sending who comes after it. */
export async function leftToTheNext(row: ReadingRow): Promise<void> {
  const { stage, storage, connect, fence } = await fencing(row)
  await fence(connect())
  await settle(() => storage.held.size === 0, SOON)
  const next = connect()
  await next.untilState('connected')
  next.send(...sentRecords(10, 12))
  await next.pass(() => !next.outcomes.includes('waiting'))
  expect(next.outcomes).toEqual(Array(3).fill('stored'))
  expect(await logOf(stage)).toEqual([...sentRecords(1, 6), ...sentRecords(10, 12)])
  await expectBaseline(stage, next)
}

/** And whoever sends beside it does not inherit it again and again. */
export async function leftToOthers(row: ReadingRow): Promise<void> {
  const { stage, storage, clock, appends, connect, fence } = await fencing(row)
  const zombie = connect()
  const other = connect()
  await zombie.until(() => storage.held.size === 2)
  await fence(zombie)
  await zombie.until(() => storage.held.size === 1)
  const before = appends()
  for (let looks = 0; looks < 20; looks++) {
    // Somebody who has looked sets a timer for the next time.
    await settle(() => clock.pending > 0, SOON)
    await clock.advance(2_000)
    await other.live(2_000)
  }
  expect(appends() - before).toBeLessThan(5)
  expect(other.codes.length).toBeLessThan(5)
  other.send(...sentRecords(10, 12))
  await other.untilSettled()
  expect(other.outcomes).toEqual(Array(3).fill('stored'))
  await expectBaseline(stage, other)
}

/** Two that append from copies of one outbox, under the same epoch: no server can fence them, but one of them is told of it. */
export async function copied({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const directory = freshDirectory()
  const clock = simulatedClock()
  const first = new Client(stage.at(), { via, producer: { storage: fileOutbox(directory, { clock }) } })
  first.send(...sentRecords(1, 1))
  await first.untilSettled()
  const copy = fileOutbox(afterCrash(directory), { clock })
  const second = new Client(stage.at(), { via, producer: { storage: copy } })
  second.send(...sentRecords(2, 2))
  await second.untilSettled()
  // Under the number that the other one has used: "it is there already" is said of something else.
  first.send(...sentRecords(3, 3))
  await first.untilSettled()
  expect(await logOf(stage)).toEqual(sentRecords(1, 2))
  expect(first.outcomes).toEqual(['stored', 'producer_fenced'])
  await expectBaseline(stage, first, second)
}
