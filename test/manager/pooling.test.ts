import { expect, onTestFinished, test } from 'vitest'
import { findRegistry } from '../../src/manager/registries.ts'
import { shareConnection, TransportManager } from '../../src/manager/transport-manager.ts'
import { accept } from '../../src/testing/server.ts'
import { settle, until } from '../../src/testing/settle.ts'
import { openScripted, openStreams, runTransports, steady } from './manager-rig.ts'

test('the same key is the same connection: one socket, closed a linger after the last one let go', async () => {
  const { server, streamUrl } = await openStreams()
  const { clock, manager } = runTransports()
  await server.stream('prices').append({ symbol: 'A' })
  // The server's heartbeats come in real time, so that a simulated minute would be a long silence.
  const config = { url: streamUrl('prices'), heartbeatInterval: 10_000_000 }
  const one = shareConnection(manager, 'durable', config)
  const other = shareConnection(manager, 'durable', config)
  expect(other).toBe(one)
  const leave = one.hold()
  const leaveToo = other.hold()
  await settle(() => server.connections === 1)
  leave()
  leave()
  await clock.advance(5_000)
  expect([server.connections, manager.getMetrics().connections]).toEqual([1, 1])
  leaveToo()
  await clock.advance(999)
  expect(one.current().getSnapshot().value).toMatchObject({ connected: {} })
  await clock.advance(1)
  await settle(() => server.connections === 0)
  expect(one.current().getSnapshot().status).toBe('done')
  expect([manager.getMetrics().connections, clock.pending]).toEqual([0, 0])
})

test('who mounts again within the linger finds the connection as it was', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { clock, manager } = runTransports()
  const shared = shareConnection(manager, 'sse', { url: server.url, ...steady })
  const before = shared.hold()
  const actor = shared.current()
  await until(actor, (snapshot) => snapshot.matches('connected'))
  before()
  await clock.advance(999)
  const leave = shared.hold()
  await clock.advance(60_000)
  expect([shared.current() === actor, server.requests]).toEqual([true, 1])
  leave()
})

test('held again after it was released, it is the same object in the same registry, and newcomers get it too', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { clock, manager } = runTransports({ linger: 10 })
  const config = { url: server.url, ...steady }
  const shared = shareConnection(manager, 'sse', config)
  shared.hold()()
  await clock.advance(10)
  expect(manager.getMetrics().connections).toBe(0)
  let changes = 0
  shared.subscribe(() => changes++)
  const before = shared.current()
  const leave = shared.hold()
  expect([changes, shared.current() === before, shareConnection(manager, 'sse', config) === shared]).toEqual([
    1,
    false,
    true,
  ])
  await server.until(() => server.answering.length === 1)
  expect(manager.getMetrics().connections).toBe(1)
  leave()
})

test('a connection that nobody ever held opens nothing, sets no timer and is in no registry', () => {
  const { clock, manager } = runTransports()
  for (let index = 0; index < 100; index++) {
    shareConnection(manager, 'sse', { url: `http://127.0.0.1:9/${index}` })
  }
  expect([manager.getMetrics().connections, clock.pending]).toEqual([0, 0])
})

test('one that is connected and never held is an orphan, and closed after the linger', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { clock, manager } = runTransports()
  shareConnection(manager, 'sse', { url: server.url, ...steady }).connect()
  await server.until(() => server.answering.length === 1)
  await clock.advance(1_000)
  await server.until(() => server.answering.length === 0)
  expect(manager.getMetrics().connections).toBe(0)
})

test('transports with one key share a connection, each with its own listeners and its own end', async () => {
  const server = await openScripted()
  server.script([accept([{ data: 'hello' }])], 'repeat')
  const { clock, manager } = runTransports()
  const config = { url: server.url, key: 'prices', ...steady }
  const one = manager.createTransport('sse', { ...config, id: 'one' })
  const other = manager.createTransport('sse', { ...config, id: 'other' })
  const heard: string[] = []
  one.on('event', () => heard.push('one'))
  other.on('event', () => heard.push('other'))
  one.on('closed', ({ received }) => heard.push(`one closed after ${received}`))
  await Promise.all([one.connect(), other.connect()])
  await settle(() => heard.length === 2)
  const iterator = one[Symbol.asyncIterator]()
  const pending = iterator.next()
  one.close()
  expect(await pending).toMatchObject({ done: true })
  expect([one.getState(), other.getState(), heard]).toEqual([
    'closed',
    'connected',
    ['one', 'other', 'one closed after 1'],
  ])
  await expect(one.send('late')).rejects.toMatchObject({ code: 'send_refused' })
  expect([manager.getTransport('one'), manager.getTransport('other')]).toEqual([undefined, other])
  await clock.advance(10_000)
  expect([server.requests, server.answering.length]).toEqual([1, 1])
  await one.connect()
  expect(one.getState()).toBe('connected')
  manager.closeTransport('one')
  manager.closeTransport('other')
  await clock.advance(1_000)
  await server.until(() => server.answering.length === 0)
  expect([one.getState(), other.getState(), server.requests]).toEqual(['closed', 'closed', 1])
})

test('close closes it for all who hold it, and connect starts it afresh', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { manager } = runTransports()
  const shared = shareConnection(manager, 'sse', { url: server.url, ...steady })
  const leave = shared.hold()
  await server.until(() => server.answering.length === 1)
  shared.close()
  await server.until(() => server.answering.length === 0)
  expect(manager.getMetrics().connections).toBe(0)
  shared.connect()
  await server.until(() => server.answering.length === 1)
  leave()
})

test('what lingers keeps no process alive', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const manager = new TransportManager()
  onTestFinished(() => void manager.actor.stop())
  const shared = shareConnection(manager, 'sse', { url: server.url, ...steady })
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  shared.hold({ connect: false })()
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before)
  expect(findRegistry(manager.actor)?.size).toBe(1)
})

test('connections of one manager share the breaker and the budget of their origin', async () => {
  const server = await openScripted()
  server.script([(exchange) => exchange.reset()], 'repeat')
  const { clock, manager } = runTransports({ config: { ...steady, backoff: { base: 100, cap: 100 } } })
  const transports = Array.from({ length: 6 }, () => manager.createTransport('sse', { url: server.url }))
  for (const transport of transports) transport.connect().catch(() => {})
  await settle(async () => {
    await clock.advance(100)
    return server.requests >= 5
  })
  const asked = server.requests
  // The breaker is open for 5 s: nobody asks, whoever it is.
  await clock.advance(4_000)
  expect(server.requests).toBe(asked)
  manager.closeAll()
})
