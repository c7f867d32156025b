/**
 * What somebody writes by hand: dial, read, and when the connection is lost dial again from where it stopped, at once. The same
 * requests as ours on the wire, and nothing around them.
 *
 * @module
 */
import { get, type IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { HEADERS, QUERY, STREAM_MOUNT, WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../../src/wire/names.ts'
import { FROM_START, formatOffset } from '../../src/wire/offset.ts'
import { dialEvents } from '../herd/event-link.ts'
import { type Dial, failure, type LinkEvents } from '../herd/link.ts'
import type { Carrier } from './recovery-table.ts'

/** The longest that our server agrees to: no heartbeat falls into a measurement. */
const HEARTBEAT_MS = 60_000

const dialSocket: Dial = ({ port, stream, offset }, events) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${WEBSOCKET_PATH}`, WEBSOCKET_PROTOCOL)
  let gen = ''
  let term = 0
  socket.on('open', () => {
    socket.send(JSON.stringify({ t: 'hello', v: 1, pingMs: HEARTBEAT_MS }))
    socket.send(JSON.stringify({ t: 'sub', id: 1, s: stream, o: offset }))
  })
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString())
    if (frame.t === 'subok') {
      gen = frame.gen
      term = frame.term
    }
    if (frame.t === 'm') {
      const seq = frame.n + frame.d.length - 1
      events.records(frame.d, formatOffset({ gen, term, seq }))
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => events.lost(failure('interrupted')))
  return linkOf(() => socket.terminate())
}

const dialLines: Dial = ({ port, stream, offset }, events) =>
  ask(port, stream, { [QUERY.offset]: offset, [QUERY.live]: 'ndjson' }, events, (answer) => {
    let rest = ''
    answer.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const record = JSON.parse(line)
        if (record.k === 'd') events.records([record.v], record.o)
      }
    })
    answer.on('close', () => events.lost(failure('interrupted')))
  })

const dialPolls: Dial = (target, events) => {
  const poll = (offset: string): void => {
    const query = { [QUERY.offset]: offset, [QUERY.live]: 'long-poll' }
    ask(target.port, target.stream, query, events, (answer) => {
      let page = ''
      answer.on('data', (text: string) => {
        page += text
      })
      answer.on('end', () => {
        const next = answer.headers[HEADERS.nextOffset.toLowerCase()]?.toString() ?? offset
        if (page !== '') events.records(JSON.parse(page), next)
        poll(next)
      })
      answer.on('close', () => {
        if (!answer.complete) events.lost(failure('interrupted'))
      })
    })
  }
  poll(target.offset)
  return linkOf(() => {})
}

function ask(
  port: number,
  stream: string,
  query: Record<string, string>,
  events: LinkEvents,
  read: (answer: IncomingMessage) => void,
) {
  const path = `${STREAM_MOUNT}${stream}?${new URLSearchParams(query)}`
  const dialled = get({ host: '127.0.0.1', port, path }, (answer) => {
    answer.setEncoding('utf8')
    answer.on('error', () => {})
    read(answer)
  })
  dialled.on('error', () => events.lost(failure('network')))
  return linkOf(() => dialled.destroy())
}

function linkOf(destroy: () => void) {
  return { pause() {}, resume() {}, destroy }
}

export const dials: Readonly<Record<Carrier, Dial>> = {
  websocket: dialSocket,
  sse: dialEvents,
  ndjson: dialLines,
  'long-poll': dialPolls,
}

/** Reads for ever. `lost` and `records` are heard for every connection it takes. */
export function readRaw(
  via: Carrier,
  port: number,
  heard: { lost(): void; records(records: readonly unknown[]): void },
): void {
  let offset = FROM_START
  const dial = (): void => {
    let over = false
    dials[via](
      { port, stream: 'room', offset, random: () => 0 },
      {
        opened() {},
        records(records, next) {
          offset = next
          heard.records(records)
        },
        lost() {
          if (over) return
          over = true
          heard.lost()
          dial()
        },
      },
    )
  }
  dial()
}
