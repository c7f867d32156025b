/**
 * History that is gone: F39, F40, and what wire.md section 3.4 says of trimming, clocks and full memories.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { settle } from '../../../src/testing/settle.ts'
import { entries, large, numberOf } from '../log.ts'
import { expectBaseline, expectRecords } from '../oracle.ts'
import { Reader, type ReaderOptions, SOON } from '../reader.ts'
import type { ReadingRow } from '../row.ts'
import { openStage, STREAM, type Stage } from '../stage.ts'
import { StoreWrapper } from '../store-wrapper.ts'

/** A reader that has ten records and whose connection was cut: it waits before it comes back. */
async function away(stage: Stage, options: ReaderOptions): Promise<Reader> {
  await stage.fill(1, 10)
  const reader = new Reader(stage.at(), { ...options, skipsPauses: false })
  await reader.untilRecords(10)
  await settle(() => stage.server.connections === 1, SOON)
  stage.cut()
  await reader.untilState('waiting')
  return reader
}

function comeBack(reader: Reader): Promise<void> {
  return reader.clock.advance(reader.snapshot.context.delay)
}

/** F39: the application is told how many are gone, and no record that it should not have. */
export async function trimmedWhileAway({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const reader = await away(stage, { via })
  await stage.fill(11, 30)
  await stage.server.stream(STREAM).trim({ through: 17 })
  await comeBack(reader)
  await reader.untilState('error')
  expectRecords(reader, 1, 10)
  expect(reader.failures.at(-1)).toMatchObject({ code: 'gap', lost: 7 })
  await expectBaseline(stage, [reader])
}

/** F39: with a policy it goes on behind what is gone, having said how much that is. */
export async function restartedWhenTrimmed({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const reader = await away(stage, { via, onGap: 'restart' })
  await stage.fill(11, 30)
  await stage.server.stream(STREAM).trim({ through: 17 })
  await comeBack(reader)
  await reader.untilRecords(23)
  expect(reader.records).toEqual([...entries(1, 10), ...entries(18, 30)])
  expect(reader.gaps).toEqual([{ reason: 'trimmed', lost: 7 }])
  await expectBaseline(stage, [reader])
}

/** F39: history goes while somebody who lags is reading it. What was on its way still comes; the count is that of the rest. */
export async function trimmedWhileReading({ via, polls }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const reader = new Reader(stage.at(), { via, heartbeatInterval: 60_000 })
  await reader.untilState('connected')
  await settle(() => stage.server.connections === 1, SOON)
  reader.pause()
  let last = 0
  const append = (): Promise<unknown> => stage.server.stream(STREAM).append(large(++last))
  // A poll is answered with the first of them, and is not asked again while it is paused.
  while (polls ? last < 300 : !stage.isClogged) {
    await append()
    await turn()
  }
  for (let more = 0; more < 100; more++) await append()
  await stage.server.stream(STREAM).trim({ keepRecords: 5 })
  reader.resume()
  await reader.untilState('error')
  const had = reader.records.length
  expect(reader.numbers).toEqual(entries(1, had).map(numberOf))
  expect(had).toBeLessThan(last - 5)
  expect(reader.failures).toMatchObject([{ code: 'gap', lost: last - 5 - had }])
  await expectBaseline(stage, [reader])
}

/** F40: a stream of the same name is not the same stream. */
export async function recreatedWhileAway({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const reader = await away(stage, { via })
  await stage.server.stream(STREAM).delete()
  await stage.fill(101, 130)
  await comeBack(reader)
  await reader.untilState('error')
  expectRecords(reader, 1, 10)
  expect(reader.failures.at(-1)).toMatchObject({ code: 'gap', lost: null })
  await expectBaseline(stage, [reader])
}

/** F40: the same under the nose of somebody who reads. Who asks in between is told that there is none. */
export async function recreatedWhileReading({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 10)
  const reader = new Reader(stage.at(), { via, onGap: 'restart' })
  await reader.untilRecords(10)
  await settle(() => stage.server.connections === 1, SOON)
  void stage.server.stream(STREAM).delete()
  await stage.fill(101, 103)
  await reader.until(() => reader.state === 'error' || reader.records.length === 13)
  if (reader.state === 'error') {
    expectRecords(reader, 1, 10)
    expect(reader.failures).toMatchObject([{ code: 'http_status', status: 404 }])
  } else {
    expect(reader.records).toEqual([...entries(1, 10), ...entries(101, 103)])
    expect(reader.gaps).toEqual([{ reason: 'generation', lost: null }])
  }
  await expectBaseline(stage, [reader])
}

/** Section 3.4: the page was asked for, and what it should hold is trimmed before the store has answered. */
export async function trimmedBeforeThePage({ via }: ReadingRow): Promise<void> {
  await overtaken(via, 'before', 60, 60)
}

/** Section 3.4: the page was read, and what it holds is trimmed before it arrives. It is still good; what follows is gone. */
export async function trimmedBehindThePage({ via }: ReadingRow): Promise<void> {
  await overtaken(via, 'after', 164, 100)
}

/** @param lost how many are gone then, when a page holds 64 records: `through` less what came. */
async function overtaken(
  via: ReadingRow['via'],
  when: 'before' | 'after',
  through: number,
  lost: number,
): Promise<void> {
  let wrapper: StoreWrapper | undefined
  const stage = await openStage({ store: (clock) => (wrapper = new StoreWrapper(clock)) })
  if (wrapper === undefined) throw new Error('The stage did not ask for a store.')
  await stage.fill(1, 400)
  const start = await stage.server.stream(STREAM).status()
  const held = wrapper.holdRead(when)
  const reader = new Reader(stage.at(), { via, position: start?.earliest.offset })
  await held.reached
  await stage.server.stream(STREAM).trim({ through })
  held.release()
  await reader.untilState('error')
  const had = through - lost
  expectRecords(reader, 1, had)
  expect(reader.failures).toMatchObject([{ code: 'gap', lost }])
  await expectBaseline(stage, [reader])
}
