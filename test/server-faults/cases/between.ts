/**
 * What stands between: proxies that change what they pass on, and another version at one end. F12 and F50.
 *
 * @module
 */
import { request } from 'node:http'
import { expect } from 'vitest'
import { greet, openSocket } from '../../../src/server/testing/socket-rig.ts'
import { futureProxy } from '../future-proxy.ts'
import { entries, entry } from '../log.ts'
import { meddlingProxy } from '../meddling-proxy.ts'
import { expectBaseline, expectRecords } from '../oracle.ts'
import { httpProducer, socketProducer } from '../producer.ts'
import { Reader } from '../reader.ts'
import { type ReadingRow, readingRows } from '../row.ts'
import { openStage, STREAM } from '../stage.ts'

/** F12: other chunks and other letter case are the same answer. */
export async function rewrapped({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 200)
  const url = await meddlingProxy({ upstream: stage.port, strips: false })
  const reader = new Reader(`${url}/v1/stream/${STREAM}`, { via })
  await reader.untilRecords(200)
  let n = 200
  for (const producer of [httpProducer('h', async () => url), socketProducer('w', async () => url)]) {
    for (let count = 0; count < 3; count++) expect(await producer.append(entry(++n))).toBe('new')
    producer.close()
  }
  await stage.server.stream(STREAM).close()
  await reader.untilState('closed')
  expectRecords(reader, 1, 206)
  expect(reader.failures).toEqual([])
  await expectBaseline(stage, [reader])
}

/** F12: without positions there is no stream, and that is said, with nothing handed over. */
export async function stripped({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 5)
  const url = await meddlingProxy({ upstream: stage.port, strips: true })
  const reader = new Reader(`${url}/v1/stream/${STREAM}`, { via })
  await reader.untilState('error')
  expect(reader.records).toEqual([])
  expect(reader.failures.map(({ code }) => code)).toEqual(['not_a_stream_server'])
  await expectBaseline(stage, [reader])
}

/** F12: an event stream tells its positions in its events, so that it needs no header. */
export async function strippedEvents(): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 5)
  const url = await meddlingProxy({ upstream: stage.port, strips: true })
  const reader = new Reader(`${url}/v1/stream/${STREAM}`, { via: 'sse' })
  await reader.untilRecords(5)
  stage.cut()
  await reader.untilState('waiting', 'dialing', 'connected')
  await stage.fill(6, 9)
  await reader.untilRecords(9)
  expectRecords(reader, 1, 9)
  await expectBaseline(stage, [reader])
}

/** F50: what a later server says beside the protocol of today is not for us. */
export async function laterServer({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 100)
  const url = await futureProxy(stage.port)
  const reader = new Reader(`${url}/v1/stream/${STREAM}`, { via })
  await reader.untilRecords(100)
  await stage.fill(101, 110)
  await reader.untilRecords(110)
  await stage.server.stream(STREAM).close()
  await reader.untilState('closed')
  expectRecords(reader, 1, 110)
  expect(reader.failures).toEqual([])
  await expectBaseline(stage, [reader])
}

/** F50: what a later client asks for beside the protocol of today is left aside, over HTTP. */
export async function laterRequests(): Promise<void> {
  const stage = await openStage()
  const headers = { 'stream-later': 'yes', 'statewire-protocol': '2', 'producer-later': '1', 'x-unknown': 'ü' }
  const ask = (method: string, query: string, body?: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const url = stage.at(STREAM, `?later=1&later=2&offset=-1${query}`)
      const more = body === undefined ? {} : { 'content-type': 'application/json' }
      const asking = request(url, { method, headers: { ...headers, ...more }, agent: false }, (answer) => {
        resolve(answer.statusCode)
        answer.destroy()
      })
      asking.on('error', reject)
      asking.end(body)
    })
  expect(await ask('POST', '', JSON.stringify(entry(1)))).toBe(204)
  for (const live of ['', '&live=sse', '&live=ndjson', '&live=long-poll'])
    expect([live, await ask('GET', live)]).toEqual([live, 200])
  expect(await ask('HEAD', '')).toBe(200)
  const readers = readingRows.map(({ via }) => new Reader(stage.at(), { via, query: { later: '1' } }))
  for (const reader of readers) {
    await reader.untilRecords(1)
    expectRecords(reader, 1, 1)
  }
  await expectBaseline(stage, readers)
}

/** F50: a frame that nobody has heard of is answered as such, and the connection goes on. */
export async function laterFrames(): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 3)
  const raw = await greet(stage.url, { agent: 'later', caps: ['zstd', 'of-tomorrow'] })
  raw.send({ t: 'subscribe-many', id: 7, of: ['a', 'b'] })
  expect(await raw.until(({ t }) => t === 'err')).toMatchObject({ id: 7, code: 'unknown_type' })
  raw.send({ t: 'sub', id: 8, s: STREAM, o: '-1' })
  expect(await raw.until(({ t }) => t === 'm')).toMatchObject({ n: 1, d: entries(1, 3) })
  raw.socket.terminate()
  await expectBaseline(stage, [])
}

/** F50: only another major version is turned away, with a code that says so. */
export async function laterVersion(): Promise<void> {
  const stage = await openStage()
  const raw = await openSocket(stage.url)
  raw.send({ t: 'hello', v: 2 })
  expect(await raw.closed).toMatchObject({ code: 4026 })
  expect(raw.frames).toEqual([])
  await expectBaseline(stage, [])
}

/** B25 over F50: a frame with a field that nobody has heard of is refused by the field's name, and the connection goes on. */
export async function laterFields(): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 1)
  const raw = await greet(stage.url)
  raw.send({ t: 'sub', id: 1, s: STREAM, o: '-1', later: { filter: 'x' } })
  expect(await raw.until(({ t }) => t === 'err')).toMatchObject({
    id: 1,
    code: 'bad_frame',
    msg: expect.stringContaining('later'),
  })
  raw.send({ t: 'sub', id: 2, s: STREAM, o: '-1' })
  await raw.until(({ t }) => t === 'm')
  raw.socket.terminate()
  await expectBaseline(stage, [])
}
