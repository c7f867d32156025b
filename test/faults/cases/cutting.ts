/**
 * Connections that end where they must not: at every byte, by RST and by FIN, and characters that are torn.
 *
 * @module
 */
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect } from 'vitest'
import { conclude } from '../oracle.ts'
import type { FaultRow } from '../row.ts'
import { type AttemptStep, openWorld } from '../world.ts'

/** So many runs at a time: one waits for its sockets while another works. */
const abreast = 12

/** Runs the work for each number from 0, some at a time. */
async function forEachUpTo(count: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: abreast }, worker))
}

/** A body without a length of its own ends wherever the connection does: the most treacherous framing. */
function whole(framing?: 'close'): AttemptStep {
  return (exchange, { row }) => row.tell(exchange, { framing })
}

/** How many bytes an undisturbed answer has; of a poll, its first page. */
async function lengthOf(row: FaultRow, step: AttemptStep): Promise<number> {
  const world = await openWorld(row, { attempts: [step] })
  await world.connect().untilStage('closed')
  const length = world.server.exchanges.find(({ method }) => method !== 'HEAD')?.written ?? 0
  await conclude(world, { end: 'complete', history: ['idle', 'connecting', 'connected', 'closed'], codes: [] })
  return length
}

async function cutOnce(row: FaultRow, at: number, by: 'reset' | 'finish', step: AttemptStep): Promise<void> {
  const cut: AttemptStep = (exchange, world) => step(exchange.cutAt(at, { by }), world)
  const world = await openWorld(row, { attempts: [cut, step] })
  await world.connect().untilStage('closed')
  expect(world.attempt, world.describe()).toBeLessThanOrEqual(1)
  await conclude(world, { end: 'complete' })
}

async function cutEverywhere(row: FaultRow, by: 'reset' | 'finish', step: AttemptStep): Promise<void> {
  const length = await lengthOf(row, step)
  expect(length).toBeGreaterThan(150)
  await forEachUpTo(length, (at) => cutOnce(row, at, by, step))
}

/** F01. */
export function resetAtEveryByte(row: FaultRow): Promise<void> {
  return cutEverywhere(row, 'reset', whole())
}

/** F02. */
export function finishAtEveryByte(row: FaultRow): Promise<void> {
  return cutEverywhere(row, 'finish', whole('close'))
}

/** F01, F02 and F08 at once: up to four answers in a row are cut somewhere, in pieces of any size. */
export async function randomCuts(row: FaultRow): Promise<void> {
  const seed = Date.now() % 2 ** 31
  console.info(`Random cuts on ${row.name}: seed ${seed}`)
  const cut = fc.record({
    at: fc.nat(900),
    by: fc.constantFrom('reset', 'finish'),
    sizes: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 3 }),
  })
  const property = fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 4 }), async (cuts) => {
    const attempts = cuts.map(({ at, by, sizes }): AttemptStep => {
      return (exchange) => row.tell(exchange.split(...sizes).cutAt(at, { by }))
    })
    const world = await openWorld(row, { attempts })
    await world.connect().untilStage('closed')
    await conclude(world, { end: 'complete' })
  })
  await fc.assert(property, { seed, numRuns: 25 })
}

/** F05 and F08, first half: whatever the pieces, it is the same log. */
export async function splitEverywhere(row: FaultRow): Promise<void> {
  for (const sizes of [[1], [2], [3, 1], [7, 2, 5]]) {
    const world = await openWorld(row, { attempts: [(exchange) => row.tell(exchange.split(...sizes))] })
    await world.connect().untilStage('closed')
    await conclude(world, { end: 'complete', history: ['idle', 'connecting', 'connected', 'closed'], codes: [] })
  }
}

/** F05: a byte every 10 ms, which takes several seconds of the connection's own time. */
export async function bytesEvery10Milliseconds(row: FaultRow): Promise<void> {
  const world = await openWorld(row, { attempts: [(exchange) => row.tell(exchange.slow(1))] })
  world.connect()
  await world.until(() => world.requests.length > 0)
  while (world.stage !== 'closed') {
    await world.clock.advance(10)
    await world.server.tick()
  }
  // The close frame of a WebSocket is slow as well.
  await world.server.tick(20)
  expect(world.clock.now()).toBeGreaterThan(1_000)
  await conclude(world, { end: 'complete', codes: [] })
}

/** F08, second half: the end of the connection tears each character of more than one byte at each of its bytes. */
export async function tornCharacters(row: FaultRow): Promise<void> {
  await splitEverywhere(row)
  for (const framing of ['close', undefined] as const) {
    const bytes = await answerBytes(row, whole(framing))
    const inside = [...bytes.keys()].filter((at) => ((bytes[at] ?? 0) & 0xc0) === 0x80)
    expect(inside.length).toBeGreaterThan(5)
    await Promise.all(inside.map((at) => cutOnce(row, at, 'finish', whole(framing))))
  }
}

/** An undisturbed answer as it stands on the wire: the client's own request is sent once more, by hand. */
async function answerBytes(row: FaultRow, step: AttemptStep): Promise<Uint8Array> {
  const world = await openWorld(row, { attempts: [step] })
  await world.connect().untilStage('closed')
  const request = world.server.exchanges.find(({ method }) => method !== 'HEAD')
  const fields = request?.rawHeaders ?? []
  const lines = fields.map((field, index) => (index % 2 === 0 ? `${field}: ` : `${field}\r\n`)).join('')
  const client = connect(Number(new URL(world.server.url).port), '127.0.0.1')
  client.end(`GET ${request?.url} HTTP/1.1\r\n${lines}\r\n`)
  const bytes = await buffer(client)
  await conclude(world, { end: 'complete' })
  return bytes
}
