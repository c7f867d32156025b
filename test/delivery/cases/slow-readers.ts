/**
 * An application that takes nothing for so long that the server gives it up, and then goes on: F07.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { stream } from '../../../src/durable.ts'
import { settle } from '../../../src/testing/settle.ts'
import { entries, large, numberOf } from '../../server-faults/log.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, STREAM, type Stage } from '../../server-faults/stage.ts'
import { Client, SOON } from '../client.ts'
import { expectBaseline, expectLog, expectSent, logOf, sentRecords } from '../oracle.ts'

/** Appends until a connection takes no more, and then some; where each answer is a page, no connection ever fills. */
async function clog(stage: Stage, { polls }: ReadingRow): Promise<void> {
  let n = 0
  const append = (): Promise<unknown> => stage.server.stream(STREAM).append(large(++n))
  while (polls ? n < 100 : !stage.isClogged) {
    await append()
    await turn()
  }
  for (let more = 0; more < 50; more++) await append()
}

async function connected(stage: Stage, { via }: ReadingRow): Promise<Client> {
  const client = new Client(stage.at(), { via })
  await client.untilState('connected')
  await settle(() => stage.server.connections === 1, SOON)
  return client
}

/** Cut off after 20 s with 4208, where there is a code, and back at its own place. */
export async function cutOff(row: ReadingRow): Promise<void> {
  const stage = await openStage()
  const client = await connected(stage, row)
  client.pause()
  await clog(stage, row)
  stage.clock.advance(25_000)
  client.resume()
  await expectLog(stage, client)
  if (!row.polls)
    expect(client.failures).toMatchObject([
      row.isSocket ? { code: 'closed_by_server', closeCode: 4208 } : { code: 'network' },
    ])
  await expectBaseline(stage, client)
}

/** The same, with sends before, during and after: each is stored once, whichever link its answer was lost with. */
export async function cutOffWithSends(row: ReadingRow): Promise<void> {
  const stage = await openStage()
  const client = await connected(stage, row)
  client.send(...sentRecords(1, 10))
  await client.untilSettled()
  client.pause()
  client.send(...sentRecords(11, 20))
  await clog(stage, row)
  client.send(...sentRecords(21, 30))
  await settle(async () => (await logOf(stage)).filter((record) => numberOf(record) < 0).length === 30, SOON)
  stage.clock.advance(25_000)
  client.send(...sentRecords(31, 40))
  client.resume()
  await expectSent(stage, client, 40)
  await expectLog(stage, client)
  await expectBaseline(stage, client)
}

/** What is sent is confirmed whether the application reads or not. */
export async function sendsWhilePaused(row: ReadingRow): Promise<void> {
  const stage = await openStage()
  const client = await connected(stage, row)
  client.pause()
  client.send(...sentRecords(1, 10))
  await settle(() => !client.outcomes.includes('waiting'), SOON)
  client.resume()
  await expectSent(stage, client, 10)
  await expectLog(stage, client)
  await expectBaseline(stage, client)
}

/** More than an iterator keeps: it is full, and the socket is not read, while the loop waits for its own append. */
const BACKLOG = 400

/** A loop that appends for each record, and waits for that before it takes the next one. */
export async function answersWhileReading({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, BACKLOG)
  const room = stream<unknown, unknown>(stage.at(), { via, environment: false })
  onTestFinished(() => void room.connection.stop())
  const numbers: number[] = []
  let answered = 0
  void (async () => {
    for await (const { data } of room) {
      numbers.push(numberOf(data))
      if (numberOf(data) < 0 || numberOf(data) % 50 !== 0) continue
      await room.append(sentRecords(++answered, answered)[0])
    }
  })()
  const all = BACKLOG + BACKLOG / 50
  await settle(() => numbers.length === all, { ...SOON, describe: () => `${numbers.length} of ${all} came.` })
  const log = [...entries(1, BACKLOG), ...sentRecords(1, BACKLOG / 50)]
  expect(numbers).toEqual(log.map(numberOf))
  expect(await logOf(stage)).toEqual(log)
  await room.return?.()
  await expectBaseline(stage)
}

/** An iterator that is not asked stops the socket; the server gives it up, and the loop goes on as if nothing had been. */
export async function abandonedIterator(row: ReadingRow): Promise<void> {
  const stage = await openStage()
  const room = stream<unknown, unknown>(stage.at(), { via: row.via, environment: false, backoff: { base: 5, cap: 20 } })
  onTestFinished(() => void room.connection.stop())
  const records: unknown[] = []
  const first = room.next()
  await settle(() => stage.server.connections === 1, SOON)
  await clog(stage, row)
  records.push((await first).value?.data)
  stage.clock.advance(25_000)
  const log = await logOf(stage)
  while (records.length < log.length) records.push((await room.next()).value?.data)
  expect(records.map(numberOf)).toEqual(log.map(numberOf))
  expect(records).toEqual(log)
  await room.return?.()
  await expectBaseline(stage)
}
