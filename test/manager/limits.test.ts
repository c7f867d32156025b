import { expect, test } from 'vitest'
import { shareConnection, TransportManager } from '../../src/manager/transport-manager.ts'
import { accept } from '../../src/testing/server.ts'
import { openScripted, runManager, runTransports, steady } from './manager-rig.ts'

const beyond = (limit: string) =>
  expect.objectContaining({ code: 'limit_reached', message: expect.stringContaining(limit) })

test('one connection more than the limit is refused, what is there goes on, and a place that is freed is free', async () => {
  const server = await openScripted()
  server.script([accept()], 'repeat')
  const { manager } = runTransports({ config: steady, limits: { connections: 2 } })
  const [first, second] = ['a', 'b'].map((id) => manager.createTransport('sse', { id, url: server.url }))
  await Promise.all([first?.connect(), second?.connect()])
  expect(() => manager.createTransport('sse', { id: 'c', url: server.url })).toThrow(beyond('connections of 2'))
  const shared = shareConnection(manager, 'sse', { url: server.url })
  expect(() => shared.hold()).toThrow(beyond('connections of 2'))
  expect([first?.getState(), second?.getState(), server.answering.length]).toEqual(['connected', 'connected', 2])
  expect(manager.getTransport('c')).toBeUndefined()
  first?.close()
  await manager.createTransport('sse', { id: 'c', url: server.url }).connect()
  await expect(first?.connect()).rejects.toMatchObject({ code: 'limit_reached' })
  manager.closeAll()
})

test('a refused order is told as an event, and the manager goes on', () => {
  const { events, manager } = runManager({ limits: { connections: 1 } })
  const input = { url: 'http://127.0.0.1:9' }
  manager.send({ type: 'open', id: 'a', transport: 'sse', input })
  manager.send({ type: 'open', id: 'b', transport: 'sse', input })
  manager.send({ type: 'open', id: 'a', transport: 'sse', input })
  expect(events).toMatchObject([
    { type: 'opened', id: 'a' },
    { type: 'refused', id: 'b', error: { code: 'limit_reached' } },
    { type: 'refused', id: 'a', error: { code: 'duplicate_id' } },
  ])
  expect(manager.getSnapshot()).toMatchObject({ status: 'active', context: { open: 1, refused: 2 } })
})

test('the limit per origin counts ws with http, and each origin by itself', () => {
  const { manager } = runTransports({ limits: { perOrigin: 1 } })
  manager.createTransport('sse', { url: 'http://127.0.0.1:9/a' })
  expect(() => manager.createTransport('websocket', { url: 'ws://127.0.0.1:9/b' })).toThrow(beyond('perOrigin of 1'))
  manager.createTransport('sse', { url: 'http://127.0.0.1:10/a' })
  expect(manager.getMetrics().connections).toBe(2)
})

test('so many opens a second, in any second', async () => {
  const { clock, manager } = runTransports({ limits: { opensPerSecond: 2 } })
  const open = () => manager.createTransport('sse', { url: 'http://127.0.0.1:9' })
  open()
  await clock.advance(600)
  open()
  expect(open).toThrow(expect.objectContaining({ code: 'limit_reached', retryAfterMs: 400 }))
  await clock.advance(400)
  open()
  expect(open).toThrow(beyond('opensPerSecond of 2'))
})

test('what waits to be sent is bounded over all connections together', async () => {
  const { manager } = runTransports({ limits: { bufferedBytes: 10 } })
  const [one, other] = ['a', 'b'].map((id) => manager.createTransport('sse', { id, url: 'http://127.0.0.1:9' }))
  const first = one?.send('sixsix')
  const waiting = expect(first).rejects.toMatchObject({ code: 'aborted' })
  await expect(other?.send('fivef')).rejects.toEqual(beyond('bufferedBytes of 10'))
  const fits = expect(other?.send('four')).rejects.toMatchObject({ code: 'aborted' })
  one?.close()
  await waiting
  const later = expect(other?.send('again!')).rejects.toMatchObject({ code: 'aborted' })
  other?.close()
  await Promise.all([fits, later])
})

test.each([{ connections: 0 }, { perOrigin: -1 }, { opensPerSecond: 0.5 }, { bufferedBytes: Number.NaN }])(
  'limits of %o are refused before anything is made',
  (limits) => {
    expect(() => new TransportManager({ limits })).toThrow(expect.objectContaining({ code: 'bad_option' }))
  },
)
