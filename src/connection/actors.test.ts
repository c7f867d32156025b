import { expect, onTestFinished, test } from 'vitest'
import { createActor, fromCallback, waitFor } from 'xstate'
import { connectionMachine } from '../../machines/connection.ts'
import { nextUncaught } from '../../test/uncaught.ts'
import { TransportError } from '../errors.ts'
import type { Link } from '../link.ts'
import { connection } from './connection.ts'
import { messagesOf } from './messages.ts'
import { planeOf } from './planes.ts'

const quiet: Link = { protocol: 'quiet', read: () => new Promise(() => {}), close() {} }
const failed = (failure: unknown) => (failure as TransportError).code

test('a link actor that throws while it starts rests in error, and the sockets behind it are closed', async () => {
  let closed = 0
  const logic = connection(async () => ({ ...quiet, close: () => void closed++ })).provide({
    actors: {
      link: fromCallback(() => {
        throw new TransportError('internal', 'Broken.')
      }),
    },
  })
  const actor = createActor(logic, { input: {} }).start()
  actor.send({ type: 'connect' })
  const snapshot = await waitFor(actor, (state) => state.matches('error'))
  expect(failed(snapshot.context.failure)).toBe('internal')
  expect(closed).toBe(1)
})

test('a dial that throws something unknown rests in error with code internal, and the cause is kept', async () => {
  const logic = connection(async () => {
    throw 'plain text'
  })
  const actor = createActor(logic, { input: {} }).start()
  actor.send({ type: 'connect' })
  const snapshot = await waitFor(actor, (state) => state.matches('error'))
  expect(snapshot.context.failure).toMatchObject({ code: 'internal', cause: 'plain text' })
})

test('a read or a ping that throws at once is a lost link, not an uncaught exception', async () => {
  const throws = (): never => {
    throw new TransportError('bad_frame', 'Broken.')
  }
  const reading = createActor(
    connection(async () => ({ ...quiet, read: throws })),
    { input: {} },
  ).start()
  reading.send({ type: 'connect' })
  expect(failed((await waitFor(reading, (state) => state.matches('error'))).context.failure)).toBe('bad_frame')

  const pinging = createActor(
    connection(async () => ({ ...quiet, ping: throws })),
    { input: {} },
  ).start()
  pinging.send({ type: 'connect' })
  await waitFor(pinging, (state) => state.matches('connected'))
  pinging.send({ type: 'page.wake' })
  expect(failed((await waitFor(pinging, (state) => state.matches('error'))).context.failure)).toBe('bad_frame')
})

test('an option no connection can work with fails the first attempt, before anything is dialled', async () => {
  let dialled = 0
  const logic = connection(async () => {
    dialled += 1
    return quiet
  })
  const actor = createActor(logic, { input: { connectTimeout: Number.NaN } }).start()
  actor.send({ type: 'connect' })
  expect(failed((await waitFor(actor, (state) => state.matches('error'))).context.failure)).toBe('bad_option')
  expect(dialled).toBe(0)
})

test('the credential is renewed once; a renewal that fails says so', async () => {
  const dials: string[] = []
  let token = 'old'
  const logic = connection(async () => {
    dials.push(token)
    if (token === 'old') throw new TransportError('http_status', 'Who are you?', { status: 401 })
    return quiet
  })
  const renewing = createActor(logic, { input: { authorize: async () => (token = 'new') } }).start()
  onTestFinished(() => void renewing.stop())
  renewing.send({ type: 'connect' })
  await waitFor(renewing, (state) => state.matches('connected'))
  expect(dials).toEqual(['old', 'new'])

  token = 'old'
  const failing = createActor(logic, { input: { authorize: () => Promise.reject(new Error('no')) } }).start()
  failing.send({ type: 'connect' })
  expect(failed((await waitFor(failing, (state) => state.matches('error'))).context.failure)).toBe('authorize_failed')

  let renewals = 0
  const useless = createActor(logic, { input: { authorize: async () => (renewals += 1) } }).start()
  useless.send({ type: 'connect' })
  expect((await waitFor(useless, (state) => state.matches('error'))).context.failure).toMatchObject({ status: 401 })
  expect(renewals).toBe(1)
})

test('the bare chart says which actor it misses', async () => {
  const actor = createActor(connectionMachine, { input: {} }).start()
  actor.send({ type: 'connect' })
  const snapshot = await waitFor(actor, (state) => state.matches('error'))
  expect(String(snapshot.context.failure?.cause)).toContain('has no "dial" actor')
})

test('the plane of an actor that is no connection is a typed error', () => {
  const stranger = createActor(fromCallback(() => {}))
  expect(() => planeOf(stranger)).toThrow(expect.objectContaining({ code: 'bad_option' }))
  expect(() => messagesOf(stranger)).toThrow(expect.objectContaining({ code: 'bad_option' }))
})

test('wildcard and message listeners hear each message once, unsubscribed ones none, a throwing one disturbs nobody', async () => {
  let deliver: Parameters<Link['read']>[0] = () => false
  const logic = connection(async () => ({
    ...quiet,
    read: (next) => {
      deliver = next
      return new Promise(() => {})
    },
  }))
  const actor = createActor(logic, { input: {} })
  const heard: string[] = []
  const uncaught = nextUncaught()
  const broken = actor.on('message', () => {
    broken.unsubscribe()
    throw new Error('a listener’s own mistake')
  })
  const both = actor.on('message', ({ message }) => {
    heard.push(`message ${message.data}`)
    both.unsubscribe()
  })
  actor.on('*', (event) => heard.push(event.type === 'message' ? `any ${event.message.data}` : event.type))
  actor.start()
  actor.send({ type: 'connect' })
  await waitFor(actor, (state) => state.matches('connected'))
  await Promise.resolve()
  deliver({ data: 'a' })
  deliver({ data: 'b' })
  actor.stop()
  deliver({ data: 'c' })
  expect(heard).toEqual(['connecting', 'connected', 'message a', 'any a', 'any b'])
  expect(await uncaught).toBeInstanceOf(Error)
})
