/**
 * Readers that do not read, and a server that does not run: F07 and F45.
 *
 * @module
 */
import { request } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { openRead } from '../../../src/server/testing/rig.ts'
import { greet, openSocket } from '../../../src/server/testing/socket-rig.ts'
import { settle } from '../../../src/testing/settle.ts'
import { entries, large, numberOf } from '../log.ts'
import { expectBaseline } from '../oracle.ts'
import { Reader, SOON } from '../reader.ts'
import type { ReadingRow } from '../row.ts'
import { openStage, STREAM, type Stage } from '../stage.ts'

/** Two units and what a socket holds beyond its high-water mark. */
const MOST_HELD_BACK = 200 * 1024

/** Appends until a connection takes no more, and then as much again as it would have been; resolves with the last number. */
async function clog(stage: Stage, first = 1): Promise<number> {
  let n = first - 1
  const append = (): Promise<unknown> => stage.server.stream(STREAM).append(large(++n))
  while (!stage.isClogged) {
    await append()
    await turn()
  }
  for (let more = 0; more < 100; more++) await append()
  await turn()
  return n
}

async function expectAll(reader: Reader, last: number): Promise<void> {
  await reader.untilRecords(last)
  expect(reader.numbers).toEqual(entries(1, last).map(numberOf))
}

/** F07: the server keeps no more than a batch for who does not read, and sends the rest from the log. */
export async function shortStall({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const reader = new Reader(stage.at(), { via })
  await reader.untilState('connected')
  await settle(() => stage.server.connections === 1, SOON)
  reader.pause()
  const last = await clog(stage)
  expect(stage.heldBack).toBeLessThan(MOST_HELD_BACK)
  stage.clock.advance(15_000)
  await turn()
  expect(stage.server.connections).toBe(1)
  reader.resume()
  await expectAll(reader, last)
  expect(reader.failures).toEqual([])
  await expectBaseline(stage, [reader])
}

/** F07: after 20 s it is cut off, with 4208 where there is a code, and goes on from its own position. */
export async function longStall({ via, isSocket }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const reader = new Reader(stage.at(), { via, heartbeatInterval: 30_000 })
  await reader.untilState('connected')
  await settle(() => stage.server.connections === 1, SOON)
  reader.pause()
  const last = await clog(stage)
  stage.clock.advance(25_000)
  reader.resume()
  await expectAll(reader, last)
  expect(reader.failures).toHaveLength(1)
  expect(reader.failures[0]).toMatchObject(
    isSocket ? { code: 'closed_by_server', closeCode: 4208 } : { code: 'network' },
  )
  await expectBaseline(stage, [reader])
}

/** F07: pages that nobody takes must not stay for ever either. */
export async function untakenPages(): Promise<void> {
  const stage = await openStage()
  await stage.server.stream(STREAM).append(...Array.from({ length: 60 }, (_, index) => large(index + 1)))
  const peer = connect({ port: stage.port, host: '127.0.0.1' })
  onTestFinished(() => void peer.destroy())
  peer.on('error', () => {})
  // One behind the other on one connection: the buffers between take several.
  while (!stage.isClogged) {
    peer.write(`GET /v1/stream/${STREAM}?offset=-1 HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await turn()
  }
  stage.clock.advance(25_000)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(stage.isClogged).toBe(false)
  await expectBaseline(stage, [])
}

/** So many on each transport. */
const CROWD = 10

/** F45: the server could not run for so long. Everybody is still there, and is heard from, late. */
async function blocked(milliseconds: number, row: ReadingRow): Promise<void> {
  const stage = await openStage({ limits: { longPollMs: 600_000 } })
  await stage.fill(1, 3)
  const readers = Array.from({ length: CROWD }, () => new Reader(stage.at(), { via: row.via }))
  for (const reader of readers) await reader.untilRecords(3)
  await settle(() => stage.server.connections === CROWD, SOON)
  stage.clock.advance(4_900)
  stage.clock.jump(milliseconds)
  for (let turns = 0; turns < 5; turns++) await turn()
  // The signs of life that are due now, and the answers to them.
  stage.clock.advance(5_000)
  for (let turns = 0; turns < 5; turns++) await turn()
  await stage.fill(4, 5)
  for (const reader of readers) await reader.untilRecords(5)
  await settle(() => stage.server.connections === CROWD, SOON)
  for (const reader of readers) {
    expect(reader.failures, reader.describe()).toEqual([])
    expect(reader.numbers).toEqual([1, 2, 3, 4, 5])
  }
  await expectBaseline(stage, readers)
}

export function blockedFor5Seconds(row: ReadingRow): Promise<void> {
  return blocked(5_000, row)
}

export function blockedFor30Seconds(row: ReadingRow): Promise<void> {
  return blocked(30_000, row)
}

/** F45: a sign of life comes late, once, and not once for each interval that was missed. */
export async function lateHeartbeats(): Promise<void> {
  const stage = await openStage()
  const sse = await openRead(stage.at(STREAM, '?offset=-1&live=sse&heartbeat=1'))
  const ndjson = await openRead(stage.at(STREAM, '?offset=-1&live=ndjson&heartbeat=1'))
  const socket = await greet(stage.url, { pingMs: 1_000 })
  await Promise.all([sse, ndjson].map((read) => read.until((text) => text.includes('upToDate'))))
  const signs = (): readonly number[] => [
    sse
      .text()
      .split('\n')
      .filter((line) => line === ':').length,
    ndjson.text().split('"k":"p"').length - 1,
    socket.frames.filter(({ t }) => t === 'ping').length,
  ]
  const before = signs()
  stage.clock.jump(30_000)
  await settle(() => signs().every((count, index) => count > (before[index] ?? 0)), SOON)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(signs()).toEqual(before.map((count) => count + 1))
  for (const read of [sse, ndjson]) read.close()
  socket.socket.terminate()
  await expectBaseline(stage, [])
}

/** F45: whoever was slow while the server did not run has had no chance to be anything else. */
export async function blockedWhileClogged({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  const reader = new Reader(stage.at(), { via })
  await reader.untilState('connected')
  await settle(() => stage.server.connections === 1, SOON)
  reader.pause()
  const last = await clog(stage)
  stage.clock.jump(30_000)
  reader.resume()
  await expectAll(reader, last)
  expect(reader.failures, reader.describe()).toEqual([])
  await expectBaseline(stage, [reader])
}

/** F45: a greeting that came while the server did not run is there when it runs again. */
export async function blockedBeforeTheGreeting(): Promise<void> {
  const stage = await openStage()
  const stranger = await openSocket(stage.url)
  stranger.send({ t: 'hello', v: 1 })
  await new Promise((resolve) => stranger.socket.ping(undefined, undefined, resolve))
  stage.clock.jump(12_000)
  await stranger.until(({ t }) => t === 'welcome')
  stranger.socket.terminate()
  await expectBaseline(stage, [])
}

/** F45: so is the rest of an upload. */
export async function blockedDuringAnUpload(): Promise<void> {
  const stage = await openStage()
  const upload = request(stage.at(), { method: 'POST', headers: { 'content-type': 'application/json' }, agent: false })
  const status = new Promise((resolve) => upload.on('response', (answer) => resolve(answer.resume().statusCode)))
  upload.on('error', () => {})
  upload.write('{"n":1,')
  await settle(() => stage.responses.size === 1, SOON)
  upload.end('"v":"a"}')
  stage.clock.jump(12_000)
  expect(await status).toBe(204)
  await expectBaseline(stage, [])
}
