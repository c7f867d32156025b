/**
 * A proxy that takes HTTP apart and puts it together again as it likes: other chunks, other letter case, and only the headers
 * that it knows, if so wished.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

export interface MeddlingOptions {
  readonly upstream: number
  /** Drops from each answer every header that is not in RFC 9110, 9111, 9112 or 6455. */
  readonly strips: boolean
}

const KNOWN = new Set(
  'cache-control connection content-length content-type date etag retry-after sec-websocket-accept upgrade vary'.split(
    /\s+/,
  ),
)

/** Where what is merged is cut again. */
const CHUNKS = [1, 700, 13, 4_000]

/** Listens on a free port until the test is over; resolves with its address. */
export async function meddlingProxy({ upstream: port, strips }: MeddlingOptions): Promise<string> {
  const sockets = new Set<Duplex>()
  const keep = (name: string): boolean => !strips || KNOWN.has(name.toLowerCase())
  const proxy = createServer((asked, answer) => {
    const { method, url: path } = asked
    const headers = ownHeaders(asked.rawHeaders, () => true)
    const passed = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (answered) =>
      passOn(answered, answer, keep),
    )
    passed.on('error', () => answer.destroy())
    answer.on('error', () => {})
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  proxy.on('connection', (socket) => sockets.add(socket))
  proxy.on('upgrade', (asked: IncomingMessage, client: Duplex) => {
    const behind = connect({ port, host: '127.0.0.1' })
    sockets.add(behind)
    tunnel(asked, client, behind, keep)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return `http://127.0.0.1:${address.port}`
}

/** Name and value in turns, as Node's raw headers are; names in another case. */
function ownHeaders(raw: readonly string[], keep: (name: string) => boolean): string[] {
  return raw.flatMap((name, index) => {
    const framing = ['transfer-encoding', 'connection', 'keep-alive'].includes(name.toLowerCase())
    return index % 2 === 1 || framing || !keep(name) ? [] : [swapCase(name), raw[index + 1] ?? '']
  })
}

/** `Stream-Next-Offset` becomes `sTREAM-nEXT-oFFSET`. */
function swapCase(name: string): string {
  return name.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
}

function passOn(answered: IncomingMessage, answer: ServerResponse, keep: (name: string) => boolean): void {
  const { statusCode = 502, rawHeaders } = answered
  answer.writeHead(statusCode, ownHeaders(rawHeaders, keep))
  answer.flushHeaders()
  let gathered = Buffer.alloc(0)
  let chunks = 0
  const flush = (): void => {
    while (gathered.length > 0) {
      const size = CHUNKS[chunks++ % CHUNKS.length] ?? 1
      answer.write(gathered.subarray(0, size))
      gathered = gathered.subarray(size)
    }
  }
  answered.on('data', (chunk: Buffer) => {
    // What comes within two turns is merged.
    if (gathered.length === 0) setImmediate(() => setImmediate(flush))
    gathered = Buffer.concat([gathered, chunk])
  })
  answered.on('end', () => {
    flush()
    answer.end()
  })
  answered.on('error', () => answer.destroy())
}

function tunnel(asked: IncomingMessage, client: Duplex, behind: Socket, keep: (name: string) => boolean): void {
  const head = (line: string, raw: readonly string[], keeps: (name: string) => boolean): string => {
    const fields = raw.flatMap((name, index) =>
      index % 2 === 1 || !keeps(name) ? [] : [`${swapCase(name)}: ${raw[index + 1]}\r\n`],
    )
    return `${line}\r\n${fields.join('')}\r\n`
  }
  for (const socket of [client, behind]) socket.on('error', () => {})
  behind.write(head(`GET ${asked.url} HTTP/1.1`, asked.rawHeaders, () => true))
  let answer = ''
  const answered = (chunk: Buffer): void => {
    answer += chunk.toString('latin1')
    const end = answer.indexOf('\r\n\r\n')
    if (end === -1) return
    const [line = '', ...fields] = answer.slice(0, end).split('\r\n')
    behind.off('data', answered)
    client.write(
      head(
        line,
        fields.flatMap((field) => field.split(/: (.*)/s, 2)),
        keep,
      ),
    )
    client.write(Buffer.from(answer.slice(end + 4), 'latin1'))
    behind.pipe(client)
    client.pipe(behind)
  }
  behind.on('data', answered)
  client.on('close', () => behind.destroy())
  behind.on('close', () => client.destroy())
}
