import { expect, test } from 'vitest'
import { sendOver } from '../../src/connection/send-over.ts'
import { until } from '../../src/transports/websocket-rig.ts'
import { numberServer, start } from './numbered.ts'

const hello = { type: 'send', data: 'hello' } as const

test('rule 7, send: in idle it waits for connect, and connects by itself when lazy', async () => {
  const server = await numberServer()
  const eager = start({ url: server.url })
  eager.actor.send({ type: 'send', data: 'waits' })
  expect(eager.actor.getSnapshot().value).toBe('idle')
  eager.actor.send({ type: 'connect' })
  await until(() => server.received.length === 1)

  const lazy = start({ url: server.url, lazy: true })
  lazy.actor.send({ type: 'send', data: 'connects' })
  expect(lazy.actor.getSnapshot().value).toBe('connecting')
  await until(() => server.received.length === 2)
  expect(server.received).toEqual(['waits', 'connects'])
})

test('rule 7, send: what is sent while connecting, connected and reconnecting arrives in that order', async () => {
  const server = await numberServer()
  const { actor, clock, reaches } = start({ url: server.url, random: () => 0 })
  actor.send({ type: 'connect' })
  const promises = [sendOver(actor, 'connecting')]
  await reaches('connected')
  promises.push(sendOver(actor, 'connected'))
  await until(() => server.received.length === 2)
  server.cut()
  await reaches('reconnecting')
  promises.push(sendOver(actor, 'reconnecting'))
  clock.increment(500)
  await Promise.all(promises)
  await until(() => server.received.length === 3)
  expect(server.received).toEqual(['connecting', 'connected', 'reconnecting'])
})

test('rule 7, send: in error it is refused with a typed error, by promise and by event', async () => {
  const { actor, reaches } = start({ url: 'ftp://nowhere' })
  actor.send({ type: 'connect' })
  await reaches('error')
  await expect(sendOver(actor, 'never')).rejects.toMatchObject({ name: 'TransportError', code: 'send_refused' })
  const codes: string[] = []
  actor.on('error', ({ error }) => codes.push(error.code))
  actor.send(hello)
  await until(() => codes.length === 1)
  expect(codes).toEqual(['send_refused'])
})

test('rule 7, send: in closed it is refused by the promise, and what waited is rejected', async () => {
  const server = await numberServer()
  const { actor } = start({ url: server.url })
  const waiting = sendOver(actor, 'never')
  actor.send({ type: 'close' })
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  await expect(sendOver(actor, 'never')).rejects.toMatchObject({ code: 'send_refused' })
})

test('rule 7, send: can() is true exactly where it would be taken', async () => {
  const server = await numberServer()
  const { actor, clock, reaches } = start({ url: server.url, maxAttempts: 1, random: () => 0 })
  const can = (): boolean => actor.getSnapshot().can(hello)
  const answers = [can()]
  actor.send({ type: 'connect' })
  answers.push(can())
  await reaches('connected')
  answers.push(can())
  server.cut()
  await reaches('reconnecting')
  answers.push(can())
  clock.increment(500)
  await reaches('connected')
  server.cut()
  await reaches('error')
  answers.push(can())
  actor.send({ type: 'close' })
  answers.push(can())
  expect(answers).toEqual([true, true, true, true, false, false])
})

test('the outbox refuses what is over its bounds, in messages and in bytes', async () => {
  const server = await numberServer()
  const { actor } = start({ url: server.url, outbox: { messages: 2, bytes: 10 } })
  const first = sendOver(actor, '12345')
  await expect(sendOver(actor, '1234567')).rejects.toMatchObject({ code: 'outbox_full' })
  const second = sendOver(actor, '12')
  await expect(sendOver(actor, '3')).rejects.toMatchObject({ code: 'outbox_full' })
  actor.send({ type: 'connect' })
  await Promise.all([first, second])
  await until(() => server.received.length === 2)
  await sendOver(actor, '67890')
  expect(actor.getSnapshot().matches('connected')).toBe(true)
})
