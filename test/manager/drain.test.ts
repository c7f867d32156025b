import { expect, test } from 'vitest'
import { createActor, createMachine, setup, toPromise } from 'xstate'
import { managerLogic } from '../../src/manager/manager.ts'
import { findRegistry } from '../../src/manager/registries.ts'
import { shareConnection } from '../../src/manager/transport-manager.ts'
import { accept, respond } from '../../src/testing/server.ts'
import { settle } from '../../src/testing/settle.ts'
import { openScripted, runManager, runTransports, steady } from './manager-rig.ts'

test('drain sends what waits, closes everything, takes nothing new, and then the manager is done', async () => {
  const server = await openScripted()
  server.always(({ method }) => method === 'GET', accept())
  const { events, manager } = runTransports({ config: steady })
  const transport = manager.createTransport('sse', { id: 'a', url: server.url })
  await transport.connect()
  const sent = transport.send('the last word')
  const post = await server.next(({ method }) => method === 'POST')
  manager.actor.send({ type: 'drain' })
  expect(manager.actor.getSnapshot().hasTag('accepting')).toBe(false)
  expect(() => manager.createTransport('sse', { url: server.url })).toThrow(
    expect.objectContaining({ code: 'aborted' }),
  )
  manager.actor.send({ type: 'open', id: 'late', transport: 'sse', input: { url: server.url } })
  expect(events.at(-1)).toMatchObject({ type: 'refused', id: 'late', error: { code: 'aborted' } })
  await post.respond({ status: 204, headers: {}, body: '' })
  await sent
  expect(await toPromise(manager.actor)).toEqual({ opened: 1, closed: 1, restarted: 0, gaveUp: 0, refused: 1 })
  await server.until(() => server.answering.length === 0)
  expect(manager.getMetrics()).toMatchObject({ connections: 0, opened: 1, closed: 1 })
  expect(() => shareConnection(manager, 'sse', { url: server.url })).toThrow(
    expect.objectContaining({ code: 'aborted' }),
  )
})

test('a manager with nothing to drain is done at once', () => {
  const { manager } = runManager()
  manager.send({ type: 'drain' })
  expect(manager.getSnapshot()).toMatchObject({ status: 'done', value: 'closed' })
})

test('a drain that takes too long is cut short by closeAll', async () => {
  const server = await openScripted()
  server.always(({ method }) => method === 'GET', accept())
  const { manager } = runTransports({ config: steady })
  const transport = manager.createTransport('sse', { url: server.url })
  await transport.connect()
  const sent = expect(transport.send('never answered')).rejects.toMatchObject({ name: 'TransportError' })
  await server.next(({ method }) => method === 'POST')
  manager.actor.send({ type: 'drain' })
  expect(manager.actor.getSnapshot().status).toBe('active')
  manager.actor.send({ type: 'closeAll' })
  await sent
  expect(manager.actor.getSnapshot().status).toBe('done')
})

test('a stopped manager closes what it had, and a shared connection says that it is over', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { clock, manager } = runTransports({ config: steady })
  const shared = shareConnection(manager, 'sse', { url: server.url })
  shared.hold()
  await server.until(() => server.answering.length === 1)
  manager.actor.stop()
  await server.until(() => server.answering.length === 0)
  expect(clock.pending).toBe(0)
  expect(() => shared.hold()).toThrow(expect.objectContaining({ code: 'aborted' }))
  expect(manager.getMetrics().connections).toBe(0)
})

test('invoked by a larger machine the manager lives as long as the state, and so do its connections', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const app = setup({ actors: { manager: managerLogic } }).createMachine({
    initial: 'signedIn',
    states: {
      signedIn: { invoke: { id: 'manager', src: 'manager', input: {} }, on: { signOut: 'signedOut' } },
      signedOut: {},
    },
  })
  const actor = createActor(app).start()
  const manager = actor.getSnapshot().children.manager
  if (manager === undefined) throw new Error('The machine has no manager.')
  manager.send({ type: 'open', id: 'a', transport: 'sse', input: { url: server.url, ...steady } })
  await server.until(() => server.answering.length === 1)
  expect(findRegistry(manager)?.size).toBe(1)
  actor.send({ type: 'signOut' })
  await server.until(() => server.answering.length === 0)
  actor.stop()
})

test('a manager that is started again starts with nothing', async () => {
  const server = await openScripted()
  server.script([respond({ status: 204, headers: {}, body: '' })], 'repeat')
  const first = createActor(managerLogic, { input: {} }).start()
  first.send({ type: 'open', id: 'a', transport: 'sse', input: { url: server.url, ...steady } })
  const persisted = first.getPersistedSnapshot()
  first.stop()
  const second = createActor(managerLogic, { snapshot: persisted, input: {} }).start()
  await settle(() => second.getSnapshot().context.open === 0)
  second.send({ type: 'drain' })
  expect(second.getSnapshot().status).toBe('done')
})

test('inspectors see orders by their names and never their input', () => {
  const seen: string[] = []
  const manager = createActor(managerLogic, {
    input: { config: { headers: { authorization: 'Bearer first-secret' } } },
    inspect: (event) => void seen.push(JSON.stringify(event)),
  }).start()
  const headers = { authorization: 'Bearer second-secret' }
  manager.send({ type: 'open', id: 'named', transport: 'sse', input: { url: 'http://127.0.0.1:9', headers } as object })
  manager.stop()
  expect(seen.join()).toContain('named')
  expect(seen.join()).not.toMatch(/first-secret|second-secret/)
})

test('the logic is a machine: provided, started by createActor, and accepted where a machine is', () => {
  const other = managerLogic.provide({})
  const actor = createActor(other, { input: { tolerance: 0.5 } }).start()
  expect(actor.getSnapshot().context.tolerance).toBe(0.5)
  expect(findRegistry(actor)?.size).toBe(0)
  expect(managerLogic).toBeInstanceOf(createMachine({}).constructor)
  actor.stop()
  expect(findRegistry(actor)).toBeUndefined()
})
