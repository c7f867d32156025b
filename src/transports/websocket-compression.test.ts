import { setImmediate as turn } from 'node:timers/promises'
import { deflateRawSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { webSocket } from './websocket.ts'
import type { CompressionInput } from './websocket-input.ts'
import { bareServer, outgoing, readAll, readSome, recordedRequest, socketServer, switching } from './websocket-rig.ts'

/** An echo server that would compress anything, and what each client asked for. */
async function echo() {
  const offers: (string | undefined)[] = []
  const wire = { bytesRead: () => 0 }
  const server = await socketServer(
    (socket, request) => {
      offers.push(request.headers['sec-websocket-extensions'])
      wire.bytesRead = () => request.socket.bytesRead
      socket.on('message', (data, binary) => socket.send(data, { binary }))
    },
    { perMessageDeflate: { threshold: 0 } },
  )
  onTestFinished(server.close)
  return { ...server, offers, wire }
}

test.each<[boolean | CompressionInput | undefined, string | undefined]>([
  [undefined, undefined],
  [false, undefined],
  [true, 'permessage-deflate; client_max_window_bits'],
  [
    { contextTakeover: false },
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits',
  ],
])('compression: %j offers %s, and what is sent comes back as it was', async (compression, offer) => {
  const { url, offers } = await echo()
  const link = await webSocket({ url, compression }, recordedRequest())
  onTestFinished(() => link.close())
  expect(offers).toEqual([offer])
  const data = ['', 'x', 'ä'.repeat(5000), new Uint8Array(5000).fill(7)]
  const batch = data.map(outgoing)
  await link.write?.(batch)
  expect(await Promise.all(batch.map((item) => item.settled))).toEqual([undefined, undefined, undefined, undefined])
  expect((await readSome(link, 4)).map((message) => message.data)).toEqual(data)
})

test('a large message is smaller on the wire, one below the threshold is not', async () => {
  const { url, wire } = await echo()
  const link = await webSocket({ url, compression: { threshold: 2000, contextTakeover: false } }, recordedRequest())
  onTestFinished(() => link.close())
  const sent = async (text: string): Promise<number> => {
    const before = wire.bytesRead()
    await link.write?.([outgoing(text)])
    await readSome(link, 1)
    return wire.bytesRead() - before
  }
  expect(await sent('a'.repeat(1900))).toBeGreaterThan(1900)
  expect(await sent('a'.repeat(10_000))).toBeLessThan(200)
})

test('messages that nobody reads stay in order and are counted against the pause, compressed or not', async () => {
  const total = 2_000
  const server = await socketServer(
    (socket) => {
      for (let n = 0; n < total; n++) socket.send(`${n}`.padStart(200, ' '))
      socket.close(1000)
    },
    { perMessageDeflate: { threshold: 0 } },
  )
  onTestFinished(server.close)
  const link = await webSocket({ url: server.url, compression: true }, recordedRequest())
  const first = await readSome(link, 1)
  const { items, failure } = await readAll(link)
  expect(failure).toBeUndefined()
  expect([...first, ...items].map(({ data }) => Number(data))).toEqual(Array.from({ length: total }, (_, n) => n))
})

/** One compressed binary frame (RSV1, opcode 2), as RFC 6455 section 5.2 and RFC 7692 section 7.2.3.6 draw it. */
function compressedFrame(payload: Buffer): Buffer {
  const head = Buffer.alloc(10)
  head[0] = 0xc2
  head[1] = 127
  head.writeBigUInt64BE(BigInt(payload.byteLength), 2)
  return Buffer.concat([head, payload])
}

test('64 KiB that inflate to 64 MiB end with `limit_exceeded`, and never stand in memory', async () => {
  const bomb = compressedFrame(deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 }))
  expect(bomb.byteLength).toBeLessThan(70_000)
  const server = await bareServer((socket, accept) => {
    socket.write(switching(accept, 'Sec-WebSocket-Extensions: permessage-deflate'))
    socket.write(bomb)
  })
  onTestFinished(server.close)
  const before = process.memoryUsage().external
  let most = before
  let over = false
  const reading = webSocket({ url: server.url, compression: true }, recordedRequest())
    .then(readAll)
    .finally(() => {
      over = true
    })
  while (!over) {
    most = Math.max(most, process.memoryUsage().external)
    await turn()
  }
  const { items, failure } = await reading
  expect(items).toEqual([])
  expect(failure).toMatchObject({ code: 'limit_exceeded' })
  expect(most - before).toBeLessThan(8 * 1024 * 1024)
})

test('a server that compresses without having been asked is refused', async () => {
  const server = await bareServer((socket, accept) =>
    socket.write(switching(accept, 'Sec-WebSocket-Extensions: permessage-deflate')),
  )
  onTestFinished(server.close)
  await expect(webSocket({ url: server.url }, recordedRequest())).rejects.toMatchObject({ code: 'not_a_stream_server' })
})
