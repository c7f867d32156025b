/**
 * Bytes that come one by one, or torn: F05 and F08.
 *
 * @module
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { greet } from '../../../src/server/testing/socket-rig.ts'
import { settle } from '../../../src/testing/settle.ts'
import { entries, entry } from '../log.ts'
import { expectBaseline, expectRecords } from '../oracle.ts'
import { piecewiseProxy } from '../piecewise-proxy.ts'
import { Reader, SOON } from '../reader.ts'
import type { ReadingRow } from '../row.ts'
import { openStage, STREAM, type Stage } from '../stage.ts'

/** F05: a byte every 10 ms is 100 bytes a second, a tenth of what an upload has to reach. */
export async function byteByByte({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 12)
  await stage.server.stream(STREAM).close()
  const proxy = await piecewiseProxy({ upstream: stage.port, sizes: [1], pace: 'ticks' })
  // The heads alone take 8 s.
  const reader = new Reader(`${proxy.url}/v1/stream/${STREAM}`, { via, connectTimeout: 60_000 })
  const began = stage.clock.now()
  while (reader.state !== 'closed') {
    stage.clock.advance(10)
    await reader.clock.advance(10)
    proxy.tick()
    await turn()
    if (stage.clock.now() - began > 600_000) throw new Error(`Not done in ten minutes: ${reader.describe()}`)
  }
  expectRecords(reader, 1, 12)
  // Over WebSocket 9.9 s: the stream is asked for while the greeting is still on its way.
  expect(stage.clock.now() - began).toBeGreaterThan(9_000)
  expect(reader.failures).toEqual([])
  for (let ticks = 0; ticks < 50; ticks++) {
    proxy.tick()
    await turn()
  }
  await expectBaseline(stage, [reader])
}

/** F05: an upload at that rate is over after 10 s, and nothing of it is stored; a short one has come by then. */
export async function uploadByteByByte(): Promise<void> {
  const stage = await openStage()
  for (const [length, status] of [
    [400, 204],
    [4_000, 408],
  ] as const) {
    const body = Buffer.from(JSON.stringify({ n: 1, v: 'x'.repeat(length) }))
    const socket = await rawSocket(stage)
    socket.write(headOf('POST', `Content-Length: ${body.length}`))
    const answer = once(socket, 'data')
    let answered = false
    void answer.then(() => (answered = true))
    await settle(() => stage.responses.size === 1, SOON)
    for (let at = 0; at < body.length && !answered; at++) {
      socket.write(body.subarray(at, at + 1))
      stage.clock.advance(10)
      await turn()
    }
    expect(String((await answer)[0])).toContain(`HTTP/1.1 ${status}`)
    socket.destroy()
    await settle(() => stage.responses.size === 0, SOON)
  }
  expect(await stage.server.stream(STREAM).read()).toHaveLength(1)
  await expectBaseline(stage, [])
}

/** F05: a frame that comes byte by byte is a frame. */
export async function frameByteByByte(): Promise<void> {
  const stage = await openStage()
  const proxy = await piecewiseProxy({ upstream: stage.port, sizes: [1], pace: 'turns' })
  const socket = await greet(proxy.url)
  for (const [q, d] of entries(1, 4).entries()) socket.send({ t: 'pub', s: STREAM, pid: 'p', e: 0, q, d: [d] })
  await socket.until((frame) => frame.t === 'ack' && frame.q === 3)
  await expectStored(stage, 4)
  socket.socket.terminate()
  await expectBaseline(stage, [])
}

/** F08: what the server says arrives in pieces of any size. */
export async function splitEverywhere({ via }: ReadingRow): Promise<void> {
  const stage = await openStage()
  await stage.fill(1, 10)
  await stage.server.stream(STREAM).close()
  const readers: Reader[] = []
  for (const sizes of [[1], [2], [3, 1], [7, 2, 5]]) {
    const proxy = await piecewiseProxy({ upstream: stage.port, sizes, pace: 'turns' })
    const reader = new Reader(`${proxy.url}/v1/stream/${STREAM}`, { via })
    readers.push(reader)
    await reader.untilState('closed')
    expectRecords(reader, 1, 10)
    expect(reader.failures).toEqual([])
  }
  await expectBaseline(stage, readers)
}

/** F08: a body is split at each of its bytes, once by packets and once by chunks. */
export async function splitUploads(): Promise<void> {
  const stage = await openStage()
  const body = Buffer.from(JSON.stringify(entry(4)))
  const socket = await rawSocket(stage)
  let answers = 0
  socket.on('data', (data) => (answers += String(data).split('HTTP/1.1 204').length - 1))
  let sent = 0
  for (let at = 1; at < body.length; at++) {
    socket.write(headOf('POST', `Content-Length: ${body.length}`))
    socket.write(body.subarray(0, at))
    await turn()
    socket.write(body.subarray(at))
    sent += 1
    await settle(() => answers === sent, SOON)
  }
  socket.write(headOf('POST', 'Transfer-Encoding: chunked'))
  for (let at = 0; at < body.length; at++) {
    socket.write(Buffer.concat([Buffer.from('1\r\n'), body.subarray(at, at + 1), Buffer.from('\r\n')]))
    await turn()
  }
  socket.write('0\r\n\r\n')
  await settle(() => answers === sent + 1, SOON)
  const stored = await stage.server.stream(STREAM).read()
  expect(stored.map(({ value }) => value)).toEqual(Array(sent + 1).fill(entry(4)))
  socket.destroy()
  await expectBaseline(stage, [])
}

/** F08: a message is split at each of its bytes into two fragments. */
export async function splitFrames(): Promise<void> {
  const stage = await openStage()
  const raw = await greet(stage.url)
  const frame = (q: number) =>
    Buffer.from(JSON.stringify({ t: 'pub', s: STREAM, pid: 'p', e: 0, q, d: [entry(q + 1)] }))
  const length = frame(3).length
  for (let q = 0; q < length - 1; q++) {
    raw.socket.send(frame(q).subarray(0, q + 1), { binary: false, fin: false })
    await turn()
    raw.socket.send(frame(q).subarray(q + 1), { binary: false, fin: true })
  }
  await raw.until(({ t, q }) => t === 'ack' && q === length - 2)
  await expectStored(stage, length - 1)
  raw.socket.terminate()
  await expectBaseline(stage, [])
}

/** F08: a character torn by the end of the body is no character, and nothing of the append is kept. */
export async function tornUploads(): Promise<void> {
  const stage = await openStage()
  await stage.server.stream('text', { contentType: 'text/plain' }).create()
  const text = Buffer.from('abc é€😀')
  for (const at of [...text.keys()].filter((index) => ((text[index] ?? 0) & 0xc0) === 0x80)) {
    const torn = text.subarray(0, at)
    const answer = await fetch(stage.at('text'), {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: torn,
    })
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid_utf8' }])
    // Announced whole, and cut there.
    const socket = await rawSocket(stage)
    socket.write(headOf('POST', `Content-Length: ${text.length}`, 'text', 'text/plain'))
    await new Promise((resolve) => socket.write(torn, resolve))
    await settle(() => stage.responses.size > 0, SOON)
    socket.resetAndDestroy()
    await settle(() => stage.responses.size === 0, SOON)
  }
  expect(await stage.server.stream('text').read()).toEqual([])
  await expectBaseline(stage, [])
}

/** F08: a message that ends in the middle of a character closes its connection (RFC 6455 section 8.1), and nobody else's. */
export async function tornFrames(): Promise<void> {
  const stage = await openStage()
  const bystander = await greet(stage.url)
  for (const cut of [1, 2, 3]) {
    const raw = await greet(stage.url)
    const text = Buffer.from('{"t":"pub","s":"log","pid":"p","e":0,"q":0,"d":["😀')
    raw.socket.send(text.subarray(0, text.length - cut), { binary: false, fin: true })
    expect((await raw.closed).code).toBe(1007)
  }
  bystander.send({ t: 'ping', k: 'still here' })
  await bystander.until(({ k }) => k === 'still here')
  await expectStored(stage, 0)
  bystander.socket.terminate()
  await expectBaseline(stage, [])
}

async function expectStored(stage: Stage, count: number): Promise<void> {
  const stored = await stage.server.stream(STREAM).read()
  expect(stored.map(({ value }) => value)).toEqual(entries(1, count))
}

async function rawSocket(stage: Stage): Promise<Socket> {
  const socket = connect({ port: stage.port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

function headOf(method: string, field: string, path = STREAM, type = 'application/json'): string {
  return `${method} /v1/stream/${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n${field}\r\n\r\n`
}
