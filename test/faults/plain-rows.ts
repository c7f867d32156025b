/**
 * The four plain transports, each with its own way to resume.
 *
 * @module
 */
import { connection, type Dial, type Message } from '../../src/core.ts'
import { httpStreamConnection } from '../../src/http-stream.ts'
import { longPollConnection } from '../../src/long-poll.ts'
import { byQuery } from '../../src/positions.ts'
import { sseConnection } from '../../src/sse.ts'
import type { Exchange } from '../../src/testing/server.ts'
import { type WebSocketInput, webSocket } from '../../src/websocket.ts'
import { isLast, log, numberOf, wireOf } from './log.ts'
import { type AnyLogic, bounds, type FaultRow } from './row.ts'

const plain = { isSocket: false, polls: false, isDurable: false } as const

/** The records an answer holds, with their numbers. */
function records(from: number, last: number): readonly { readonly n: number; readonly wire: string }[] {
  return log.slice(from, last).map((text, index) => ({ n: from + index + 1, wire: wireOf(text, from + index) }))
}

function from(exchange: Exchange, parameter: string): number {
  return Number(exchange.query.get(parameter) ?? 0)
}

const sseRow: FaultRow = {
  ...plain,
  name: 'sse',
  logic: sseConnection as unknown as AnyLogic,
  input: (origin) => ({ url: `${origin}/events`, until: isLast }),
  async tell(exchange, { framing, ...telling } = {}) {
    const { last, ends } = bounds(telling, log.length)
    await exchange.accept({ as: 'sse', framing })
    for (const { n, wire } of records(Number(exchange.headers['last-event-id'] ?? 0), last)) {
      await exchange.send({ id: String(n), data: wire })
    }
    if (ends) await exchange.end()
  },
}

/** A raw WebSocket has no positions; an application that numbers its messages makes its own. */
const numbered: Dial<WebSocketInput> = async (input, request) => {
  const link = await webSocket({ ...input, query: { ...input.query, from: request.position ?? '0' } }, request)
  return {
    ...link,
    read: (deliver) =>
      link.read((item) => deliver({ data: item.data, position: numberOf(item.data) } satisfies Message)),
  }
}

const webSocketRow: FaultRow = {
  ...plain,
  name: 'websocket',
  isSocket: true,
  logic: connection(numbered) as unknown as AnyLogic,
  input: (origin) => ({ url: `${origin.replace('http', 'ws')}/socket` }),
  async tell(exchange, telling = {}) {
    const { last, ends } = bounds(telling, log.length)
    await exchange.accept()
    for (const { wire } of records(from(exchange, 'from'), last)) await exchange.send(wire)
    if (ends) await exchange.end(1000)
  },
}

const httpStreamRow: FaultRow = {
  ...plain,
  name: 'http-stream',
  logic: httpStreamConnection as unknown as AnyLogic,
  input: (origin) => ({
    url: `${origin}/lines`,
    format: 'ndjson',
    until: isLast,
    positions: byQuery('from', ({ data }) => numberOf(data)),
  }),
  async tell(exchange, { framing, ...telling } = {}) {
    const { last, ends } = bounds(telling, log.length)
    await exchange.accept({ as: 'lines', framing })
    for (const { wire } of records(from(exchange, 'from'), last)) await exchange.send(wire)
    if (ends) await exchange.end()
  },
}

const longPollRow: FaultRow = {
  ...plain,
  name: 'long-poll',
  polls: true,
  logic: longPollConnection as unknown as AnyLogic,
  // Longer than any answer takes here, so that a dial is over with the first answer and not before.
  input: (origin) => ({ url: `${origin}/poll`, holdAfter: 10_000 }),
  async tell(exchange, telling = {}) {
    const { last, ends } = bounds(telling, log.length)
    const start = from(exchange, 'offset')
    // Nothing new: the answer is held back.
    if (start >= last && !ends) return
    await exchange.respond({
      headers: {
        'content-type': 'application/json',
        'stream-next-offset': String(Math.max(start, last)),
        ...(ends ? { 'stream-closed': 'true' } : {}),
      },
      body: `[${records(start, last)
        .map(({ wire }) => wire)
        .join(',')}]`,
    })
  },
}

export const plainRows: readonly FaultRow[] = [sseRow, webSocketRow, httpStreamRow, longPollRow]
