/**
 * HTTP/1.1 by hand: what a careful client library would never send, and what came back, byte for byte.
 *
 * @module
 */

import { connect, type Socket } from 'node:net'

/** One answer of the server. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

const HEAD_END = '\r\n\r\n'

/** Connects, and resolves when the bytes may be written. */
export async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // A server that hangs up on us resets the connection now and then: that is what is tested.
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/** Everything the server says until it closes. */
export function readToEnd(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  return new Promise((resolve) => socket.once('close', () => resolve(Buffer.concat(chunks))))
}

/** A request as text, from its parts. Nothing is checked: the parts may be wrong. */
export function requestText(method: string, target: string, headers: readonly string[], body = ''): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n')
}

/** The answers in a row of bytes. The last one may be cut off; what is not HTTP at all is an error. */
export function answersIn(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = []
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf(HEAD_END)
    if (end === -1) throw new Error(`Not an HTTP answer: ${JSON.stringify(rest.toString('latin1').slice(0, 200))}`)
    const head = headOf(rest.subarray(0, end).toString('latin1'))
    const { body, next } = bodyOf(head, rest.subarray(end + HEAD_END.length))
    answers.push({ ...head, body: body.toString() })
    rest = next
  }
  return answers
}

/** The status and the headers in the head of an answer. */
export function headOf(text: string): Omit<RawAnswer, 'body'> {
  const [first = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})( |$)/.exec(first)?.[1]
  if (status === undefined) throw new Error(`Not a status line: ${JSON.stringify(first.slice(0, 200))}`)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers.set(
      name,
      [headers.get(name), line.slice(colon + 1).trim()].filter((value) => value !== undefined).join(', '),
    )
  }
  return { status: Number(status), headers }
}

interface Cut {
  readonly body: Buffer
  readonly next: Buffer
}

function bodyOf({ status, headers }: Omit<RawAnswer, 'body'>, rest: Buffer): Cut {
  if (status < 200 || status === 204 || status === 304) return { body: Buffer.alloc(0), next: rest }
  if (headers.get('transfer-encoding') === 'chunked') return dechunked(rest)
  const length = headers.get('content-length')
  const size = length === undefined ? rest.length : Number(length)
  return { body: rest.subarray(0, size), next: rest.subarray(size) }
}

function dechunked(bytes: Buffer): Cut {
  const chunks: Buffer[] = []
  let rest = bytes
  for (;;) {
    const end = rest.indexOf('\r\n')
    const size = end === -1 ? Number.NaN : Number.parseInt(rest.subarray(0, end).toString('latin1'), 16)
    // Cut off in the middle: what came is what there is.
    if (Number.isNaN(size)) return { body: Buffer.concat(chunks), next: Buffer.alloc(0) }
    if (size === 0) return { body: Buffer.concat(chunks), next: rest.subarray(end + HEAD_END.length) }
    chunks.push(rest.subarray(end + 2, end + 2 + size))
    rest = rest.subarray(end + 2 + size + 2)
  }
}
