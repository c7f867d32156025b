import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createStreamServer } from './index.ts'
import { manualClock } from './testing/manual-clock.ts'
import { controlsIn, linesIn, mountServer, openRead, startServer } from './testing/rig.ts'
import { greet, openSocket } from './testing/socket-rig.ts'

const upToDate = (text: string) => text.includes('upToDate')

test('closing says goodbye to every reader in its own protocol, with its position and a pause', async () => {
  const { url, at, server } = await startServer({ random: () => 0.5 })
  const { offset } = server.stream('a').append(1)
  const sse = await openRead(at('a', '?offset=-1&live=sse'))
  const ndjson = await openRead(at('a', '?offset=-1&live=ndjson'))
  await Promise.all([sse.until(upToDate), ndjson.until(upToDate)])
  const poll = fetch(at('a', '?offset=now&live=long-poll'))
  const socket = await greet(url)
  socket.send({ t: 'sub', id: 1, s: 'a', o: '-1' })
  await socket.until(({ t }) => t === 'live')
  const silent = await openSocket(url)
  const closed = server.close({ afterMs: 100, spreadMs: 2_000 })
  expect(controlsIn(await sse.ended()).at(-1)).toMatchObject({ streamNextOffset: offset, drainInMs: 1_100 })
  expect(linesIn(await ndjson.ended()).at(-1)).toMatchObject({ k: 'c', streamNextOffset: offset, drainInMs: 1_100 })
  expect([204, 503]).toContain((await poll).status)
  for (const raw of [socket, silent]) {
    expect(await raw.closed).toEqual({ code: 4300, reason: 'draining ms=100' })
    expect(raw.frames.at(-1)).toEqual({ t: 'bye', code: 4300, afterMs: 100, spreadMs: 2_000 })
  }
  await closed
  await expect(fetch(at('a'))).rejects.toThrow()
  await expect(server.listen()).rejects.toThrow('closed')
})

test('a client that does not leave is cut when the grace is over', async () => {
  const clock = manualClock()
  // Mounted, so that no listener can cut connections in our place.
  const { url, server, responses } = await mountServer({ clock, retention: { bytes: 64 * 1024 * 1024 } })
  const room = server.stream('a')
  const read = await openRead(`${url}/v1/stream/a?offset=-1&live=sse`)
  await read.until(upToDate)
  read.answer.pause()
  const socket = await greet(url)
  socket.socket.pause()
  while (responses[0]?.writableNeedDrain !== true) {
    room.append('x'.repeat(16_000))
    await new Promise(setImmediate)
  }
  const closed = server.close({ graceMs: 3_000 })
  await new Promise(setImmediate)
  clock.advance(2_999)
  expect(server.connections).toBe(2)
  clock.advance(1)
  await closed
  expect(clock.pending).toBe(0)
})

test('a port that is taken is said, and another one may be tried', async () => {
  const { port } = await startServer()
  const second = createStreamServer({ allowAnonymous: true })
  onTestFinished(() => second.close())
  await expect(second.listen({ port })).rejects.toThrow('EADDRINUSE')
  expect((await second.listen()).port).not.toBe(port)
  await expect(second.listen()).rejects.toThrow('once')
})

test('a server that is mounted refuses what comes while it stops, and leaves the other server alone', async () => {
  const { server: streams, url } = await mountServer()
  streams.stream('a').append(1)
  const read = await openRead(`${url}/v1/stream/a?offset=-1&live=sse`)
  await read.until(upToDate)
  const socket = await greet(url)
  await streams.close()
  expect(controlsIn(await read.ended()).at(-1)).toHaveProperty('drainInMs')
  expect((await socket.closed).code).toBe(4300)
  const refused = await fetch(`${url}/v1/stream/a`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  await expect(openSocket(url)).rejects.toThrow('503')
})

test('a closed server leaves nothing that keeps its process alive', async () => {
  const script = `
    import { createStreamServer } from ${JSON.stringify(fileURLToPath(new URL('index.ts', import.meta.url)))}
    import { WebSocket } from 'ws'
    const server = createStreamServer({ allowAnonymous: true })
    const { url } = await server.listen()
    await server.stream('a').append(1)
    const reading = ['sse', 'ndjson', 'long-poll'].map((live) => fetch(url + '/v1/stream/a?offset=now&live=' + live))
    const socket = new WebSocket(url.replace('http', 'ws') + '/v1/ws', 'statewire.v1.json')
    socket.on('open', () => socket.send('{"t":"hello","v":1}'))
    await new Promise((resolve) => socket.on('message', resolve))
    await Promise.all([fetch(url + '/v1/stream/a'), reading[0], reading[1]])
    await server.close()
    process.stdout.write('closed')
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  const [code] = await once(child, 'exit')
  expect([code, printed]).toEqual([0, 'closed'])
})
