import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { TransportError } from '../errors.ts'
import { startServer } from '../server/testing/rig.ts'
import { durable } from './durable.ts'
import type { DurableInput, DurableVia } from './durable-input.ts'
import { recordedRequest } from './websocket-rig.ts'

const RECORDS = ['one', { two: 'zwei €' }, [3], 4, 'five\r\nsix', null, 'data: 7']

/** A TCP proxy that cuts each connection after so many bytes of the answer; `Infinity` lets it pass. */
async function cuttingProxy(port: number) {
  let cutAfter = Number.POSITIVE_INFINITY
  let largest = 0
  let head = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    const cut = cutAfter
    let passed = 0
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay()
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) => {
      const rest = cut - passed
      passed += chunk.length
      if (head === 0) head = chunk.indexOf('\r\n\r\n')
      largest = Math.max(largest, passed)
      if (chunk.length <= rest) client.write(chunk)
      // end() flushes the bytes before the cut, and the client's own destroy() follows from the FIN.
      else if (rest > 0) client.end(chunk.subarray(0, rest))
      else client.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cutAfter: (bytes: number) => {
      cutAfter = bytes
    },
    /** The most bytes one connection has carried. */
    largest: () => largest,
    /** Where the head of the first answer ended. */
    head: () => head,
  }
}

/** Reads to the end of the stream as the chart would: after each failure again, from the last position. */
async function readThrough(input: DurableInput, beforeDial: (attempt: number) => void) {
  const data: unknown[] = []
  const codes = new Set<string>()
  let position: string | null = null
  for (let attempt = 0; attempt < 30; attempt++) {
    beforeDial(attempt)
    try {
      const link = await durable(input, recordedRequest({ position }))
      const more = await link.read((item) => {
        if (item.data !== undefined) data.push(item.data)
        position = item.position ?? position
        return true
      })
      if (!more) return { data, codes }
    } catch (failure) {
      codes.add((failure as TransportError).code)
    }
  }
  throw new Error(`It never ended: ${[...codes]}, ${data.length} records.`)
}

test.each<DurableVia>(['sse', 'ndjson', 'long-poll', 'websocket'])(
  'over %s, an answer that is cut at any byte of its body is resumed with every record exactly once',
  { timeout: 60_000 },
  async (via) => {
    const { server, port } = await startServer()
    const room = server.stream('rooms/42')
    room.append(...RECORDS.slice(0, 4))
    room.append(...RECORDS.slice(4))
    room.close()
    const proxy = await cuttingProxy(port)
    const input: DurableInput = { url: `${proxy.url}/v1/stream/rooms/42`, via }
    expect((await readThrough(input, () => {})).data).toEqual(RECORDS)
    const length = proxy.largest()
    expect(length).toBeGreaterThan(200)
    // A head is all or nothing, so that a few cuts in it tell as much as many; from its last byte on, every byte counts.
    for (let bytes = 1; bytes < length; bytes += bytes < proxy.head() - 16 ? 16 : 1) {
      const { data, codes } = await readThrough(input, (attempt) =>
        proxy.cutAfter(attempt === 0 ? bytes : Number.POSITIVE_INFINITY),
      )
      expect(data, `cut after ${bytes} of ${length} bytes`).toEqual(RECORDS)
      for (const code of codes) expect(['network', 'interrupted'], `cut after ${bytes}`).toContain(code)
    }
  },
)
