/**
 * The server's own log, as it tells it: the numbers the panels are counted against, and the newest records to look at.
 *
 * @module
 */
import { Ledger } from '../ledger.ts'
import type { LogEntry, LogNews } from '../log-feed.ts'
import { html, setText } from './dom.ts'
import { isTelemetry } from './telemetry-record.ts'

const cells = 8
/** How long the witness waits before it asks again, in milliseconds. */
const again = 500

export class ServerLog {
  readonly element: HTMLElement
  /** The numbers of the stream `telemetry`. */
  telemetry = new Ledger()
  readonly #total = html('strong', { id: 'log-total' }, '0')
  readonly #roomTotal = html('strong', { id: 'log-room' }, '0')
  readonly #light = html('span', { class: 'light' })
  readonly #records = Array.from({ length: cells }, () => ({ seq: html('b'), fact: html('span') }))
  #run: string | null = null
  #room = new Ledger()
  #newest: readonly LogEntry[] = []

  constructor() {
    const row = html('ol', { class: 'records', 'aria-label': 'Newest telemetry records on the server' })
    row.append(...this.#records.map(({ seq, fact }) => html('li', {}, seq, fact)))
    this.element = html(
      'section',
      { class: 'log card', 'aria-labelledby': 'log-title', 'data-phase': 'idle' },
      html('h2', { id: 'log-title' }, this.#light, "The server's own log"),
      html('p', { class: 'log-facts' }, 'telemetry ', this.#total, ' room ', this.#roomTotal),
      row,
    )
    this.#listen()
  }

  /** A plain WebSocket, on purpose: the witness shares no code with the connections it judges. */
  #listen(): void {
    const socket = new WebSocket(`ws://${location.host}/demo/log`)
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data))
    socket.onclose = () => {
      this.element.dataset.phase = 'degraded'
      setTimeout(() => this.#listen(), again)
    }
  }

  #take({ run, streams }: LogNews): void {
    if (this.#run !== run) {
      this.#run = run
      this.telemetry = new Ledger()
      this.#room = new Ledger()
    }
    const { telemetry, room } = streams
    addAll(this.telemetry, telemetry?.ranges ?? [])
    addAll(this.#room, room?.ranges ?? [])
    this.element.dataset.phase = 'online'
    this.#newest = telemetry?.newest ?? []
  }

  draw(): void {
    setText(this.#total, `#${this.telemetry.last ?? 0}`)
    setText(this.#roomTotal, `#${this.#room.last ?? 0}`)
    const entries = [...this.#newest].reverse()
    for (const [index, { seq, fact }] of this.#records.entries()) {
      const entry = entries[index]
      setText(seq, entry === undefined ? '' : `#${entry.seq}`)
      setText(fact, isTelemetry(entry?.value) ? `cpu ${entry.value.cpu.toFixed(1)} %` : '')
    }
  }
}

function addAll(ledger: Ledger, ranges: LogNews['streams'][string]['ranges']): void {
  for (const [first, last] of ranges) {
    // After a cut the feed tells everything again: only the new end is walked.
    for (let number = Math.max(first, (ledger.last ?? 0) + 1); number <= last; number += 1) ledger.add(number)
  }
}
