/**
 * Clocks that are set (wire.md section 3.4): what is measured in time stays whole, and generations grow all the same.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../../src/server/clock.ts'
import { createStreamServer, fileStore, memoryStore } from '../../../src/server/index.ts'
import type { StreamStore } from '../../../src/server/stores/store.ts'
import { JumpingClock } from '../jumping-clock.ts'
import { expectBaseline, expectRecords } from '../oracle.ts'
import { Reader } from '../reader.ts'
import { readingRows } from '../row.ts'
import { openStage, STREAM } from '../stage.ts'

const DAY = 24 * 60 * 60_000

/** A stream that is created again on a clock that was set back is younger all the same: old positions are never taken for new ones. */
async function setBackBetweenGenerations(store: StreamStore, clock: JumpingClock): Promise<void> {
  const quota = { streams: 10, ofOwner: 10 }
  const config = { contentType: 'application/json', ttlMs: null, expiresAt: null, owner: null }
  const gens: string[] = []
  for (let life = 0; life < 4; life++) {
    const outcome = await store.create(STREAM, { config, records: ['1'], closed: false, quota })
    if (outcome.kind !== 'created') throw new Error(outcome.kind)
    gens.push(outcome.head.gen)
    await store.delete(STREAM)
    clock.set(-DAY)
  }
  expect(gens).toEqual([...new Set(gens)].sort())
  await store.close()
}

export function memorySetBack(): Promise<void> {
  const clock = new JumpingClock()
  return setBackBetweenGenerations(memoryStore({ clock }), clock)
}

export function fileSetBack(): Promise<void> {
  const clock = new JumpingClock()
  const directory = mkdtempSync(join(tmpdir(), 'statewire-clock-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return setBackBetweenGenerations(fileStore({ path: join(directory, 'streams.db'), clock }), clock)
}

/** The wall clock of the machine says nothing to the server: neither timers, nor expiry, nor signs of life. */
export async function wallClockSet(): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const before = systemClock.now()
  for (const day of [1, -1]) {
    vi.setSystemTime(Date.now() + day * DAY)
    expect(Math.abs(systemClock.now() - before)).toBeLessThan(DAY / 2)
  }
  const server = createStreamServer({ allowAnonymous: true })
  onTestFinished(() => server.close())
  const stream = server.stream('short', { ttlMs: 60_000 })
  await stream.append(1)
  for (const day of [1, -2]) {
    vi.setSystemTime(Date.now() + day * DAY)
    expect(await stream.status()).toMatchObject({ tail: { seq: 1 } })
  }
}

/** The injected clock of a store that is set back: what is there stays there, and goes on growing. */
export async function setBackWhileReading(): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 3)
  const readers = readingRows.map(({ via }) => new Reader(stage.at(), { via }))
  for (const reader of readers) await reader.untilRecords(3)
  stage.clock.set(-DAY)
  await stage.fill(4, 6)
  stage.clock.advance(1_000)
  await stage.fill(7, 8)
  for (const reader of readers) {
    await reader.untilRecords(8)
    expectRecords(reader, 1, 8)
    expect(reader.failures).toEqual([])
  }
  await expectBaseline(stage, readers)
}
