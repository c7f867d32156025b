/**
 * A stream server that does not keep to the protocol: it speaks all four carriers, and says what a test tells it to.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import type { Exchange } from '../../src/testing/exchange.ts'
import type { WholeAnswer } from '../../src/testing/http-answer.ts'
import { type ScriptedServer, scriptedServer } from '../../src/testing/scripted-server.ts'
import { settle } from '../../src/testing/settle.ts'
import { formatOffset, parseOffset } from '../../src/wire/offset.ts'
import { entries } from '../server-faults/log.ts'
import { type Client, SOON } from './client.ts'
import { expectQuiet } from './oracle.ts'

const GEN = '0192f0a1b2c3d4e5'

/** The offset behind so many records. */
export function at(seq: number): string {
  return formatOffset({ gen: GEN, term: 1, seq })
}

/** The records with these numbers, told together: in one event, one page or one frame. */
export type Unit = readonly [first: number, last: number]

/** An append as it came in. */
export interface Append {
  readonly id: string
  readonly epoch: number
  readonly sequence: number
  /** How many appends came before it. */
  readonly nth: number
}

/** An answer to an append: a whole one over HTTP, any frames over a WebSocket. */
export interface AppendAnswer {
  /** `null`: the request is never answered. */
  readonly http: WholeAnswer | null
  readonly frames: readonly unknown[]
}

export interface LiarOptions {
  /** What the first connection is told, unit by unit. Whoever asks later is told the truth. Default: nothing but that. */
  readonly lie?: readonly Unit[] | undefined
  /** How many records there are in truth. Default 0. */
  readonly tail?: number | undefined
  /** Cuts the first connection behind the lie; whoever comes back is told the lie of its own. */
  readonly afterCut?: readonly Unit[] | undefined
  /** Default: stored. */
  readonly append?: ((append: Append) => AppendAnswer) | undefined
}

/** Says that an append is in the stream. */
export function stored({ id, epoch, sequence }: Append): AppendAnswer {
  return {
    http: { status: 200, headers: { ...STREAM_HEADERS, 'stream-next-offset': at(1), 'producer-epoch': epoch } },
    frames: [{ t: 'ack', s: 'log', pid: id, e: epoch, q: sequence, o: at(1), dup: false }],
  }
}

const STREAM_HEADERS = { 'statewire-protocol': '1' }

export class Liar {
  readonly server: ScriptedServer
  readonly appends: Append[] = []
  readonly #options: LiarOptions
  readonly #lies: (readonly Unit[])[]
  #told = 0

  constructor(server: ScriptedServer, options: LiarOptions) {
    this.server = server
    this.#options = options
    this.#lies = [options.lie, options.afterCut].flatMap((lie) => (lie === undefined ? [] : [lie]))
    server.always(
      () => true,
      (exchange) => this.#answer(exchange),
    )
  }

  get url(): string {
    return `${this.server.url}/v1/stream/log`
  }

  /** Connections and requests that were made to read. */
  get reads(): number {
    return this.server.exchanges.filter(({ method }) => method === 'GET').length
  }

  #answer(exchange: Exchange): Promise<void> {
    if (exchange.isWebSocket) return this.#tellFrames(exchange)
    if (exchange.method === 'POST') return this.#appendOver(exchange)
    if (exchange.method === 'HEAD') return exchange.respond({ headers: this.#headers(this.#tail) })
    const from = parseOffset(exchange.query.get('offset') ?? '')?.seq ?? 0
    const live = exchange.query.get('live')
    if (live === 'sse') return this.#tellEvents(exchange, from)
    return live === 'ndjson' ? this.#tellLines(exchange, from) : this.#tellPage(exchange, from, live === null)
  }

  get #tail(): number {
    return this.#options.tail ?? 0
  }

  #headers(next: number): Record<string, string> {
    const ends = { 'stream-next-offset': at(next), 'stream-earliest-offset': at(0) }
    return { ...STREAM_HEADERS, ...ends, 'content-type': 'application/json' }
  }

  /** What this connection is told, and whether it is cut behind that. */
  #next(from: number): { readonly units: readonly Unit[]; readonly cut: boolean } {
    const lie = this.#lies[this.#told]
    this.#told += 1
    const truth: readonly Unit[] = from < this.#tail ? [[from + 1, this.#tail]] : []
    return { units: lie ?? truth, cut: this.#told < this.#lies.length }
  }

  async #tellEvents(exchange: Exchange, from: number): Promise<void> {
    const { units, cut } = this.#next(from)
    await exchange.accept({ as: 'body', headers: { ...this.#headers(from), 'content-type': 'text/event-stream' } })
    for (const [first, last] of units) {
      const data = JSON.stringify(entries(first, last))
      await exchange.send(`event: data\ndata: ${data}\n\nevent: control\ndata: {"streamNextOffset":"${at(last)}"}\n\n`)
    }
    if (cut) await exchange.finish()
  }

  async #tellLines(exchange: Exchange, from: number): Promise<void> {
    const { units, cut } = this.#next(from)
    await exchange.accept({ as: 'lines', headers: { ...STREAM_HEADERS, 'stream-next-offset': at(from) } })
    for (const [first, last] of units)
      for (const v of entries(first, last)) await exchange.send(JSON.stringify({ k: 'd', o: at(v.n), v }))
    if (cut) await exchange.finish()
  }

  /** One unit each; when there are no more, the truth, and a poll that is held. Who only catches up is answered at once. */
  async #tellPage(exchange: Exchange, from: number, catchingUp: boolean): Promise<void> {
    const unit = this.#lies.flat()[this.#told]
    if (unit === undefined && from >= this.#tail && !catchingUp) return
    this.#told += 1
    const [first, last] = unit ?? [from + 1, this.#tail]
    await exchange.respond({ headers: this.#headers(last), body: JSON.stringify(entries(first, last)) })
  }

  async #tellFrames(exchange: Exchange): Promise<void> {
    await exchange.accept()
    const say = (...frames: readonly unknown[]): void => {
      for (const frame of frames) void exchange.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
    }
    let heard = 0
    let subscriptions = 0
    const take = (frame: Record<string, unknown>): void => {
      if (frame.t === 'hello') say({ t: 'welcome', v: 1, conn: 'c', pingMs: 5_000, limits: { frameBytes: 65_536 } })
      if (frame.t === 'pub') say(...this.#noted(String(frame.pid), Number(frame.e), Number(frame.q)).frames)
      if (frame.t !== 'sub') return
      const from = parseOffset(String(frame.o))?.seq ?? 0
      // The gap rule subscribes again on the same connection: what it is told then is the truth.
      const { units, cut } =
        subscriptions++ === 0 ? this.#next(from) : { units: [[from + 1, this.#tail]] as const, cut: false }
      say({ t: 'subok', id: frame.id, a: 1, gen: GEN, term: 1, from, tail: this.#tail, closed: false })
      for (const [first, last] of units) say({ t: 'm', a: 1, n: first, d: entries(first, last) })
      if (cut) void exchange.finish()
    }
    // Never true, so that it is looked at whenever a frame has come.
    void this.server.until(() => {
      while (heard < exchange.received.length) take(JSON.parse(String(exchange.received[heard++])))
      return false
    })
  }

  async #appendOver(exchange: Exchange): Promise<void> {
    const { 'producer-id': id = '', 'producer-epoch': epoch, 'producer-seq': sequence } = exchange.headers
    await exchange.body
    const { http } = this.#noted(String(id), Number(epoch), Number(sequence))
    if (http !== null) await exchange.respond(http)
  }

  #noted(id: string, epoch: number, sequence: number): AppendAnswer {
    const append = { id, epoch, sequence, nth: this.appends.length }
    this.appends.push(append)
    return (this.#options.append ?? stored)(append)
  }
}

/** Everybody leaves, and no socket is left either. */
export async function expectLeft(liar: Liar, client: Client): Promise<void> {
  await expectQuiet(client)
  await settle(() => liar.server.open === 0, { ...SOON, describe: () => `${liar.server.open} sockets are open.` })
}

/** Opens one until the test is over. */
export async function openLiar(options: LiarOptions = {}): Promise<Liar> {
  const server = await scriptedServer()
  onTestFinished(() => server.close())
  return new Liar(server, options)
}
