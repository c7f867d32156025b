import { expect, test } from 'vitest'
import type { InspectionEvent } from 'xstate'
import { positionOf } from '../../src/connection/position-of.ts'
import { numberServer, start, upTo } from './numbered.ts'

test('rule 3, position is folded in before every control event: a link lost to its own timer resumes after record 9', async () => {
  const server = await numberServer()
  server.append(9)
  const { actor, clock, received, reaches, has } = start({ url: server.url, heartbeatInterval: 1_000, random: () => 0 })
  actor.send({ type: 'connect' })
  await has(9)

  // Silence: probed after one interval, lost after two.
  clock.increment(1_000)
  expect(actor.getSnapshot().matches({ connected: { liveness: 'probing' } })).toBe(true)
  clock.increment(500)
  expect(actor.getSnapshot().matches({ connected: { liveness: 'confirming' } })).toBe(true)
  clock.increment(500)
  expect(actor.getSnapshot().context.failure?.code).toBe('silent')
  expect(actor.getSnapshot().context.position).toBe('9')

  clock.increment(1)
  await reaches('connected')
  expect(server.afters).toEqual([0, 9])
  server.append(1)
  await has(10)
  expect(received).toEqual(upTo(10))
})

test('rule 3, position is folded in before every control event: closed reports record 9, also when its listener closed', async () => {
  const server = await numberServer()
  const { actor, reaches, received } = start({ url: server.url })
  actor.on('message', ({ message }) => {
    if (message.data === '9') actor.send({ type: 'close' })
  })
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.append(12)
  await reaches('closed')
  expect(positionOf(actor)).toBe('9')
  expect(actor.getSnapshot().output).toEqual({ reason: 'closed', code: undefined, position: '9', received: 9, sent: 0 })
  expect(received).toEqual(upTo(9))
})

test('rule 4, a link is invisible to serialisers: nothing that is inspected or persisted holds a socket', async () => {
  const server = await numberServer()
  const inspected: string[] = []
  const inspect = (event: InspectionEvent): void => {
    const { type } = event
    if (type === '@xstate.event' || type === '@xstate.snapshot') inspected.push(JSON.stringify(event))
    if (type === '@xstate.action') inspected.push(JSON.stringify(event.action))
  }
  const { actor, reaches, has } = start({ url: `${server.url}?key=canary` }, { inspect })
  server.append(3)
  actor.send({ type: 'connect' })
  await reaches('connected')
  await has(3)
  actor.send({ type: 'close' })

  const links = inspected.filter((record) => record.includes('"protocol":"websocket"'))
  expect(links.length).toBeGreaterThan(0)
  for (const record of links) expect(record).not.toMatch(/_socket|_readableState|"read":/)
})

test('rule 4, a link is invisible to serialisers: a restored "connected" means lost, and goes to reconnecting', async () => {
  const server = await numberServer()
  server.append(5)
  const first = start({ url: server.url })
  first.actor.send({ type: 'connect' })
  await first.has(5)
  const persisted = JSON.stringify(first.actor.getPersistedSnapshot())
  first.actor.stop()
  await server.hasOpen(0)
  server.append(2)

  const second = start({ url: server.url, random: () => 0 }, { snapshot: JSON.parse(persisted) })
  expect(second.actor.getSnapshot().matches({ reconnecting: 'waiting' })).toBe(true)
  second.clock.increment(500)
  await second.reaches('connected')
  await second.has(2)
  expect(server.afters).toEqual([0, 5])
  expect(second.received).toEqual(['6', '7'])
})

test('a failure in a persisted snapshot is a TransportError again after restoring', async () => {
  const first = start({ url: 'ftp://nowhere' })
  first.actor.send({ type: 'connect' })
  await first.reaches('error')
  const second = start(
    { url: 'ftp://nowhere' },
    { snapshot: JSON.parse(JSON.stringify(first.actor.getPersistedSnapshot())) },
  )
  expect(second.actor.getSnapshot().context.failure).toBeInstanceOf(Error)
  expect(second.actor.getSnapshot().context.failure?.code).toBe('bad_url')
})
