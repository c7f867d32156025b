/**
 * Well-behaved readers of one stream whose records are 1, 2, 3 …: over WebSocket, SSE and long-poll. Each opens one
 * connection and keeps it, and notes whatever disturbs it.
 *
 * @module
 */

import { Agent, get, type IncomingMessage, type RequestOptions } from 'node:http'
import { WebSocket } from 'ws'

/** Where to read, and as whom. */
export interface ReadFrom {
  readonly port: number
  readonly path: string
  readonly token: string
}

/** What a reader tells. */
export interface ReaderEvents {
  /** Something came, or went wrong. */
  changed(): void
}

export abstract class Reader {
  /** How many records have come, in order and each once. */
  count = 0
  /** What should not have happened. */
  readonly disturbances: string[] = []
  #over = false
  readonly #events: ReaderEvents

  constructor(events: ReaderEvents) {
    this.#events = events
  }

  /** The end of the test: what follows is no disturbance. */
  stop(): void {
    this.#over = true
    this.hangUp()
  }

  protected abstract hangUp(): void

  protected get over(): boolean {
    return this.#over
  }

  protected take(records: readonly unknown[]): void {
    for (const record of records) {
      if (record === this.count + 1) this.count++
      else this.disturbed(`got ${JSON.stringify(record)} after ${this.count}`)
    }
    this.#events.changed()
  }

  protected disturbed(what: string): void {
    if (this.#over) return
    this.disturbances.push(`${this.constructor.name}: ${what}`)
    this.#events.changed()
  }
}

export class SocketReader extends Reader {
  readonly #socket: WebSocket

  constructor({ port, path, token }: ReadFrom, events: ReaderEvents) {
    super(events)
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, 'statewire.v1.json')
    const say = (frame: object): void => this.#socket.send(JSON.stringify(frame))
    this.#socket.on('open', () => say({ t: 'hello', v: 1, token, pingMs: 60_000 }))
    this.#socket.on('error', (error) => this.disturbed(error.message))
    this.#socket.on('close', (code, reason) => this.disturbed(`closed with ${code} ${reason}`))
    this.#socket.on('message', (data) => {
      const frame: { t: string; n: number; d: unknown[] } = JSON.parse(data.toString())
      if (frame.t === 'welcome') say({ t: 'sub', id: 1, s: path, o: '-1' })
      else if (frame.t === 'ping') say({ t: 'pong' })
      else if (frame.t === 'm') this.take(frame.d)
      else if (frame.t !== 'subok' && frame.t !== 'live') this.disturbed(`was told ${data}`)
    })
  }

  protected hangUp(): void {
    this.#socket.terminate()
  }
}

export class EventStreamReader extends Reader {
  readonly #request: ReturnType<typeof get>
  #text = ''
  #data: unknown[] = []

  constructor({ port, path, token }: ReadFrom, events: ReaderEvents) {
    super(events)
    const target = `/v1/stream/${path}?offset=-1&live=sse&heartbeat=60`
    this.#request = get(options(port, target, token, false), (answer) => {
      if (answer.statusCode !== 200) this.disturbed(`answered with ${answer.statusCode}`)
      answer.setEncoding('utf8').on('data', (chunk: string) => this.#parse(chunk))
      answer.on('error', () => {})
      answer.on('close', () => this.disturbed('ended'))
    })
    this.#request.on('error', (error) => this.disturbed(error.message))
  }

  protected hangUp(): void {
    this.#request.destroy()
  }

  /** Data counts when its control event has come (wire protocol, section 2.4). */
  #parse(chunk: string): void {
    const blocks = (this.#text + chunk).split('\n\n')
    this.#text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = [...block.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n')
      if (/^event: ?data$/m.test(block)) this.#data = JSON.parse(data)
      else if (/^event: ?control$/m.test(block)) this.take(this.#data.splice(0))
    }
  }
}

export class LongPollReader extends Reader {
  readonly #from: ReadFrom
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #offset = '-1'
  #asked = 0

  constructor(from: ReadFrom, events: ReaderEvents) {
    super(events)
    this.#from = from
    this.#ask()
  }

  protected hangUp(): void {
    this.#agent.destroy()
  }

  #ask(): void {
    if (this.over) return
    const { port, path, token } = this.#from
    const target = `/v1/stream/${path}?offset=${this.#offset}&live=long-poll`
    const request = get(options(port, target, token, this.#agent), (answer) => void this.#read(answer))
    request.on('error', (error) => this.disturbed(error.message))
    request.on('socket', () => {
      if (this.#asked++ > 0 && !request.reusedSocket) this.disturbed('had to connect again')
    })
  }

  async #read(answer: IncomingMessage): Promise<void> {
    const text = await textOf(answer)
    if (text === null) return this.disturbed('was cut off')
    if (answer.statusCode === 200) this.take(JSON.parse(text))
    else if (answer.statusCode !== 204) return this.disturbed(`answered with ${answer.statusCode}`)
    const next = answer.headers['stream-next-offset']
    if (typeof next !== 'string') return this.disturbed('was not told where to go on')
    this.#offset = next
    // The agent has its socket back one turn after the end.
    setImmediate(() => this.#ask())
  }
}

/** The whole body, or `null` when it was cut off. */
export function textOf(answer: IncomingMessage): Promise<string | null> {
  let text = ''
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return new Promise((resolve) => {
    answer.on('error', () => {})
    answer.on('close', () => resolve(answer.complete ? text : null))
  })
}

function options(port: number, path: string, token: string, agent: Agent | false): RequestOptions {
  return { host: '127.0.0.1', port, path, agent, headers: { authorization: `Bearer ${token}` } }
}
