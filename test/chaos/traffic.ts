/**
 * What the bytes of a connection are for. The proxy passes bytes and understands none of them; but a cut counts as a cut of what a
 * client reads or of what it writes, so that the request line is looked at, and where heads end.
 *
 * @module
 */
import { STREAM_MOUNT } from '../../src/wire/names.ts'

/** `down`: what an application reads. `up`: what it writes. */
export type Direction = 'down' | 'up'

export type Side = 'client' | 'server'

/** How a stream is carried over a connection, as far as its request tells. */
export type Carrier = 'websocket' | 'sse' | 'ndjson' | 'long-poll' | 'other'

const REQUEST = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\S+) HTTP\/1\.1\r\n/

/** The longest head that is looked at; ours have 300 bytes. */
const MOST_HEAD = 8_192

/** One connection's requests and answers, in turns, until one of them makes it a tunnel. */
export class Traffic {
  /** What goes over it now. A request without a body reads, one with a body writes, a tunnel does both. */
  carries: readonly Direction[] = []
  carrier: Carrier = 'other'
  #heads: Record<Side, 'awaited' | 'begun' | 'passed'> = { client: 'awaited', server: 'passed' }
  #tunnel = false

  /** Takes note of bytes as they come in, and says how many of them are a head: what follows is content. */
  headOf(side: Side, bytes: Buffer): number {
    if (this.#tunnel && this.#heads[side] === 'passed') return 0
    const text = bytes.subarray(0, MOST_HEAD).toString('latin1')
    if (side === 'client' && this.#heads.client !== 'begun') this.#begin(text)
    if (this.#heads[side] === 'passed') return 0
    const end = text.indexOf('\r\n\r\n')
    this.#heads[side] = end === -1 ? 'begun' : 'passed'
    return end === -1 ? bytes.length : end + 4
  }

  #begin(text: string): void {
    const request = REQUEST.exec(text)
    if (request === null) return
    const [, method = '', target = ''] = request
    this.#heads = { client: 'begun', server: 'awaited' }
    this.#tunnel = /\r\nupgrade: *websocket/i.test(text)
    this.carries = this.#tunnel ? ['down', 'up'] : method === 'GET' ? ['down'] : method === 'POST' ? ['up'] : []
    this.carrier = this.#tunnel ? 'websocket' : carrierOf(method, target)
  }
}

function carrierOf(method: string, target: string): Carrier {
  if (method !== 'GET' || !target.startsWith(STREAM_MOUNT)) return 'other'
  const live = new URLSearchParams(target.split('?')[1]).get('live')
  // Without `live` it catches up, which only somebody who polls does by a request of its own.
  return live === 'sse' || live === 'ndjson' ? live : 'long-poll'
}
