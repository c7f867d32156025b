/**
 * Sends that are refused for ever: the one rejects, the others go on, and reading does, too. Bad input.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { MAX_RECORDS_PER_APPEND } from '../../../src/wire/names.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, STREAM, type Stage } from '../../server-faults/stage.ts'
import { StoreWrapper } from '../../server-faults/store-wrapper.ts'
import { Client, type ClientOptions } from '../client.ts'
import { expectBaseline, expectLog, logOf, sentRecords } from '../oracle.ts'

/** What no sentence of an error may show. */
const SECRET = 'hunter2'

interface Refused {
  readonly stage: Stage
  readonly client: Client
}

async function open(stage: Stage, { via }: ReadingRow, options: ClientOptions = {}): Promise<Refused> {
  const client = new Client(stage.at(STREAM, `?app=${SECRET}`), { via, ...options })
  await client.untilState('connected')
  return { stage, client }
}

/** Each in an append of its own, without waiting for the one before: what shares an append with a bad one is refused with it. */
async function sendInTurn(client: Client, records: readonly unknown[]): Promise<void> {
  for (const record of records) {
    client.send(record)
    for (let turns = 0; turns < 3; turns++) await turn()
  }
}

/** The ones in the middle are refused; those around them are stored once and in order, and everybody reads on. */
async function expectTheOthers(
  { stage, client }: Refused,
  bad: readonly unknown[],
  code = 'send_failed',
): Promise<void> {
  const records = [...sentRecords(1, 3), ...bad, ...sentRecords(4, 6)]
  await sendInTurn(client, records)
  await client.pass(() => !client.outcomes.includes('waiting'))
  const expected = [...Array(3).fill('stored'), ...bad.map(() => code), ...Array(3).fill('stored')]
  expect(client.outcomes, client.describe()).toEqual(expected)
  for (const error of client.refusals) expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(SECRET)
  expect(await logOf(stage)).toEqual(sentRecords(1, 6))
  await stage.fill(7, 9)
  await expectLog(stage, client)
  expect(client.codes).toEqual([])
  expect(client.token.producer).toMatchObject({ waiting: 0, epoch: bad.length })
  await expectBaseline(stage, client)
}

/** Larger than the server takes, in a frame or in a body. */
export async function tooLarge(row: ReadingRow): Promise<void> {
  const stage = await openStage({ limits: { bodyBytes: 20_000, messageBytes: 20_000 } })
  await expectTheOthers(await open(stage, row), [`${SECRET}${'x'.repeat(40_000)}`])
}

/** Of another kind than the stream. */
export async function otherType(row: ReadingRow): Promise<void> {
  await expectTheOthers(await open(await openStage(), row), [new Uint8Array([1, 2, 3])])
}

/** JSON that nests deeper than the server reads, and an object of more members. */
export async function tooDeep(row: ReadingRow): Promise<void> {
  const deep = JSON.parse(`${'['.repeat(40)}"${SECRET}"${']'.repeat(40)}`)
  const wide = Object.fromEntries(Array.from({ length: 1_100 }, (_, index) => [`k${index}`, 0]))
  await expectTheOthers(await open(await openStage(), row), [deep, wide])
}

/** What is no JSON at all never leaves. */
export async function unwritable(row: ReadingRow): Promise<void> {
  const stage = await openStage()
  const { client } = await open(stage, row)
  const cycle: unknown[] = []
  cycle.push(cycle)
  client.send(...sentRecords(1, 3), cycle, 1n, undefined, () => SECRET, ...sentRecords(4, 6))
  await client.untilSettled()
  expect(client.outcomes).toEqual([
    ...Array(3).fill('stored'),
    ...Array(4).fill('encode_failed'),
    ...Array(3).fill('stored'),
  ])
  expect(await logOf(stage)).toEqual(sentRecords(1, 6))
  expect(client.token.producer).toMatchObject({ epoch: 0 })
  await expectBaseline(stage, client)
}

/** A whole batch is larger than an append may be: it is parted, not refused. */
export async function manyAtOnce(row: ReadingRow): Promise<void> {
  const stage = await openStage()
  const { client } = await open(stage, row, { outbox: { maxBatch: 5_000, messages: 5_000 } })
  const numbers = Array.from({ length: 2 * MAX_RECORDS_PER_APPEND + 1 }, (_, index) => index % 10)
  client.send(...numbers)
  await client.pass(() => !client.outcomes.includes('waiting'))
  expect(new Set(client.outcomes)).toEqual(new Set(['stored']))
  expect(await logOf(stage)).toEqual(numbers)
  await expectBaseline(stage, client)
}

/** No permission, for a while: those rejected stay so, and later ones are stored. */
export async function forbidden(row: ReadingRow): Promise<void> {
  let permitted = true
  const authorize = (_principal: unknown, action: string): boolean => permitted || action !== 'append'
  for (const hideForbidden of [true, false]) {
    permitted = true
    const stage = await openStage({ hideForbidden, authorize })
    const { client } = await open(stage, row)
    const change = (to: boolean): void => {
      permitted = to
      // What was decided is remembered for a minute.
      stage.clock.advance(61_000)
    }
    client.send(...sentRecords(1, 3))
    await client.untilSettled()
    change(false)
    client.send({ n: -99, v: SECRET })
    await client.untilSettled()
    change(true)
    client.send(...sentRecords(4, 6))
    await client.pass(() => !client.outcomes.includes('waiting'))
    expect(client.outcomes).toEqual([...Array(3).fill('stored'), 'send_failed', ...Array(3).fill('stored')])
    expect(await logOf(stage)).toEqual(sentRecords(1, 6))
    await stage.fill(7, 9)
    await expectLog(stage, client)
    await expectBaseline(stage, client)
  }
}

/** No room, for a while. */
export async function full(row: ReadingRow): Promise<void> {
  let wrapper: StoreWrapper | undefined
  const stage = await openStage({ store: (clock) => (wrapper = new StoreWrapper(clock)) })
  if (wrapper === undefined) throw new Error('The stage did not ask for a store.')
  const { client } = await open(stage, row)
  client.send(...sentRecords(1, 3))
  await client.untilSettled()
  wrapper.failure = 'full'
  client.send({ n: -99, v: SECRET })
  await client.untilSettled()
  wrapper.failure = null
  client.send(...sentRecords(4, 6))
  await client.pass(() => !client.outcomes.includes('waiting'))
  expect(client.outcomes).toEqual([...Array(3).fill('stored'), 'send_failed', ...Array(3).fill('stored')])
  expect(await logOf(stage)).toEqual(sentRecords(1, 6))
  await expectLog(stage, client)
  stage.reports.splice(0)
  await expectBaseline(stage, client)
}

/** The stream is closed: reading ends, and what is sent then is refused. */
export async function closed(row: ReadingRow): Promise<void> {
  const stage = await openStage()
  const { client } = await open(stage, row)
  client.send(...sentRecords(1, 3))
  await client.untilSettled()
  await stage.server.stream(STREAM).close()
  client.send(...sentRecords(4, 6))
  await client.untilState('closed')
  client.send(...sentRecords(7, 8))
  await client.untilSettled()
  const [one, two, three, ...rest] = client.outcomes
  expect([one, two, three]).toEqual(Array(3).fill('stored'))
  for (const outcome of rest.slice(0, 3)) expect(['send_failed', 'aborted', 'send_unconfirmed']).toContain(outcome)
  expect(rest.slice(3)).toEqual(['send_refused', 'send_refused'])
  expect(await logOf(stage)).toEqual(sentRecords(1, 3))
  await expectBaseline(stage, client)
}

/** With `stop`, the first refusal is the last append: what follows is neither sent nor forgotten. */
export async function stopsAtTheFirst(row: ReadingRow): Promise<void> {
  const stage = await openStage({ limits: { bodyBytes: 20_000, messageBytes: 20_000 } })
  const { client } = await open(stage, row, { producer: { onRefused: 'stop' } })
  await sendInTurn(client, [...sentRecords(1, 3), 'x'.repeat(40_000), ...sentRecords(4, 6)])
  await client.untilSettled()
  expect(client.outcomes).toEqual([...Array(3).fill('stored'), ...Array(4).fill('send_failed')])
  expect(client.codes).toEqual(['send_failed'])
  expect(await logOf(stage)).toEqual(sentRecords(1, 3))
  await stage.fill(7, 9)
  await expectLog(stage, client)
  await expectBaseline(stage, client)
}
