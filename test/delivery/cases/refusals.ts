/**
 * A stream that may not be read, or is not there, at first or in mid-life: F17.
 *
 * @module
 */
import { expect } from 'vitest'
import { settle } from '../../../src/testing/settle.ts'
import { entries } from '../../server-faults/log.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, STREAM, type Stage } from '../../server-faults/stage.ts'
import { Client, SOON } from '../client.ts'
import { expectBaseline, expectLog, expectRecords, logOf, sentRecords } from '../oracle.ts'

/** Why it is refused, and how that is lifted. */
interface Ban {
  readonly status: number
  impose(stage: Stage): Promise<unknown> | unknown
  lift(stage: Stage): Promise<unknown> | unknown
}

interface Guarded {
  readonly stage: Stage
  readonly bans: readonly Ban[]
}

async function guarded(): Promise<Guarded> {
  const banned = { is: false }
  const stage = await openStage({ hideForbidden: false, authorize: () => !banned.is })
  const set =
    (is: boolean) =>
    (at: Stage): void => {
      banned.is = is
      // What was permitted is remembered for a minute.
      at.clock.advance(61_000)
    }
  return {
    stage,
    bans: [
      { status: 403, impose: set(true), lift: set(false) },
      {
        status: 404,
        impose: (at) => at.server.stream(STREAM).delete(),
        lift: (at) => at.server.stream(STREAM).create(),
      },
    ],
  }
}

/** It rests in `error`, asks no second time by itself, and works when it is let in. */
export async function refusedAtFirst({ via }: ReadingRow): Promise<void> {
  const { stage, bans } = await guarded()
  for (const { status, impose, lift } of bans) {
    await impose(stage)
    const client = new Client(stage.at(), { via })
    await client.untilState('error')
    await client.live(60_000)
    expect(client.history).toEqual(['idle', 'connecting', 'error'])
    expect(client.failures).toMatchObject([{ code: 'http_status', status }])
    expect(client.gaps).toEqual([])
    client.send(...sentRecords(1, 1))
    await client.until(() => client.outcomes[0] === 'send_refused')
    await lift(stage)
    client.actor.send({ type: 'connect' })
    await client.untilState('connected')
    await stage.fill(1, 3)
    await client.untilRecords(3)
    client.close()
    await client.until(() => client.clock.pending === 0)
    await stage.server.stream(STREAM).delete()
    await stage.server.stream(STREAM).create()
  }
  await expectBaseline(stage)
}

/** In mid-life: it rests in `error` with all that it had; let in again, it goes on behind that. */
export async function forbiddenInMidLife({ via }: ReadingRow): Promise<void> {
  const { stage, bans } = await guarded()
  const [forbidden] = bans
  await stage.fill(1, 5)
  const client = new Client(stage.at(), { via })
  await client.untilRecords(5)
  client.send(...sentRecords(1, 3))
  await client.untilSettled()
  await expectLog(stage, client)
  forbidden?.impose(stage)
  stage.cut()
  await client.untilState('error')
  expect(client.failures.at(-1)).toMatchObject({ code: 'http_status', status: 403 })
  await stage.fill(6, 9)
  forbidden?.lift(stage)
  client.actor.send({ type: 'connect' })
  client.send(...sentRecords(4, 6))
  await client.pass(() => !client.outcomes.includes('waiting'))
  expect(client.outcomes).toEqual(Array(6).fill('stored'))
  await expectLog(stage, client)
  expect(await logOf(stage)).toEqual([...entries(1, 5), ...sentRecords(1, 3), ...entries(6, 9), ...sentRecords(4, 6)])
  await expectBaseline(stage, client)
}

/** In mid-life there is no such stream any more: that is an end which is said. */
export async function goneInMidLife({ via }: ReadingRow): Promise<void> {
  const { stage } = await guarded()
  await stage.fill(1, 5)
  const client = new Client(stage.at(), { via, onGap: 'restart' })
  await client.untilRecords(5)
  await settle(() => stage.server.connections === 1, SOON)
  await stage.server.stream(STREAM).delete()
  await client.untilState('error')
  expectRecords(client, 1, 5)
  expect(client.failures.at(-1)).toMatchObject({ code: 'http_status', status: 404 })
  expect(client.gaps).toEqual([])
  await expectBaseline(stage, client)
}

/** What waits when reading is refused for good is told, not forgotten: sends settle when the connection ends. */
export async function sendsOfTheRefused({ via }: ReadingRow): Promise<void> {
  const { stage, bans } = await guarded()
  const client = new Client(stage.at(), { via, skipsPauses: false })
  await client.untilState('connected')
  await bans[0]?.impose(stage)
  stage.cut()
  await client.untilState('waiting')
  client.send(...sentRecords(1, 3))
  await client.clock.advance(client.snapshot.context.delay)
  await client.untilState('error')
  client.close()
  await client.untilSettled()
  expect(client.outcomes).toEqual(Array(3).fill('aborted'))
  expect(await logOf(stage)).toEqual([])
  await expectBaseline(stage, client)
}
