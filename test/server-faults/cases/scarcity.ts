/**
 * What a machine can run out of, for real and in a process of its own: time, file descriptors and room on the disk. F45 and F46.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { expect } from 'vitest'
import { greet } from '../../../src/server/testing/socket-rig.ts'
import { settle } from '../../../src/testing/settle.ts'
import { entries, entry } from '../log.ts'
import { Succession } from '../processes/succession.ts'
import { Reader, SOON } from '../reader.ts'
import { readingRows } from '../row.ts'
import { STREAM } from '../stage.ts'

async function append(url: string, ...records: readonly unknown[]): Promise<number> {
  const answer = await fetch(`${url}/v1/stream/${STREAM}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(records),
  })
  await answer.text()
  return answer.status
}

/** Longer than the 7 s after which a peer that was asked for a sign of life each second is taken for dead. */
const BLOCKED_MS = 8_000

/** F45, in real time: the process stands still. Nobody is taken for dead, on either side. */
export async function blockedForReal(): Promise<void> {
  const servers = new Succession({ store: 'memory' })
  const url = await servers.start()
  await append(url, ...entries(1, 3))
  const options = { inRealTime: true, heartbeatInterval: 15_000 }
  const readers = readingRows.flatMap(({ via }) =>
    Array.from({ length: 5 }, () => new Reader(`${url}/v1/stream/${STREAM}`, { via, ...options })),
  )
  const watched = await Promise.all(Array.from({ length: 5 }, () => greet(url, { pingMs: 1_000 })))
  for (const raw of watched)
    raw.socket.on('message', (data) => void (String(data).includes('"ping"') && raw.send({ t: 'pong' })))
  for (const reader of readers) await reader.untilRecords(3)
  await servers.block(BLOCKED_MS)
  expect(await append(url, entry(4))).toBe(204)
  for (const reader of readers) {
    await reader.untilRecords(4)
    expect(reader.failures, reader.describe()).toEqual([])
    expect(reader.records).toEqual(entries(1, 4))
    reader.close()
  }
  for (const [index, raw] of watched.entries()) {
    raw.send({ t: 'ping', k: index })
    await raw.until(({ t, k }) => t === 'pong' && k === index)
    raw.socket.terminate()
  }
  expect(servers.reports).toEqual([])
  expect(await servers.end('SIGTERM')).toEqual({ code: 0, signal: null })
}

/** F46, EMFILE: newcomers are turned away, who is there is served, and afterwards everybody is again. */
export async function noDescriptors(): Promise<void> {
  const servers = new Succession({ confine: 'ulimit -n 60' })
  const url = await servers.start()
  await append(url, ...entries(1, 3))
  const readers = readingRows.map(({ via }) => new Reader(`${url}/v1/stream/${STREAM}`, { via, skipsPauses: false }))
  for (const reader of readers) await reader.untilRecords(3)
  const writer = await greet(url, { pingMs: 60_000 })
  const crowd: Socket[] = []
  const turnedAway = new Promise((resolve) => {
    for (let count = 0; count < 150; count++) {
      const socket = connect(servers.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.on('close', resolve)
      crowd.push(socket)
    }
  })
  await turnedAway
  writer.send({ t: 'pub', s: STREAM, pid: 'p', e: 0, q: 0, d: [entry(4)] })
  await writer.until(({ t }) => t === 'ack')
  const there = readers.filter(({ state }) => state === 'connected')
  expect(there.length).toBeGreaterThanOrEqual(3)
  for (const reader of there.filter(({ via }) => via !== 'long-poll')) await reader.untilRecords(4)
  await Promise.all(crowd.map(gone))
  // The server hears of it a moment later than the crowd; until then it turns us away unheard, so that nothing is appended twice.
  await expect.poll(() => append(url, entry(5)).catch(() => 'turned away'), SOON).toBe(204)
  for (const reader of readers) {
    await reader.until(() => {
      // A poll needs a connection each time, and may have been turned away like anybody.
      if (reader.state === 'waiting') void reader.clock.advance(reader.snapshot.context.delay)
      return reader.records.length === 5
    })
    expect(reader.records).toEqual(entries(1, 5))
    reader.close()
  }
  writer.socket.terminate()
  expect(await servers.end('SIGTERM')).toEqual({ code: 0, signal: null })
}

function gone(socket: Socket): Promise<unknown> {
  socket.destroy()
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.on('close', resolve))
}

/** F46, ENOSPC: the file may not grow. Appends are refused, all that were taken are there, and they go on when it may. */
export async function noRoom(): Promise<void> {
  // In blocks of 512 bytes for a POSIX shell: half a megabyte.
  const servers = new Succession({ confine: 'ulimit -S -f 1024' })
  const url = await servers.start()
  await append(url, ...entries(1, 3))
  const reader = new Reader(`${url}/v1/stream/${STREAM}`, { via: 'sse' })
  await reader.untilRecords(3)
  const heavy = { v: 'x'.repeat(50_000) }
  let taken = 0
  let status = 204
  while (status === 204 && taken < 1_000) {
    status = await append(url, heavy)
    if (status === 204) taken += 1
  }
  expect([status, taken > 3]).toEqual([507, true])
  const writer = await greet(url, { pingMs: 60_000 })
  writer.send({ t: 'pub', s: STREAM, pid: 'p', e: 0, q: 0, d: ['x'.repeat(50_000)] })
  expect(await writer.until(({ t }) => t === 'ack' || t === 'nack')).toMatchObject({ t: 'nack', code: 'quota' })
  const late = new Reader(`${url}/v1/stream/${STREAM}`, { via: 'ndjson' })
  for (const each of [reader, late]) await each.untilRecords(3 + taken)
  execFileSync('prlimit', ['--pid', String(servers.pid), '--fsize=unlimited'])
  await settle(async () => (await append(url, entry(4))) === 204, SOON)
  for (const each of [reader, late]) {
    await each.untilRecords(4 + taken)
    expect(each.records).toEqual([...entries(1, 3), ...Array(taken).fill(heavy), entry(4)])
    expect(each.failures).toEqual([])
    each.close()
  }
  writer.socket.terminate()
  expect(await servers.end('SIGTERM')).toEqual({ code: 0, signal: null })
}
