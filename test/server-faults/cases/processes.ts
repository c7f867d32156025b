/**
 * Servers that end while clients read and write, and are followed by another on the same port and file: F28 and F29.
 *
 * @module
 */
import { expect } from 'vitest'
import { settle } from '../../../src/testing/settle.ts'
import { expectLegal } from '../oracle.ts'
import { Succession } from '../processes/succession.ts'
import { type Accepted, httpProducer, type Producer, socketProducer } from '../producer.ts'
import { Reader, SOON } from '../reader.ts'
import { readingRows } from '../row.ts'
import { STREAM } from '../stage.ts'

/** What a producer appends. */
interface Numbered {
  readonly by: string
  readonly q: number
}

/** A producer that appends one thing after the other until it is told to stop. */
class Writer {
  /** How many are acknowledged. */
  accepted = 0
  readonly repeated: number[] = []
  readonly #producer: Producer
  readonly #running: Promise<unknown>
  #sent = 0
  #state: 'writing' | 'stopping' = 'writing'

  /** @param abreast how many appends may be on their way at once. */
  constructor(producer: Producer, abreast: number) {
    this.#producer = producer
    this.#running = Promise.all(Array.from({ length: abreast }, () => this.#write()))
  }

  get id(): string {
    return this.#producer.id
  }

  /** Resolves with how many appends there must be, each of them acknowledged. */
  async stop(): Promise<number> {
    this.#state = 'stopping'
    await this.#running
    this.#producer.close()
    expect(this.accepted).toBe(this.#sent)
    return this.accepted
  }

  async #write(): Promise<void> {
    while (this.#state === 'writing') {
      const q = this.#sent++
      const outcome: Accepted = await this.#producer.append({ by: this.id, q } satisfies Numbered)
      this.accepted += 1
      if (outcome === 'repeated') this.repeated.push(q)
    }
  }
}

function writersTo(servers: Succession): Writer[] {
  return [
    ...[0, 1].map((index) => new Writer(httpProducer(`http-${index}`, servers.address), 1)),
    ...[0, 1].map((index) => new Writer(socketProducer(`ws-${index}`, servers.address), 4)),
  ]
}

/** Each append exactly once, and those of one producer in their order. */
async function expectOnce(servers: Succession, writers: readonly Writer[], counts: readonly number[]): Promise<number> {
  const records = await everything(await servers.address())
  for (const [index, { id }] of writers.entries()) {
    const own = records.filter(({ by }) => by === id).map(({ q }) => q)
    expect(own, id).toEqual(Array.from({ length: counts[index] ?? 0 }, (_, q) => q))
  }
  expect(records).toHaveLength(counts.reduce((sum, count) => sum + count, 0))
  return records.length
}

/** The whole log, page by page. */
async function everything(url: string): Promise<readonly Numbered[]> {
  const records: Numbered[] = []
  for (let offset = '-1', atTail = false; !atTail; ) {
    const page = await fetch(`${url}/v1/stream/${STREAM}?offset=${offset}`)
    records.push(...(await page.json()))
    offset = page.headers.get('stream-next-offset') ?? ''
    atTail = page.headers.get('stream-up-to-date') === 'true'
  }
  return records
}

async function createStream(url: string): Promise<void> {
  const made = await fetch(`${url}/v1/stream/${STREAM}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
  })
  expect(made.status).toBe(201)
  await made.text()
}

/** Readers have what the log has, in the same order. */
async function expectSame(readers: readonly Reader[], url: string): Promise<void> {
  const log = await everything(url)
  for (const reader of readers) {
    await reader.untilRecords(log.length)
    expect(reader.records, reader.describe()).toEqual(log)
    expectLegal(reader)
    reader.close()
  }
}

/** Of each transport. */
const QUARTER = 25

const SPREAD_MS = 8_000

/** F28: a server is replaced while a hundred read and four write. */
export async function replaced(): Promise<void> {
  const servers = new Succession({ spreadMs: SPREAD_MS })
  const url = await servers.start()
  await createStream(url)
  const readers = readingRows.flatMap(({ via }) =>
    Array.from({ length: QUARTER }, () => new Reader(`${url}/v1/stream/${STREAM}`, { via, skipsPauses: false })),
  )
  const writers = writersTo(servers)
  for (const reader of readers) await reader.untilRecords(50)
  const ended = await servers.end('SIGTERM')
  expect(ended).toEqual({ code: 0, signal: null })
  await settle(() => readers.every(({ state }) => state === 'waiting'), SOON)
  expectSpread(readers)
  await servers.start()
  for (const reader of readers) void comeBack(reader)
  const before = writers.map(({ accepted }) => accepted)
  await settle(() => writers.every(({ accepted }, index) => accepted > (before[index] ?? 0) + 10), SOON)
  const counts = await Promise.all(writers.map((writer) => writer.stop()))
  await expectOnce(servers, writers, counts)
  await expectSame(readers, url)
  expect(servers.reports).toEqual([])
}

/** Its own pauses pass for each, until it is back. */
async function comeBack(reader: Reader): Promise<void> {
  while (reader.state !== 'connected') {
    const { context } = reader.snapshot
    if (reader.state === 'waiting') await reader.clock.advance(context.delay)
    else if (reader.state === 'blocked') await reader.clock.advance(context.admission)
    else await reader.until(() => ['connected', 'waiting', 'blocked', 'error'].includes(reader.state))
    if (reader.state === 'error') throw new Error(reader.describe())
  }
}

/** Nobody comes before the pause that was asked for, and those who were told of a spread come spread over it. */
function expectSpread(readers: readonly Reader[]): void {
  const told = readers.filter(({ failures }) => failures.at(-1)?.code === 'interrupted')
  // A poll is answered as it always is; its client finds out when it asks again.
  expect(told.length).toBeGreaterThanOrEqual(3 * QUARTER)
  const delays = told.map(({ snapshot }) => snapshot.context.delay)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(1_000)
  for (let start = 1_000; start < 1_000 + SPREAD_MS; start += 1_000) {
    const together = delays.filter((delay) => delay >= start && delay < start + 1_000)
    expect(together.length, `from ${start} ms on`).toBeLessThan(delays.length / 2)
  }
  expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(SPREAD_MS / 2)
}

const KILLS = 3

/** F29: a server is killed while four write, and followed by another, again and again. */
export async function killed(): Promise<void> {
  const servers = new Succession()
  const url = await servers.start()
  await createStream(url)
  const readers = readingRows.map(({ via }) => new Reader(`${url}/v1/stream/${STREAM}`, { via, skipsPauses: false }))
  const writers = writersTo(servers)
  for (let kill = 0; kill < KILLS; kill++) {
    const before = writers.map(({ accepted }) => accepted)
    await settle(() => writers.every(({ accepted }, index) => accepted > (before[index] ?? 0) + 10 + 17 * kill), SOON)
    expect(await servers.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
    await settle(() => readers.every(({ state }) => state === 'waiting'), SOON)
    await servers.start()
    await Promise.all(readers.map(comeBack))
  }
  const counts = await Promise.all(writers.map((writer) => writer.stop()))
  await expectOnce(servers, writers, counts)
  await expectSame(readers, url)
  for (const reader of readers) expect(reader.gaps).toEqual([])
  expect(servers.reports).toEqual([])
}
