import { expect, onTestFinished, test } from 'vitest'
import { connection } from '../../src/connection/connection.ts'
import { findRegistry } from '../../src/manager/registries.ts'
import { accept, refuse } from '../../src/testing/server.ts'
import { settle } from '../../src/testing/settle.ts'
import { sse } from '../../src/transports/sse.ts'
import { openScripted, runManager, runTransports, steady } from './manager-rig.ts'

const policy = { type: 'transient', maxRestarts: 2, period: 60_000, base: 1_000, cap: 1_000 } as const

test('a transient connection that failed is started again after its pause, on the manager’s clock', async () => {
  const server = await openScripted()
  const { clock, manager, said } = runManager({ random: () => 0.5 })
  server.script([refuse(403), accept()])
  manager.send({ type: 'open', id: 'a', transport: 'sse', input: { url: server.url, ...steady }, restart: policy })
  await settle(() => manager.getSnapshot().context.troubled === 1)
  await clock.advance(499)
  expect(server.requests).toBe(1)
  await clock.advance(1)
  await server.until(() => server.answering.length === 1)
  expect(said).toContain('restarted a')
  await settle(() => manager.getSnapshot().context.troubled === 0)
  expect(said).toEqual(['opened a', 'degraded', 'restarted a', 'recovered'])
})

test('a connection that fails too often in its period is given up, released, and leaves its siblings alone', async () => {
  const server = await openScripted()
  const { clock, events, manager, said } = runManager()
  server.always('/bad', refuse(403))
  server.always('/good', accept())
  manager.send({ type: 'open', id: 'good', transport: 'sse', input: { url: `${server.url}/good`, ...steady } })
  await server.until(() => server.answering.length === 1)
  const input = { url: `${server.url}/bad`, ...steady }
  manager.send({ type: 'open', id: 'bad', transport: 'sse', input, restart: policy })
  await settle(async () => {
    await clock.advance(1_000)
    return said.includes('gaveUp bad')
  })
  expect(events.find(({ type }) => type === 'gaveUp')).toMatchObject({
    error: { code: 'restarts_spent', cause: { code: 'http_status', status: 403 } },
  })
  expect(server.exchanges.filter(({ path }) => path === '/bad')).toHaveLength(3)
  expect(findRegistry(manager)?.size).toBe(1)
  expect([server.answering.length, server.exchanges.filter(({ path }) => path === '/good').length]).toEqual([1, 1])
  expect(manager.getSnapshot().context).toMatchObject({ open: 1, troubled: 0, gaveUp: 1, restarted: 2 })
})

test('failures that are further apart than the period are never too many', async () => {
  const server = await openScripted()
  const { clock, manager, said } = runManager({ random: () => 0.5 })
  server.script([refuse(403)], 'repeat')
  const restart = { ...policy, maxRestarts: 1, period: 1_000, base: 4_000, cap: 4_000 }
  manager.send({ type: 'open', id: 'a', transport: 'sse', input: { url: server.url, ...steady }, restart })
  await settle(async () => {
    await clock.advance(4_000)
    return server.requests >= 5
  })
  expect(said).not.toContain('gaveUp a')
  manager.send({ type: 'close', id: 'a' })
})

test.each([
  ['permanent', true],
  ['transient', false],
  ['temporary', false],
] as const)('the protocol’s own end restarts what is %s: %s', async (type, again) => {
  const server = await openScripted()
  const { clock, manager, said } = runManager()
  server.script([refuse(204), accept()])
  manager.send({ type: 'open', id: 'a', transport: 'sse', input: { url: server.url, ...steady }, restart: { type } })
  await settle(() => said.length > 1 || manager.getSnapshot().context.troubled === 1)
  await clock.advance(60_000)
  if (again) await server.until(() => server.answering.length === 1)
  expect([server.requests, said.includes('closed a')]).toEqual(again ? [2, false] : [1, true])
})

test('a temporary connection that failed rests where its user finds it', async () => {
  const server = await openScripted()
  const { clock, manager } = runTransports()
  server.script([refuse(403), accept()])
  const transport = manager.createTransport('sse', { id: 'a', url: server.url })
  await expect(transport.connect()).rejects.toMatchObject({ code: 'http_status' })
  await clock.advance(60_000)
  expect([server.requests, transport.getState()]).toEqual([1, 'error'])
  await transport.connect()
  expect(transport.getState()).toBe('connected')
})

test('what somebody closed is not started again, even if it is permanent', async () => {
  const server = await openScripted()
  const { clock, manager, said } = runManager()
  server.script([accept()], 'repeat')
  const input = { url: server.url, ...steady }
  manager.send({ type: 'open', id: 'a', transport: 'sse', input, restart: 'permanent' })
  await server.until(() => server.answering.length === 1)
  manager.send({ type: 'close', id: 'a' })
  await clock.advance(600_000)
  expect([said, server.requests]).toEqual([['opened a', 'closed a'], 1])
})

test('closing a connection that waits for its restart ends the waiting', async () => {
  const server = await openScripted()
  const { clock, manager, said } = runManager({ random: () => 0.5 })
  server.script([refuse(403)], 'repeat')
  const input = { url: server.url, ...steady }
  manager.send({ type: 'open', id: 'a', transport: 'sse', input, restart: 'transient' })
  await settle(() => manager.getSnapshot().context.troubled === 1)
  manager.send({ type: 'close', id: 'a' })
  expect([clock.pending, findRegistry(manager)?.size]).toEqual([0, 0])
  expect(said).toEqual(['opened a', 'degraded', 'recovered', 'closed a'])
})

test('logic that throws is restarted like any failure, and its siblings go on', async () => {
  const server = await openScripted()
  server.always('/good', accept())
  const { clock, events, manager, said } = runManager()
  manager.send({ type: 'open', id: 'good', transport: 'sse', input: { url: `${server.url}/good`, ...steady } })
  await server.until(() => server.answering.length === 1)
  const random = (): number => {
    throw new RangeError('chance has run out')
  }
  const logic = connection(sse)
  manager.send({ type: 'open', id: 'bad', logic, input: { url: server.url, random } as object, restart: policy })
  await settle(async () => {
    await clock.advance(1_000)
    return said.includes('gaveUp bad')
  })
  expect(events.find(({ type }) => type === 'gaveUp')).toMatchObject({ error: { code: 'restarts_spent' } })
  expect(manager.getSnapshot()).toMatchObject({ status: 'active', context: { open: 1, restarted: 2, gaveUp: 1 } })
  expect(server.answering).toHaveLength(1)
})

test('a codec that throws before there is a connection is that connection’s failure', async () => {
  const { manager, said } = runManager()
  const codec = (): never => {
    throw new RangeError('no codec today')
  }
  manager.send({ type: 'open', id: 'a', transport: 'sse', input: { url: 'http://127.0.0.1:9', codec } as object })
  expect(said).toEqual(['opened a', 'closed a'])
  expect(manager.getSnapshot().status).toBe('active')
})

test('a restart goes on behind the last message', async () => {
  const server = await openScripted()
  const { clock, manager } = runManager()
  server.script([accept([{ data: 'one', id: '7' }], { ending: 'finish' }), refuse(204), accept()])
  manager.send({
    type: 'open',
    id: 'a',
    transport: 'sse',
    input: { url: server.url, ...steady },
    restart: { type: 'permanent' },
  })
  await settle(async () => {
    await clock.advance(1_000)
    return server.answering.length === 1
  })
  expect(server.exchanges.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '7', '7'])
})

test('a supervised transport keeps its listeners over a restart, and tells them when it is given up', async () => {
  const server = await openScripted()
  const { clock, manager } = runTransports()
  server.script([refuse(204), accept([{ data: 'hello' }]), refuse(403)], 'repeat')
  const transport = manager.createTransport('sse', {
    url: server.url,
    restart: { ...policy, type: 'permanent', maxRestarts: 1 },
    ...steady,
  })
  const heard: unknown[] = []
  const codes: string[] = []
  transport.on('event', ({ data }) => heard.push(data))
  transport.on('error', ({ code }) => codes.push(code))
  const done = new Promise((resolve) => transport.once('done', resolve as () => void))
  transport.connect().catch(() => {})
  await done
  await settle(async () => {
    await clock.advance(1_000)
    return heard.length === 1
  })
  server.answering[0]?.reset()
  onTestFinished(() => transport.close())
  await settle(async () => {
    await clock.advance(1_000)
    return codes.includes('restarts_spent')
  })
  expect(heard).toEqual(['hello'])
  expect(transport.getState()).toBe('closed')
})
