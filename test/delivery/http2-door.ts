/**
 * HTTP/2 in front of a server that speaks HTTP/1.1: each stream is one request behind, and a test says what becomes of sessions and
 * streams.
 *
 * @module
 */
import { once } from 'node:events'
import { request } from 'node:http'
import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { onTestFinished } from 'vitest'

/** What becomes of an answer that is there: passed on, or kept back for ever. */
type Passage = 'passes' | 'kept back'

export class Http2Door {
  /** Sessions so far. */
  sessions = 0
  /** Answers that have begun behind the door, by the method of their request. */
  readonly answered: Record<string, number> = {}
  readonly #port: number
  readonly #open = new Set<ServerHttp2Session>()
  readonly #streams = new Map<ServerHttp2Stream, string>()
  readonly #passage = new Map<string, Passage>()
  readonly #tears = new Map<string, Reset>()
  readonly #server = createServer()

  /** @param port of the server behind it. */
  constructor(port: number) {
    this.#port = port
    this.#server.on('session', (session) => {
      this.sessions += 1
      this.#open.add(session)
      session.on('error', () => {})
      session.on('close', () => this.#open.delete(session))
    })
    this.#server.on('stream', (stream, headers) => this.#carry(stream, headers))
  }

  /** Listens on a free port until the test is over; resolves with its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    onTestFinished(() => {
      for (const session of this.#open) session.destroy()
      this.#server.close()
    })
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The door has no port.')
    return `http://127.0.0.1:${address.port}`
  }

  /** Streams that are open for requests of this method. */
  count(method: string): number {
    return [...this.#streams.values()].filter((one) => one === method).length
  }

  /** From now on answers to this method are passed on, or kept back. */
  set(method: string, passage: Passage): void {
    this.#passage.set(method, passage)
  }

  /** No new stream on these sessions; what is open may end (RFC 9113 section 6.8). */
  sayGoAway(): void {
    for (const session of this.#open) session.goaway(constants.NGHTTP2_NO_ERROR)
  }

  /** The same for a server in trouble: nothing was done, and the connection is gone. */
  breakOff(): void {
    for (const session of this.#open) {
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0)
      session.destroy()
    }
  }

  /** Ends each stream of this method by RST_STREAM, in this way. */
  reset(method: string, how: Reset): void {
    for (const [stream, one] of this.#streams) if (one === method) resets[how](stream)
  }

  /** The same in the middle of what comes next. */
  tear(method: string, how: Reset): void {
    this.#tears.set(method, how)
  }

  #carry(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const method = headers[':method'] ?? 'GET'
    this.#streams.set(stream, method)
    stream.on('error', () => {})
    stream.on('close', () => this.#streams.delete(stream))
    const fields = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
    const behind = request(
      {
        port: this.#port,
        host: '127.0.0.1',
        method,
        path: headers[':path'],
        headers: Object.fromEntries(fields),
        agent: false,
      },
      (answer) => {
        this.answered[method] = (this.answered[method] ?? 0) + 1
        if (this.#passage.get(method) === 'kept back' || stream.destroyed) {
          answer.resume()
          return
        }
        const passed = Object.entries(answer.headers).filter(([name]) => !CONNECTION_HEADERS.includes(name))
        stream.respond({ ':status': answer.statusCode, ...Object.fromEntries(passed) })
        answer.on('error', () => stream.destroy())
        answer.on('data', (chunk) => {
          if (this.#passage.get(method) !== 'kept back' && !stream.destroyed) this.#pass(stream, method, chunk)
        })
        answer.on('end', () => stream.end())
      },
    )
    behind.on('error', () => stream.destroy())
    stream.on('close', () => behind.destroy())
    stream.pipe(behind)
  }

  #pass(stream: ServerHttp2Stream, method: string, chunk: Buffer): void {
    const tear = this.#tears.get(method)
    this.#tears.delete(method)
    if (tear === undefined) stream.write(chunk)
    else stream.write(chunk.subarray(0, chunk.length / 2), () => resets[tear](stream))
  }
}

/** How a stream is reset: behind an end that looks whole, or without one; with an error or without (RFC 9113 section 8.1). */
const resets = {
  'behind its end': (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_CANCEL),
  'without error': (stream: ServerHttp2Stream) => stream.destroy(),
  'with error': (stream: ServerHttp2Stream) => stream.destroy(new Error('A reset that was wanted.')),
} as const

export type Reset = keyof typeof resets

export const waysToReset = Object.keys(resets) as readonly Reset[]

/** Of one hop only, and not permitted in HTTP/2 (RFC 9113 section 8.2.2). */
const CONNECTION_HEADERS = ['connection', 'keep-alive', 'transfer-encoding']
