import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, expectTypeOf, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { nextUncaught } from '../../test/uncaught.ts'
import { json } from '../codecs/codec.ts'
import { until } from '../transports/websocket-rig.ts'
import { createTransport } from './create-transport.ts'

/** Server-Sent Events with ids; what is posted is remembered. */
async function eventServer() {
  const log: string[] = []
  const posted: string[] = []
  const lastEventIds: (string | undefined)[] = []
  const streams = new Set<ServerResponse>()
  let status = 200
  const write = (stream: ServerResponse, index: number) => stream.write(`id: ${index}\ndata: ${log[index - 1]}\n\n`)
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      let body = ''
      for await (const chunk of request) body += chunk
      posted.push(body)
      response.writeHead(204).end()
      return
    }
    if (status !== 200) return void response.writeHead(status).end()
    lastEventIds.push(request.headers['last-event-id'] as string | undefined)
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    streams.add(response)
    response.on('close', () => streams.delete(response))
    for (let index = Number(request.headers['last-event-id'] ?? 0) + 1; index <= log.length; index++)
      write(response, index)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    posted,
    lastEventIds,
    streams,
    append(...data: string[]) {
      for (const item of data) {
        log.push(item)
        for (const stream of streams) write(stream, log.length)
      }
    },
    cut() {
      for (const stream of streams) stream.destroy()
    },
    answer(next: number) {
      status = next
    },
  }
}

const quick = { backoff: { base: 1, cap: 1 } }

test('connect, receive, lose the line, come back, send, close: the whole life in plain calls and events', async () => {
  const server = await eventServer()
  const transport = createTransport('sse', { url: server.url, ...quick })
  onTestFinished(() => transport.close())
  const said: string[] = []
  const received: unknown[] = []
  for (const type of ['connecting', 'connected', 'reconnecting', 'done', 'error', 'closed'] as const) {
    transport.on(type, () => said.push(type))
  }
  transport.on('event', (message) => received.push(message.data))
  expect(transport.getState()).toBe('idle')

  await transport.connect()
  expect(transport.getState()).toBe('connected')
  server.append('one', 'two')
  await until(() => received.length === 2)
  server.cut()
  server.append('three')
  await until(() => received.length === 3)
  expect(received).toEqual(['one', 'two', 'three'])
  expect(server.lastEventIds).toEqual([undefined, '2'])

  await Promise.all([transport.send('a'), transport.send('b')])
  expect(server.posted).toEqual(['a', 'b'])
  transport.close()
  transport.close()
  expect(transport.getState()).toBe('closed')
  await until(() => server.streams.size === 0)
  expect(said).toEqual(['connecting', 'connected', 'reconnecting', 'connected', 'closed'])
})

test('after closed, connect starts afresh with the same listeners', async () => {
  const server = await eventServer()
  const transport = createTransport('sse', { url: server.url })
  const received: unknown[] = []
  transport.on('event', (message) => received.push(message.data))
  await transport.connect()
  transport.close()
  await expect(transport.send('x')).rejects.toMatchObject({ code: 'send_refused' })
  server.append('again')
  await transport.connect()
  await until(() => received.length === 1)
  expect(received).toEqual(['again'])
  transport.close()
})

test('connect rejects with the failure that put it to rest, and a later connect may succeed', async () => {
  const server = await eventServer()
  server.answer(403)
  const transport = createTransport('sse', { url: server.url })
  const codes: string[] = []
  transport.on('error', (error) => codes.push(error.code))
  await expect(transport.connect()).rejects.toMatchObject({ code: 'http_status', status: 403 })
  expect(transport.getState()).toBe('error')
  expect(codes).toEqual(['http_status'])
  server.answer(200)
  await transport.connect()
  expect(transport.getState()).toBe('connected')
  transport.close()
})

test('connect resolves after retries, is idempotent, and rejects when closed before it was up', async () => {
  const server = await eventServer()
  server.answer(503)
  const transport = createTransport('sse', { url: server.url, ...quick })
  const first = transport.connect()
  transport.once('reconnecting', () => server.answer(200))
  await Promise.all([first, transport.connect()])
  expect(server.lastEventIds).toHaveLength(1)
  transport.close()

  const other = createTransport('sse', { url: server.url })
  const pending = other.connect()
  other.close()
  await expect(pending).rejects.toMatchObject({ code: 'aborted' })
})

test('once hears once, off hears nothing, emit reaches listeners only, and one that throws disturbs nobody', async () => {
  const transport = createTransport('sse', { url: 'http://127.0.0.1:9/' })
  const heard: string[] = []
  const uncaught = nextUncaught()
  const gone = (): void => void heard.push('gone')
  transport.once('done', () => {
    throw new Error('a listener’s own mistake')
  })
  transport.once('done', () => heard.push('once'))
  transport.on('done', () => heard.push('on'))
  transport.on('done', gone)
  transport.off('done', gone)
  transport.emit('done', undefined)
  transport.emit('done', undefined)
  expect(heard).toEqual(['once', 'on', 'on'])
  expect(await uncaught).toBeInstanceOf(Error)
})

test('codec and schemas type and check both directions', async () => {
  const server = await eventServer()
  const transport = createTransport('sse', {
    url: server.url,
    codec: json,
    incoming: z.object({ price: z.number() }),
    outgoing: z.object({ symbol: z.string() }),
  })
  onTestFinished(() => transport.close())
  const prices: number[] = []
  const codes: string[] = []
  transport.on('event', (message) => {
    expectTypeOf(message.data).toEqualTypeOf<{ price: number }>()
    prices.push(message.data.price)
  })
  transport.on('error', (error) => codes.push(error.code))
  await transport.connect()
  server.append('{"price":1}', '{"price":"high"}', '{', '{"price":2}')
  await until(() => prices.length === 2)
  expect(prices).toEqual([1, 2])
  expect(codes).toEqual(['schema_refused', 'decode_failed'])
  expect(transport.getState()).toBe('connected')
  // @ts-expect-error the outgoing schema wants a string
  await expect(transport.send({ symbol: 1 })).rejects.toMatchObject({ code: 'schema_refused' })
  await transport.send({ symbol: 'A' })
  expect(server.posted).toEqual(['{"symbol":"A"}'])
})

test.each([
  ['carrier-pigeon', { url: 'http://a/' }, 'bad_option'],
  ['sse', undefined, 'bad_option'],
  ['sse', {}, 'bad_url'],
  ['sse', { url: 5 }, 'bad_url'],
  ['sse', { url: '' }, 'bad_url'],
  ['sse', { url: 'http://a/', connectTimeout: -1 }, 'bad_option'],
  ['sse', { url: 'http://a/', heartbeatInterval: 'often' }, 'bad_option'],
  ['sse', { url: 'http://a/', maxAttempts: 1.5 }, 'bad_option'],
  ['sse', { url: 'http://a/', backoff: { base: 'soon' } }, 'bad_option'],
  ['sse', { url: 'http://a/', codec: 'json' }, 'bad_option'],
  ['sse', { url: 'http://a/', incoming: { parse() {} } }, 'bad_option'],
  ['sse', { url: 'http://a/', authorize: 'yes' }, 'bad_option'],
  ['sse', { url: 'http://a/', outbox: { messages: 0 } }, 'bad_option'],
])('%s with %o throws %s at once', (type, config, code) => {
  expect(() => createTransport(type as 'sse', config as { url: string })).toThrow(
    expect.objectContaining({ name: 'TransportError', code }),
  )
})

test('a close with drain sends what waits first, and takes nothing new meanwhile', async () => {
  const server = await eventServer()
  const transport = createTransport('sse', { url: server.url })
  await transport.connect()
  const sends = [transport.send('one'), transport.send('two')]
  transport.close({ drain: true })
  await expect(transport.send('three')).rejects.toMatchObject({ code: 'send_refused' })
  await Promise.all(sends)
  await until(() => transport.getState() === 'closed')
  expect(server.posted).toEqual(['one', 'two'])
  await until(() => server.streams.size === 0)
})

test('each connection of a transport is shown to observe before it starts', async () => {
  const server = await eventServer()
  const seen: string[] = []
  const transport = createTransport('sse', {
    url: server.url,
    observe: (connection) => {
      seen.push(connection.getSnapshot().value)
    },
  })
  await transport.connect()
  transport.close()
  await transport.connect()
  transport.close()
  expect(seen).toEqual(['idle', 'idle'])
})
