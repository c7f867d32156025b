/**
 * The durable protocol over its four carriers, spoken by the script: `src/server` would never be as wrong as a fault needs it.
 *
 * @module
 */
import { durableConnection } from '../../src/durable.ts'
import type { Exchange } from '../../src/testing/server.ts'
import { settle } from '../../src/testing/settle.ts'
import { FROM_START, formatOffset, parseOffset } from '../../src/wire/offset.ts'
import { log, wireOf } from './log.ts'
import { type AnyLogic, bounds, type FaultRow, type Telling } from './row.ts'

const stream = { gen: '00000000000000a1', term: 1 } as const

function offsetAt(seq: number): string {
  return formatOffset({ ...stream, seq })
}

function seqOf(offset: string | null | undefined): number {
  return parseOffset(offset ?? FROM_START)?.seq ?? 0
}

/** Three records an event or frame, so that a place in the middle of one comes up. */
function units(from: number, last: number): readonly { readonly first: number; readonly wires: readonly string[] }[] {
  const all = log.map(wireOf)
  const starts = Array.from({ length: Math.ceil((last - from) / 3) }, (_, index) => from + 3 * index)
  return starts.map((first) => ({ first, wires: all.slice(first, Math.min(first + 3, last)) }))
}

/** The headers every answer of a stream server has. */
function streamHeaders(next: number): Record<string, string> {
  return { 'statewire-protocol': '1', 'stream-next-offset': offsetAt(next) }
}

/** The dial of long-polling may ask for both ends first. */
function answerHead(exchange: Exchange): Promise<void> {
  const ends = { ...streamHeaders(log.length), 'stream-earliest-offset': offsetAt(0) }
  return exchange.respond({ headers: { 'content-type': 'application/json', ...ends } })
}

async function tellEvents(exchange: Exchange, { framing, ...telling }: Telling = {}): Promise<void> {
  const { last, ends } = bounds(telling, log.length)
  const from = seqOf(exchange.query.get('offset'))
  await exchange.accept({
    as: 'body',
    framing,
    headers: { ...streamHeaders(from), 'content-type': 'text/event-stream' },
  })
  const all = units(from, last)
  for (const { first, wires } of all) {
    const next = first + wires.length
    const control = { streamNextOffset: offsetAt(next), ...(ends && next === last ? { streamClosed: true } : {}) }
    // One write: only the control event makes the data count.
    await exchange.send(
      `event: data\ndata: [${wires.join(',')}]\n\nevent: control\ndata: ${JSON.stringify(control)}\n\n`,
    )
  }
  if (ends && all.length === 0) {
    await exchange.send(`event: control\ndata: {"streamNextOffset":"${offsetAt(from)}","streamClosed":true}\n\n`)
  }
  if (ends) await exchange.end()
}

async function tellLines(exchange: Exchange, { framing, ...telling }: Telling = {}): Promise<void> {
  const { last, ends } = bounds(telling, log.length)
  const from = seqOf(exchange.query.get('offset'))
  await exchange.accept({ as: 'lines', framing, headers: streamHeaders(from) })
  for (const { first, wires } of units(from, last)) {
    for (const [index, wire] of wires.entries()) {
      await exchange.send(`{"k":"d","o":"${offsetAt(first + index + 1)}","v":${wire}}`)
    }
  }
  if (!ends) return
  await exchange.send(`{"k":"c","streamNextOffset":"${offsetAt(Math.max(from, last))}","streamClosed":true}`)
  await exchange.end()
}

async function tellPage(exchange: Exchange, telling: Telling = {}): Promise<void> {
  if (exchange.method === 'HEAD') return answerHead(exchange)
  const { last, ends } = bounds(telling, log.length)
  const from = seqOf(exchange.query.get('offset'))
  // Held back, unless it only catches up.
  if (from >= last && !ends && exchange.query.has('live')) return
  const wires = units(from, last).flatMap((unit) => unit.wires)
  const closed = ends ? { 'stream-closed': 'true' } : {}
  const headers = { 'content-type': 'application/json', ...streamHeaders(Math.max(from, last)), ...closed }
  await exchange.respond({ headers, body: `[${wires.join(',')}]` })
}

/** Resolves with the client's frame of this type; never, when the client is gone. */
async function frameFrom(exchange: Exchange, type: string): Promise<Record<string, unknown>> {
  const find = (): Record<string, unknown> | undefined =>
    exchange.received.map((text) => JSON.parse(String(text))).find(({ t }) => t === type)
  await settle(() => find() !== undefined || exchange.ended !== null, { timeout: 60_000 })
  return find() ?? {}
}

async function tellFrames(exchange: Exchange, telling: Telling = {}): Promise<void> {
  const { last, ends } = bounds(telling, log.length)
  const say = (frame: object): Promise<void> => exchange.send(JSON.stringify(frame))
  await exchange.accept()
  const { pingMs } = await frameFrom(exchange, 'hello')
  await say({ t: 'welcome', v: 1, conn: 'c1', pingMs: pingMs ?? 5000, limits: { frameBytes: 65_536 } })
  const { id, o } = await frameFrom(exchange, 'sub')
  const from = seqOf(typeof o === 'string' ? o : undefined)
  await say({ t: 'subok', id: id ?? 1, a: 1, ...stream, from, tail: log.length, closed: ends })
  for (const { first, wires } of units(from, last)) {
    await exchange.send(`{"t":"m","a":1,"n":${first + 1},"d":[${wires.join(',')}]}`)
  }
  if (ends) await say({ t: 'eof', a: 1, n: log.length })
}

const durable = {
  logic: durableConnection as unknown as AnyLogic,
  isDurable: true,
  isSocket: false,
  polls: false,
} as const

function input(via: string, more: Record<string, unknown> = {}): FaultRow['input'] {
  return (origin) => ({ url: `${origin}/v1/stream/log`, via, ...more })
}

export const durableRows: readonly FaultRow[] = [
  { ...durable, name: 'durable sse', input: input('sse'), tell: tellEvents },
  { ...durable, name: 'durable ndjson', input: input('ndjson'), tell: tellLines },
  {
    ...durable,
    name: 'durable long-poll',
    polls: true,
    input: input('long-poll', { holdAfter: 10_000 }),
    tell: tellPage,
  },
  { ...durable, name: 'durable websocket', isSocket: true, input: input('websocket'), tell: tellFrames },
]
