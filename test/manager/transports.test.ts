import { expect, expectTypeOf, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { json } from '../../src/codecs/codec.ts'
import { shareConnection, TransportManager } from '../../src/manager/transport-manager.ts'
import { accept } from '../../src/testing/server.ts'
import { settle } from '../../src/testing/settle.ts'
import { openScripted, openStreams, runTransports, steady } from './manager-rig.ts'

test('a durable stream through a manager: opened, found, read, written, counted, closed', async () => {
  const { server, streamUrl } = await openStreams()
  const manager = new TransportManager()
  onTestFinished(() => void manager.actor.stop())
  const room = manager.createTransport('durable', { id: 'room', url: streamUrl('rooms/42') })
  const heard: unknown[] = []
  room.on('event', ({ data }) => heard.push(data))
  await server.stream('rooms/42').append({ text: 'hello' })
  await room.connect()
  await room.send({ text: 'and you' })
  await settle(() => heard.length === 2)
  expect(heard).toEqual([{ text: 'hello' }, { text: 'and you' }])
  expect(manager.getTransport('room')).toBe(room)
  expect(manager.getMetrics()).toMatchObject({
    connections: 1,
    opened: 1,
    closed: 0,
    received: 2,
    sent: 1,
    states: { connected: 1 },
    health: { status: 'healthy' },
  })
  expect(manager.closeTransport('room')).toBe(true)
  expect(manager.closeTransport('room')).toBe(false)
  expect([room.getState(), manager.getTransport('room')]).toEqual(['closed', undefined])
  // What is gone is counted still.
  expect(manager.getMetrics()).toMatchObject({ connections: 0, opened: 1, closed: 1, received: 2, sent: 1 })
  await settle(() => server.connections === 0)
})

test('a managed transport says the same and lives as long as a plain one', async () => {
  const server = await openScripted()
  server.script([accept([{ data: '{"price":1}' }])], 'repeat')
  const { manager } = runTransports()
  const transport = manager.createTransport('sse', {
    url: server.url,
    codec: json,
    incoming: z.object({ price: z.number() }),
    ...steady,
  })
  const said: string[] = []
  for (const type of ['connecting', 'connected', 'reconnecting', 'done', 'error', 'closed'] as const) {
    transport.on(type, () => said.push(type))
  }
  transport.on('event', ({ data }) => {
    expectTypeOf(data).toEqualTypeOf<{ price: number }>()
    said.push(`price ${data.price}`)
  })
  expect(transport.getState()).toBe('idle')
  await transport.connect()
  await settle(() => said.includes('price 1'))
  transport.close()
  transport.close()
  expect(transport.getState()).toBe('closed')
  await expect(transport.send('x')).rejects.toMatchObject({ code: 'send_refused' })
  await transport.connect()
  expect(said).toEqual(['connecting', 'connected', 'price 1', 'closed', 'connecting', 'connected'])
  transport.close()
})

test('an id that is taken is refused, and its owner is not disturbed', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { manager } = runTransports()
  const first = manager.createTransport('sse', { id: 'a', url: server.url, ...steady })
  await first.connect()
  expect(() => manager.createTransport('sse', { id: 'a', url: server.url })).toThrow(
    expect.objectContaining({ code: 'duplicate_id', message: expect.stringContaining('choose another') }),
  )
  expect([manager.getTransport('a'), first.getState(), server.requests]).toEqual([first, 'connected', 1])
  first.close()
  const second = manager.createTransport('sse', { id: 'a', url: server.url })
  await expect(first.connect()).rejects.toMatchObject({ code: 'duplicate_id' })
  expect(manager.getTransport('a')).toBe(second)
})

test('a type nobody knows is refused with the names of those that are', () => {
  const { manager } = runTransports()
  const create = (): unknown => manager.createTransport('carrier-pigeon' as 'sse', { url: 'http://127.0.0.1:9' })
  expect(create).toThrow(
    expect.objectContaining({
      code: 'bad_option',
      message: expect.stringContaining('sse, websocket, http-stream, long-poll, durable'),
    }),
  )
})

test.each([
  ['no configuration', undefined, 'bad_option'],
  ['no URL', {}, 'bad_url'],
  ['a restart type that is none', { url: 'http://a/', restart: 'forever' }, 'bad_option'],
  ['fewer than no restarts', { url: 'http://a/', restart: { maxRestarts: -1 } }, 'bad_option'],
  ['a period of nothing', { url: 'http://a/', restart: { period: 0 } }, 'bad_option'],
])('%s is refused at once and leaves nothing behind', (_what, config, code) => {
  const { clock, manager } = runTransports()
  expect(() => manager.createTransport('sse', config as { url: string })).toThrow(expect.objectContaining({ code }))
  expect([manager.getMetrics().connections, clock.pending]).toEqual([0, 0])
})

test('options of the manager, of the key and of the call are merged, the later ones first', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { manager } = runTransports({
    config: { ...steady, headers: { 'x-from': 'manager', 'x-app': 'news' } },
    keys: { prices: { headers: { 'x-from': 'key', 'x-key': 'prices' } } },
  })
  const config = { url: server.url, key: 'prices', headers: { 'x-from': 'call' } }
  await manager.createTransport('sse', config).connect()
  expect(server.exchanges[0]?.headers).toMatchObject({ 'x-from': 'call', 'x-key': 'prices', 'x-app': 'news' })
  manager.closeAll()
})

test('closeAll closes everything, and the manager goes on', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { clock, manager } = runTransports({ config: steady })
  const transport = manager.createTransport('sse', { url: server.url })
  shareConnection(manager, 'sse', { url: `${server.url}/shared` }).hold()
  await transport.connect()
  await server.until(() => server.answering.length === 2)
  manager.closeAll()
  await server.until(() => server.answering.length === 0)
  expect([manager.getMetrics().connections, clock.pending]).toEqual([0, 0])
  await transport.connect()
  expect(manager.actor.getSnapshot().status).toBe('active')
  transport.close()
})

test('what rests unused is released after a while, and comes back when it is connected', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { clock, manager } = runTransports({ idleAfter: 1_000, config: steady })
  const unused = manager.createTransport('sse', { id: 'unused', url: server.url })
  const used = manager.createTransport('sse', { id: 'used', url: server.url })
  let closed = 0
  unused.on('closed', () => closed++)
  await used.connect()
  await clock.advance(10_000)
  expect([manager.getTransport('unused'), manager.getTransport('used'), closed]).toEqual([undefined, used, 1])
  await unused.connect()
  expect(manager.getTransport('unused')).toBe(unused)
  manager.closeAll()
})

test('observe is shown each connection before it starts, and one that throws disturbs nothing', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { manager } = runTransports({ config: steady })
  const seen: unknown[] = []
  const transport = manager.createTransport('sse', {
    url: server.url,
    observe: (connection) => void seen.push(connection.getSnapshot().value),
  })
  await transport.connect()
  transport.close()
  await transport.connect()
  expect(seen).toEqual(['idle', 'idle'])
  transport.close()
})
