/**
 * Positions and tokens that no server of this stream has given: bad input.
 *
 * @module
 */
import { expect } from 'vitest'
import type { ResumeToken } from '../../../src/durable.ts'
import { settle } from '../../../src/testing/settle.ts'
import { formatOffset } from '../../../src/wire/offset.ts'
import { numberOf } from '../../server-faults/log.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, STREAM, type Stage } from '../../server-faults/stage.ts'
import { Client, type ClientOptions, LATE } from '../client.ts'
import { expectBaseline, logOf, sentRecords } from '../oracle.ts'
import { watched } from '../storage.ts'

/** It rests with one typed error, has asked little, and repeats nothing of what it was given. */
async function expectRefused(
  stage: Stage,
  given: string,
  options: ClientOptions,
  codes: readonly string[],
): Promise<void> {
  const storage = watched()
  const client = new Client(stage.at(), { producer: { storage }, ...options })
  await client.untilState('error')
  await client.live(60_000)
  const [error, ...others] = client.failures
  expect(codes, given.slice(0, 80)).toContain(error?.code)
  expect(others).toEqual([])
  expect(client.records).toEqual([])
  expect(client.history).toEqual(['idle', 'connecting', 'error'])
  if (given.length > 3) expect(`${error?.message} ${JSON.stringify(error)}`).not.toContain(given.slice(0, 40))
  expect(storage.calls.filter((call) => !/^(claim|release)$/.test(call))).toEqual([])
  client.close()
}

/** Of the right form, and of nothing that is there. */
export async function foreignOffsets({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const other = stage.server.stream('other')
  await other.append(1, 2, 3)
  const foreign = (await other.status())?.tail.offset ?? ''
  await stage.fill(1, 5)
  const older = (await stage.server.stream(STREAM).status())?.tail.offset ?? ''
  await stage.server.stream(STREAM).delete()
  await stage.fill(1, 5)
  const tail = (await stage.server.stream(STREAM).status())?.tail.offset ?? ''
  const [gen = ''] = tail.split('_')
  const beyond = formatOffset({ gen, term: 1, seq: 6 })
  const farBeyond = formatOffset({ gen, term: 65_535, seq: Number.MAX_SAFE_INTEGER })
  for (const position of [foreign, older, beyond, farBeyond])
    await expectRefused(stage, position, { via, position }, ['gap'])
  for (const from of [foreign, beyond]) await expectRefused(stage, from, { via, from }, ['gap'])
  const producer = { id: 'p', epoch: 0, waiting: 0 }
  for (const position of [foreign, older])
    await expectRefused(stage, position, { via, resume: { position, producer } }, ['gap'])
  await expectBaseline(stage)
}

/** A place inside a unit, of which so many records are known, where there are not so many. */
export async function forgedPlace({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 5)
  const tail = (await stage.server.stream(STREAM).status())?.tail.offset ?? ''
  const client = new Client(stage.at(), { via, position: `${tail}+1000` })
  await client.until(() => client.state === 'connected' || client.state === 'error')
  if (client.state === 'connected') {
    await stage.fill(6, 8)
    const told = (): boolean => client.state === 'error' || client.gaps.length > 0 || client.records.length === 3
    await settle(told, LATE)
  } else expect(client.codes).toEqual(['gap'])
  await expectBaseline(stage, client)
}

const HUGE = `0${'1'.repeat(10_000)}`

/** Of no form at all. */
export async function garbage({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 5)
  const offset = (await stage.server.stream(STREAM).status())?.tail.offset ?? ''
  const given = [
    'garbage',
    '',
    '-2',
    'NOW',
    offset.toUpperCase(),
    `${offset} `,
    `${offset},${offset}`,
    `${offset}\r\nx: y`,
    '\0',
    'ä€',
    HUGE,
  ]
  for (const position of given)
    await expectRefused(stage, position, { via, position }, ['http_status', 'bad_option', 'network'])
  for (const from of given) await expectRefused(stage, from, { via, from }, ['bad_option', 'http_status'])
  await expectBaseline(stage)
}

/** What may be found where a token was kept. */
const PRODUCERS: readonly unknown[] = [
  'p',
  7,
  [],
  {},
  { id: 7, epoch: 0, waiting: 0 },
  { id: '', epoch: 0, waiting: 1 },
  { id: 'a b', epoch: 0, waiting: 1 },
  { id: 'a\r\nx: y', epoch: 0, waiting: 1 },
  { id: 'a'.repeat(10_000), epoch: 0, waiting: 1 },
  { id: 'p', waiting: 1 },
  { id: 'p', epoch: '0', waiting: 1 },
  { id: 'p', epoch: -2, waiting: 1 },
  { id: 'p', epoch: 1.5, waiting: 1 },
  { id: 'p', epoch: Number.NaN, waiting: 1 },
  { id: 'p', epoch: Number.POSITIVE_INFINITY, waiting: 1 },
  { id: 'p', epoch: Number.MAX_SAFE_INTEGER, waiting: 1 },
  { id: 'p', epoch: 1e300, waiting: 1 },
  { id: 'p', epoch: null, waiting: 1 },
]

const TOKENS: readonly unknown[] = [null, 'token', 7, [], {}, { position: 7 }, { position: {} }, { producer: null }]

/** What makes no sense in a token is refused as such, or left aside: never half of it. */
async function refusedOrIgnored(row: ReadingRow, tokens: readonly unknown[]): Promise<void> {
  const stage = await openStage()
  for (const [index, token] of tokens.entries()) {
    const client = new Client(stage.at(), { via: row.via, resume: token as ResumeToken })
    const what = `${index}: ${JSON.stringify(token).slice(0, 80)}`
    client.send(...sentRecords(index * 2 + 1, index * 2 + 2))
    await client.pass(() => !client.outcomes.includes('waiting'))
    expect(['stored', 'bad_option'], what).toContain(client.outcomes[0])
    expect(client.outcomes[1], what).toBe(client.outcomes[0])
    for (const code of client.codes) expect(code, what).toBe('bad_option')
    client.close()
  }
  const numbers = (await logOf(stage)).map(numberOf)
  expect(new Set(numbers).size).toBe(numbers.length)
  await expectBaseline(stage)
}

export function badTokens(row: ReadingRow): Promise<void> {
  return refusedOrIgnored(row, TOKENS)
}

export function badProducers(row: ReadingRow): Promise<void> {
  return refusedOrIgnored(
    row,
    PRODUCERS.map((producer) => ({ position: null, producer })),
  )
}
