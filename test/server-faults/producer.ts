/**
 * Producers that number what they append, and repeat it until it is acknowledged.
 *
 * @module
 */
import { request } from 'node:http'
import { WebSocket } from 'ws'
import { WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../../src/wire/names.ts'
import { STREAM } from './stage.ts'

/** Resolves with the address of a server; while there is none, when there is one. */
export type Address = () => Promise<string>

/** What became of an append in the end. `repeated`: it was in the stream before this attempt. */
export type Accepted = 'new' | 'repeated'

export interface Producer {
  readonly id: string
  /** Resolves when it is acknowledged, however many attempts that takes. Rejects when it is refused. */
  append(value: unknown): Promise<Accepted>
  close(): void
}

/** One request for each attempt, one append at a time. */
export function httpProducer(id: string, address: Address): Producer {
  let seq = 0
  return {
    id,
    async append(value) {
      const key = { 'producer-id': id, 'producer-epoch': '0', 'producer-seq': String(seq++) }
      for (;;) {
        const status = await post(`${await address()}/v1/stream/${STREAM}`, key, JSON.stringify([value]))
        if (status === 200) return 'new'
        if (status === 204) return 'repeated'
        if (status !== null && status !== 503) throw new Error(`${id} was answered with ${status}.`)
      }
    },
    close() {},
  }
}

/** The status; `null` when the connection broke before it was there whole. */
function post(url: string, key: Record<string, string>, body: string): Promise<number | null> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', ...key }
    const posting = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      answer.resume()
      answer.on('close', () => resolve(answer.complete ? (answer.statusCode ?? null) : null))
    })
    posting.on('error', () => resolve(null))
    posting.end(body)
  })
}

interface Pending {
  readonly seq: number
  readonly value: unknown
  readonly settle: (outcome: Accepted | Error) => void
}

/** One socket after another; any number of appends on their way at once. */
export function socketProducer(id: string, address: Address): Producer {
  const pending: Pending[] = []
  let seq = 0
  let socket: WebSocket | null = null
  let state: 'open' | 'closed' = 'open'
  const send = (to: WebSocket, { seq: q, value }: Pending): void =>
    to.send(JSON.stringify({ t: 'pub', s: STREAM, pid: id, e: 0, q, d: [value] }))
  const answered = (frame: Record<string, unknown>, to: WebSocket): void => {
    if (frame.t === 'welcome') {
      socket = to
      for (const append of pending) send(to, append)
    } else if (frame.t === 'ack' || frame.t === 'nack') {
      const place = pending.findIndex((append) => append.seq === frame.q)
      const [append] = place === -1 ? [] : pending.splice(place, 1)
      const refusal = new Error(`${id} was answered with ${String(frame.code)}.`)
      append?.settle(frame.t === 'nack' ? refusal : frame.dup === true ? 'repeated' : 'new')
    }
  }
  const dial = async (): Promise<void> => {
    const url = await address()
    if (state === 'closed') return
    const dialled = new WebSocket(url.replace('http', 'ws') + WEBSOCKET_PATH, WEBSOCKET_PROTOCOL)
    dialled.on('error', () => {})
    dialled.on('open', () => dialled.send(JSON.stringify({ t: 'hello', v: 1, pingMs: 60_000 })))
    dialled.on('message', (data) => answered(JSON.parse(String(data)), dialled))
    dialled.on('close', () => {
      socket = null
      if (state === 'open') void dial()
    })
  }
  void dial()
  return {
    id,
    append(value) {
      return new Promise((resolve, reject) => {
        const settle = (outcome: Accepted | Error): void =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome)
        const append = { seq: seq++, value, settle }
        pending.push(append)
        if (socket !== null) send(socket, append)
      })
    },
    close() {
      state = 'closed'
      socket?.close()
    },
  }
}
