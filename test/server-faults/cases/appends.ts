/**
 * Appends whose fate is uncertain, and stores that take none: F31 and F46.
 *
 * @module
 */
import { expect } from 'vitest'
import { memoryStore } from '../../../src/server/index.ts'
import { greet } from '../../../src/server/testing/socket-rig.ts'
import { settle } from '../../../src/testing/settle.ts'
import { type Cut, CuttingProxy } from '../../natives/cutting-proxy.ts'
import { entries, entry } from '../log.ts'
import { expectBaseline, expectRecords } from '../oracle.ts'
import { type Accepted, httpProducer, type Producer, socketProducer } from '../producer.ts'
import { Reader, SOON } from '../reader.ts'
import { openStage, STREAM, type Stage } from '../stage.ts'
import { StoreWrapper } from '../store-wrapper.ts'

/** How often the acknowledgement is cut off. */
const CUTS = 100

/** Where in the answer, which is never whole: at its first byte, in its head, by FIN and by RST. */
function answerCut(cuts: number): Cut {
  return { of: 'server', abrupt: cuts % 2 === 0, after: () => (cuts * 7) % 120 }
}

/** The same for an acknowledgement on a socket: the bytes before it pass. */
function acknowledgementCut(cuts: number): Cut {
  return {
    of: 'server',
    abrupt: cuts % 2 === 0,
    after(said) {
      const start = said.indexOf('{"t":"ack"')
      // The header of its frame is four bytes long, or two.
      return start === -1 ? Number.POSITIVE_INFINITY : start - 2 + ((cuts * 7) % 60)
    },
  }
}

/** F31: the append is in the stream, and nobody was told. Its repetition is known, so that each is there once. */
async function cutBeforeTheAcknowledgement(
  cutAt: (cuts: number) => Cut,
  produce: (id: string, address: () => Promise<string>) => Producer,
): Promise<void> {
  const stage = await openStage()
  let connections = 0
  // Every other connection lives: it is the one by which the append comes again.
  const plan = (cuts: number): Cut | null => (connections++ % 2 === 0 && cuts < CUTS ? cutAt(cuts) : null)
  const proxy = new CuttingProxy({ upstream: stage.port, plan })
  const url = await proxy.listen()
  const reader = new Reader(stage.at(), { via: 'sse' })
  const accepted: Accepted[] = []
  let producer = produce('p0', async () => url)
  for (let n = 1; n <= CUTS; n++) {
    accepted.push(await producer.append(entry(n)))
    // A socket that lived would acknowledge all the others: a new one is cut again.
    producer.close()
    if (n < CUTS) producer = produce(`p${n}`, async () => url)
  }
  expect(proxy.cuts).toBe(CUTS)
  expect(accepted).toEqual(Array(CUTS).fill('repeated'))
  await reader.untilRecords(CUTS)
  expectRecords(reader, 1, CUTS)
  await proxy.close()
  await expectBaseline(stage, [reader])
}

export function cutHttp(): Promise<void> {
  return cutBeforeTheAcknowledgement(answerCut, httpProducer)
}

export function cutSocket(): Promise<void> {
  return cutBeforeTheAcknowledgement(acknowledgementCut, socketProducer)
}

/** What an append is answered with, over HTTP and over WebSocket. */
async function answers(stage: Stage, n: number): Promise<readonly unknown[]> {
  const body = JSON.stringify(entry(n))
  const http = await fetch(stage.at(), { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await http.text()
  const socket = await greet(stage.url)
  socket.send({ t: 'pub', s: STREAM, pid: `p${n}`, e: 0, q: 0, d: [entry(n + 1)] })
  const { t, code, retryMs } = await socket.until((frame) => frame.t === 'ack' || frame.t === 'nack')
  socket.socket.terminate()
  return [http.status, http.headers.get('retry-after'), t, code, retryMs]
}

/** F46: the store takes nothing. Appends are refused as what they are, reads go on, and when it takes more, so do appends. */
async function failing(failure: 'full' | 'unavailable', refusals: readonly unknown[]): Promise<void> {
  let wrapper: StoreWrapper | undefined
  const stage = await openStage({ store: (clock) => (wrapper = new StoreWrapper(clock)) })
  if (wrapper === undefined) throw new Error('The stage did not ask for a store.')
  await stage.fill(1, 3)
  const before = (['sse', 'ndjson', 'long-poll', 'websocket'] as const).map((via) => new Reader(stage.at(), { via }))
  for (const reader of before) await reader.untilRecords(3)
  wrapper.failure = failure
  expect(await answers(stage, 4)).toEqual(refusals)
  const created = await fetch(stage.at('another'), { method: 'PUT' })
  expect(created.status).toBe(refusals[0])
  // What the store says is for the operator.
  expect(await created.text()).not.toContain(StoreWrapper.sentence)
  const meanwhile = (['sse', 'ndjson', 'long-poll', 'websocket'] as const).map((via) => new Reader(stage.at(), { via }))
  for (const reader of meanwhile) await reader.untilRecords(3)
  wrapper.failure = null
  expect(await answers(stage, 4)).toEqual([204, null, 'ack', undefined, undefined])
  for (const reader of [...before, ...meanwhile]) {
    await reader.untilRecords(5)
    expectRecords(reader, 1, 5)
    expect(reader.failures).toEqual([])
  }
  const { reports } = stage
  for (const report of reports) expect(report).toMatchObject({ name: 'StoreError', code: failure })
  await expectBaseline(stage, [...before, ...meanwhile], [...reports])
}

export function fullDevice(): Promise<void> {
  return failing('full', [507, null, 'nack', 'quota', undefined])
}

export function absentStore(): Promise<void> {
  return failing('unavailable', [503, '1', 'nack', 'unavailable', 1_000])
}

/** F46: memory has a limit, and beyond it the server says so instead of dying of it. */
export async function fullMemory(): Promise<void> {
  const stage = await openStage({ store: (clock) => memoryStore({ clock, bytes: 200_000 }) })
  await stage.fill(1, 3)
  const reader = new Reader(stage.at(), { via: 'sse' })
  await reader.untilRecords(3)
  const filler = stage.server.stream('filler')
  let taken = 0
  await expect(async () => {
    for (; ; taken++) await filler.append('x'.repeat(10_000))
  }).rejects.toThrow('quota')
  expect(taken).toBeGreaterThan(10)
  while (
    await filler.append('x'.repeat(10)).then(
      () => true,
      () => false,
    )
  )
    taken++
  expect((await answers(stage, 4)).slice(0, 4)).toEqual([507, null, 'nack', 'quota'])
  expect((await filler.read()).length).toBe(taken)
  await filler.trim({ keepRecords: 1 })
  expect(await answers(stage, 4)).toEqual([204, null, 'ack', undefined, undefined])
  await reader.untilRecords(5)
  expectRecords(reader, 1, 5)
  await expectBaseline(stage, [reader])
}

/** Section 3.4: to make room closed streams go, the one that was closed first before the others, and no open one ever does. */
export async function closedMakeRoom(): Promise<void> {
  const stage = await openStage({ store: (clock) => memoryStore({ clock, bytes: 300_000 }) })
  await stage.server.stream('bystander').append(...entries(1, 5))
  const closed = ['first', 'second', 'third'].map((path) => stage.server.stream(path))
  for (const stream of closed) await stream.append('x'.repeat(40_000), 'y'.repeat(40_000))
  for (const stream of [closed[1], closed[0], closed[2]]) await stream?.close()
  const reader = new Reader(stage.at('second'), { via: 'sse' })
  await reader.untilState('closed')
  const page = await fetch(stage.at('second', '?offset=-1'))
  const offset = page.headers.get('stream-next-offset')
  await page.text()
  await stage.server.stream(STREAM).append('z'.repeat(80_000))
  const there = async (): Promise<readonly boolean[]> =>
    Promise.all(closed.map(async (stream) => (await stream.status()) !== null))
  expect(await there()).toEqual([true, false, true])
  const gone = await fetch(stage.at('second', `?offset=${offset}`))
  expect([gone.status, (await gone.text()).length > 0]).toEqual([404, true])
  await stage.server.stream(STREAM).append('z'.repeat(80_000))
  expect(await there()).toEqual([false, false, true])
  await stage.server.stream(STREAM).append('z'.repeat(80_000))
  expect(await there()).toEqual([false, false, false])
  await expect(stage.server.stream(STREAM).append('z'.repeat(80_000))).rejects.toThrow('quota')
  expect(await stage.server.stream('bystander').read()).toHaveLength(5)
  expect(await stage.server.stream(STREAM).read()).toHaveLength(3)
  // Where a stream of that name begins anew, the old position is one of another stream.
  await stage.server.stream(STREAM).trim({ keepRecords: 1 })
  await stage.server.stream('second').append(1)
  const reset = await fetch(stage.at('second', `?offset=${offset}`))
  expect([reset.status, reset.headers.get('stream-reset')]).toEqual([410, 'generation'])
  await reset.text()
  await settle(() => stage.server.connections === 0, SOON)
  await expectBaseline(stage, [reader])
}
