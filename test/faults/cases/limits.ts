/**
 * Servers that send more than anybody wants: F41, F42, B63.
 *
 * @module
 */
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { Exchange } from '../../../src/testing/server.ts'
import { webSocketFrame } from '../../../src/testing/server.ts'
import { conclude } from '../oracle.ts'
import type { FaultRow, RowName } from '../row.ts'
import { type AttemptStep, openWorld } from '../world.ts'
import { begins } from './silence.ts'

/** One record of so many characters, as each protocol writes it. */
const records: Readonly<Record<RowName, (text: string) => string>> = {
  sse: (text) => text,
  websocket: (text) => text,
  'http-stream': (text) => text,
  'long-poll': (text) => JSON.stringify([text]),
  'durable sse': (text) => `event: data\ndata: ["${text}"]\n\n`,
  'durable ndjson': (text) => `{"k":"d","o":"x","v":"${text}"}`,
  'durable long-poll': (text) => JSON.stringify([text]),
  'durable websocket': (text) => `{"t":"m","a":1,"n":3,"d":["${text}"]}`,
}

/** Continues the answer that began, or answers the poll, with one long record. */
async function sendLong(row: FaultRow, exchange: Exchange, length: number): Promise<void> {
  const text = records[row.name]('x'.repeat(length))
  if (!row.polls) return exchange.send(text)
  const headers = { 'content-type': 'application/json', 'statewire-protocol': '1', 'stream-next-offset': 'x' }
  await exchange.respond({ headers, body: text })
}

/** F41: a message beyond the limit ends the connection, after everything before it. */
export async function oversize(row: FaultRow): Promise<void> {
  const limit = row.polls ? { maxPageBytes: 1_000 } : { maxMessageBytes: 1_000 }
  const long: AttemptStep = async (exchange, world) => {
    if (row.polls && world.texts.length > 0) return sendLong(row, exchange, 5_000)
    await begins(exchange, world)
    if (row.polls) return
    await world.untilTexts(2)
    await sendLong(row, exchange, 5_000)
  }
  const world = await openWorld(row, { attempts: [long], input: limit })
  await world.connect().untilStage('error')
  await conclude(world, { end: { told: 'limit_exceeded' }, codes: ['limit_exceeded'], texts: 2 })
}

/** How a message begins that never ends. */
async function beginEndless(row: FaultRow, exchange: Exchange): Promise<void> {
  const json = {
    as: 'body',
    headers: { 'content-type': 'application/json', 'statewire-protocol': '1', 'stream-next-offset': 'x' },
  } as const
  if (row.polls) {
    await exchange.accept(json)
    return exchange.send('["')
  }
  await row.tell(exchange, { upTo: 0 })
  if (row.isSocket) return exchange.raw(webSocketFrame({ length: 2 ** 31 }))
  return exchange.raw(row.name.endsWith('sse') ? chunk('data: ') : chunk('{"'))
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`
}

/** B63: two gibibytes without an end. Whatever the kernels buffer comes on top of the limit. */
export async function endless(row: FaultRow): Promise<void> {
  const filler = 'x'.repeat(65_536)
  const pour: AttemptStep = async (exchange) => {
    await beginEndless(row, exchange)
    while (exchange.ended === null) {
      await exchange.raw(row.isSocket ? filler : chunk(filler))
      await turn()
    }
  }
  const world = await openWorld(row, { attempts: [pour] })
  await world.connect().untilStage('error')
  await world.until(() => world.server.open === 0)
  expect(Math.max(...world.server.exchanges.map(({ written }) => written))).toBeLessThan(32 * 2 ** 20)
  await conclude(world, { end: { told: 'limit_exceeded' }, texts: 0 })
}

const bombSize = 32 * 2 ** 20

/** F42: a megabyte in a kilobyte, thirty-two times. It is inflated up to the limit of a message and no further. */
export async function socketBomb(row: FaultRow): Promise<void> {
  const bomb: AttemptStep = async (exchange) => {
    await exchange.accept({ compress: true })
    await exchange.send('x'.repeat(bombSize))
  }
  const world = await openWorld(row, { attempts: [bomb], input: { compression: true } })
  const before = process.memoryUsage().rss
  await world.connect().untilStage('error')
  // The scripted server itself holds the whole text and its compressed form; a client that inflated it would add as much again, twice.
  expect(process.memoryUsage().rss - before).toBeLessThan(6 * bombSize)
  expect(world.server.exchanges[0]?.written).toBeLessThan(200_000)
  await conclude(world, { end: { told: 'limit_exceeded' }, texts: 0 })
}

const zipped = gzipSync('x'.repeat(bombSize))

/** F42 over HTTP: we ask for `identity`, and take nothing else. */
export async function httpBomb(row: FaultRow): Promise<void> {
  const types = row.polls ? 'application/json' : row.name.endsWith('sse') ? 'text/event-stream' : 'application/x-ndjson'
  const bomb: AttemptStep = (exchange) => {
    expect(exchange.headers['accept-encoding']).toBe('identity')
    const headers = { 'content-type': types, 'content-encoding': 'gzip', 'statewire-protocol': '1' }
    return exchange.respond({ headers, body: zipped })
  }
  const world = await openWorld(row, { attempts: [bomb] })
  await world.connect().untilStage('error')
  await conclude(world, { end: { told: 'unexpected_content_type' }, texts: 0 })
}
