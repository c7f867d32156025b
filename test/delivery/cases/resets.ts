/**
 * History that is gone, under each policy: what is said of it, once, and what is read afterwards. F17.
 *
 * @module
 */
import { expect } from 'vitest'
import type { Gap } from '../../../src/link.ts'
import { settle } from '../../../src/testing/settle.ts'
import type { GapPolicy } from '../../../src/transports/durable.ts'
import { type Entry, entries, entry, numberOf } from '../../server-faults/log.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage, STREAM, type Stage } from '../../server-faults/stage.ts'
import { Client, LATE, SOON } from '../client.ts'
import { HELD, type Loss, losses, type Scene } from '../losses.ts'
import { expectBaseline, logOf, sentRecords } from '../oracle.ts'

export const policies = ['fail', 'restart', 'jump', 'refetch'] as const satisfies readonly GapPolicy[]

/** How many of those that are left `refetch` has in its snapshot. */
const SNAPSHOT = 5

interface Reading {
  readonly client: Client
  /** What `refetch` was called with. */
  readonly asked: readonly Gap[]
  /** What the client has read before the loss. */
  readonly had: readonly Entry[]
}

function open(scene: Scene, left: () => Stage, policy: GapPolicy, row: ReadingRow, position?: string) {
  const asked: Gap[] = []
  const client = new Client(scene.url, {
    via: row.via,
    onGap: policy,
    position,
    skipsPauses: false,
    async refetch(gap) {
      asked.push(gap)
      const records = await left().server.stream(STREAM).read(0, 1_000)
      return records[SNAPSHOT - 1]?.offset ?? ''
    },
  })
  return { client, asked }
}

async function expectRecovery(policy: GapPolicy, loss: Loss, stage: Stage, reading: Reading): Promise<void> {
  const { client, asked, had } = reading
  const { reason, lost, left } = loss
  if (policy === 'fail') {
    await client.untilState('error')
    expect(client.failures.at(-1)).toMatchObject({ code: 'gap', lost })
    expect(client.gaps).toEqual([])
    expect(client.records).toEqual(had)
    await expectBaseline(stage, client)
    return
  }
  await client.untilState('connected')
  // A poll may be on its way for a while: what comes next is for those who are there.
  await settle(() => stage.server.connections === 1, SOON)
  await stage.server.stream(STREAM).append(entry(999))
  const rest = { restart: left, jump: [], refetch: left.slice(SNAPSHOT) }[policy]
  await client.untilRecords(had.length + rest.length + 1)
  expect(client.records).toEqual([...had, ...rest, entry(999)])
  expect(client.gaps).toEqual([{ reason, lost: policy === 'jump' ? null : lost }])
  expect(asked).toEqual(policy === 'refetch' ? [{ reason, lost }] : [])
  expect(client.state).toBe('connected')
  await expectBaseline(stage, client)
}

/** With a position from an earlier life. */
async function onDial(policy: GapPolicy, loss: Loss, row: ReadingRow): Promise<void> {
  const scene = await loss.open()
  const position = (await scene.first.server.stream(STREAM).status())?.tail.offset
  const stage = await scene.lose()
  await expectRecovery(policy, loss, stage, { ...open(scene, () => stage, policy, row, position), had: [] })
}

/** While the connection is cut. */
async function whileAway(policy: GapPolicy, loss: Loss, row: ReadingRow): Promise<void> {
  const scene = await loss.open()
  let stage = scene.first
  const reading = open(scene, () => stage, policy, row)
  const { client } = reading
  await client.untilRecords(HELD)
  await settle(() => scene.first.server.connections === 1, SOON)
  scene.cut()
  await client.untilState('waiting')
  stage = await scene.lose()
  await client.clock.advance(client.snapshot.context.delay)
  await expectRecovery(policy, loss, stage, { ...reading, had: entries(1, HELD) })
}

export function onDialUnder(policy: GapPolicy): (row: ReadingRow) => Promise<void> {
  return async (row) => {
    for (const loss of losses) await onDial(policy, loss, row)
  }
}

export function whileAwayUnder(policy: GapPolicy): (row: ReadingRow) => Promise<void> {
  return async (row) => {
    for (const loss of losses) await whileAway(policy, loss, row)
  }
}

/** What was sent before the loss went with it; what is sent afterwards is stored once, whatever is left knows of the producer. */
export async function sendsGoOn(row: ReadingRow): Promise<void> {
  for (const loss of losses) {
    const scene = await loss.open()
    const client = new Client(scene.url, { via: row.via, onGap: 'restart', skipsPauses: false })
    client.send(...sentRecords(1, 5))
    await client.untilSettled()
    scene.cut()
    await client.untilState('waiting')
    const stage = await scene.lose()
    client.send(...sentRecords(6, 15))
    await client.clock.advance(client.snapshot.context.delay)
    await client.pass(() => !client.outcomes.includes('waiting'))
    expect(client.outcomes, loss.reason).toEqual(Array(15).fill('stored'))
    const log = await logOf(stage)
    expect(
      log.filter((record) => numberOf(record) < 0),
      loss.reason,
    ).toEqual(sentRecords(6, 15))
    await expectBaseline(stage, client)
  }
}

/** Of a stream of which only the newest record counts: it is said that others were left out, once, and reading goes on. */
export function skippedUnder(policy: GapPolicy): (row: ReadingRow) => Promise<void> {
  return async ({ via }) => {
    const stage = await openStage({ tuning: () => ({ latestOnly: true }) })
    const newest = async (): Promise<string> => (await stage.server.stream(STREAM).read(0, 1_000)).at(-2)?.offset ?? ''
    const client = new Client(stage.at(), { via, from: 'now', onGap: policy, refetch: newest })
    await client.untilState('connected')
    await settle(() => stage.server.connections === 1, SOON)
    await stage.fill(1, 10)
    if (policy === 'fail') {
      await client.untilState('error')
      expect(client.failures).toMatchObject([{ code: 'gap', lost: 9 }])
    } else {
      await settle(() => client.gaps.length > 0 && client.state === 'connected', LATE)
      await stage.fill(11, 11)
      await settle(() => client.numbers.at(-1) === 11, LATE)
      expect(client.gaps).toEqual([{ reason: 'skipped', lost: policy === 'jump' ? null : 9 }])
      expect(client.numbers).toEqual(policy === 'jump' ? [11] : [10, 11])
      expect(client.history.filter((state) => state === 'dialing').length).toBeLessThan(3)
    }
    await expectBaseline(stage, client)
  }
}
