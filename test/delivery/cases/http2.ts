/**
 * What HTTP/2 can do to a stream beside cutting it: F52.
 *
 * @module
 */
import { expect } from 'vitest'
import { settle } from '../../../src/testing/settle.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, STREAM, type Stage } from '../../server-faults/stage.ts'
import { Client, type ClientOptions, SOON } from '../client.ts'
import { Http2Door, waysToReset } from '../http2-door.ts'
import { expectBaseline, expectLog, expectSent, sentRecords } from '../oracle.ts'

interface Opened {
  readonly stage: Stage
  readonly door: Http2Door
  readonly client: Client
}

/** A client that has read and sent over HTTP/2. */
async function opened({ via }: ReadingRow, options: ClientOptions = {}): Promise<Opened> {
  const stage = await openStage()
  await stage.fill(1, 10)
  const door = new Http2Door(stage.port)
  const url = `${await door.listen()}/v1/stream/${STREAM}`
  const client = new Client(url, { via, protocol: 'h2', ...options })
  client.send(...sentRecords(1, 10))
  await expectSent(stage, client, 10)
  await expectLog(stage, client)
  await settle(() => door.count('GET') === 1, SOON)
  return { stage, door, client }
}

/** Twenty more each way, whatever has happened. */
async function goesOn({ stage, client }: Opened): Promise<void> {
  await stage.fill(11, 30)
  const count = client.outcomes.length + 20
  client.send(...sentRecords(count - 19, count))
  await expectSent(stage, client, count)
  await expectLog(stage, client)
  await expectBaseline(stage, client)
}

/** GOAWAY: what is open goes on, and what is new goes elsewhere. */
export async function goAway(row: ReadingRow): Promise<void> {
  const opening = await opened(row)
  const { door, client } = opening
  door.sayGoAway()
  await goesOn(opening)
  expect(door.sessions).toBe(2)
  expect(client.failures).toEqual([])
}

/** GOAWAY with an error, and nothing behind it: the read is taken up, and appends under way are repeated. */
export async function brokenOff(row: ReadingRow): Promise<void> {
  const opening = await opened(row)
  const { door, client } = opening
  for (let times = 0; times < 5; times++) {
    const count = client.outcomes.length
    client.send(...sentRecords(count + 1, count + 5))
    if (times % 2 === 0) await settle(() => door.count('POST') > 0, SOON)
    door.breakOff()
    await client.pass(
      () => !client.outcomes.includes('waiting') && client.state === 'connected' && door.count('GET') > 0,
    )
  }
  await goesOn(opening)
}

/** RST_STREAM on the read: an end that is none, whatever its code says, between two records and in the middle of one. */
export async function readReset(row: ReadingRow): Promise<void> {
  const opening = await opened(row)
  const { stage, door, client } = opening
  let n = 100
  for (const how of waysToReset)
    for (const act of ['reset', 'tear'] as const) {
      door[act]('GET', how)
      await stage.fill(n, n)
      await client.untilRecords(21 + n++ - 100)
      await settle(() => door.count('GET') === 1, SOON)
    }
  for (const code of client.codes) expect(['network', 'interrupted']).toContain(code)
  expect(client.codes.length).toBeGreaterThan(waysToReset.length)
  await goesOn(opening)
}

/** RST_STREAM on an append that is stored already, in place of its answer: the repetition is known. */
export async function appendReset(row: ReadingRow): Promise<void> {
  const opening = await opened(row)
  const { door, client } = opening
  for (const how of waysToReset) {
    const count = client.outcomes.length
    const before = door.answered.POST ?? 0
    door.set('POST', 'kept back')
    client.send(...sentRecords(count + 1, count + 3))
    await settle(() => (door.answered.POST ?? 0) > before, SOON)
    door.set('POST', 'passes')
    door.reset('POST', how)
    await client.pass(() => !client.outcomes.includes('waiting'))
  }
  expect(client.failures).toEqual([])
  await goesOn(opening)
}

/** The watchdog's patience is twice that, in milliseconds. */
const HEARTBEAT = 5_000

/** No DATA for the read, longer than the watchdog waits, while the session lives: taken up once, and late bytes are ignored. */
export async function stalledRead(row: ReadingRow): Promise<void> {
  const opening = await opened(row, { heartbeatInterval: HEARTBEAT })
  const { stage, door, client } = opening
  door.set('GET', 'kept back')
  await stage.fill(100, 110)
  await client.clock.advance(2 * HEARTBEAT)
  door.set('GET', 'passes')
  await client.untilRecords(31)
  expect(client.codes).toEqual(['silent'])
  await goesOn(opening)
}

/** An append whose answer never comes, while the read lives and is heard: given up in the end, and repeated under its number. */
export async function stalledAppend(row: ReadingRow): Promise<void> {
  const opening = await opened(row)
  const { door, client } = opening
  door.set('POST', 'kept back')
  client.send(...sentRecords(11, 15))
  await settle(() => (door.answered.POST ?? 0) > 1, SOON)
  door.set('POST', 'passes')
  await client.live(60_000)
  await settle(() => !client.outcomes.includes('waiting'), SOON)
  await goesOn(opening)
}
