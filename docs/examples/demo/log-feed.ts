/**
 * The server's own log, told over a plain WebSocket: the witness that the panels are counted against. It shares no code
 * with the connections it judges. Not over SSE: a browser opens six HTTP/1.1 connections to one host and no more, for all
 * its tabs together, and the panels need two of them each time this page is open.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ServerStream, StreamRecord } from '../../../src/server/index.ts'
import { Ledger, type Range } from './ledger.ts'

/** What the server appended to one stream. */
export interface LogEntry {
  readonly seq: number
  readonly at: number
  readonly value: unknown
}

/** One message of the feed. */
export interface LogNews {
  /** Changes when the server starts anew: its numbers begin again then. */
  readonly run: string
  readonly streams: Readonly<
    Record<string, { readonly ranges: readonly Range[]; readonly newest: readonly LogEntry[] }>
  >
}

const newestKept = 8
const interval = 200
/** A reader that falls behind so far is cut; it comes back and is told everything again. */
const mostBuffered = 256 * 1024

interface Kept {
  readonly ledger: Ledger
  newest: readonly LogEntry[]
  fresh: Ledger
}

export class LogFeed {
  readonly #run = crypto.randomUUID()
  readonly #kept = new Map<string, Kept>()
  readonly #door = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false })
  readonly #unsubscribe: (() => void)[] = []
  readonly #timer: NodeJS.Timeout

  constructor(streams: readonly ServerStream[]) {
    for (const stream of streams) {
      const kept: Kept = { ledger: new Ledger(), newest: [], fresh: new Ledger() }
      this.#kept.set(stream.path, kept)
      this.#unsubscribe.push(stream.subscribe((records) => this.#note(kept, records)))
    }
    this.#timer = setInterval(() => this.#tell(), interval)
  }

  #note(kept: Kept, records: readonly StreamRecord[]): void {
    for (const { seq } of records) {
      kept.ledger.add(seq)
      kept.fresh.add(seq)
    }
    kept.newest = [...kept.newest, ...records.map(({ seq, at, value }) => ({ seq, at, value }))].slice(-newestKept)
  }

  #news(which: 'ledger' | 'fresh'): string {
    const streams = Object.fromEntries(
      [...this.#kept].map(([path, kept]) => [path, { ranges: kept[which].ranges, newest: kept.newest }]),
    )
    const news: LogNews = { run: this.#run, streams }
    return JSON.stringify(news)
  }

  #tell(): void {
    const news = this.#news('fresh')
    for (const kept of this.#kept.values()) kept.fresh = new Ledger()
    for (const reader of this.#door.clients) {
      if (reader.bufferedAmount > mostBuffered) reader.terminate()
      else reader.send(news)
    }
  }

  /** Tells the whole log so far, then what comes. */
  serve(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#door.handleUpgrade(request, socket, head, (reader: WebSocket) => {
      reader.on('error', () => reader.terminate())
      reader.send(this.#news('ledger'))
    })
  }

  close(): void {
    clearInterval(this.#timer)
    for (const stop of this.#unsubscribe) stop()
    for (const reader of this.#door.clients) reader.terminate()
  }
}
