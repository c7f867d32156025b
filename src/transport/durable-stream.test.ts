import { expect, onTestFinished, test } from 'vitest'
import type { TransportError } from '../errors.ts'
import { startServer } from '../server/testing/rig.ts'
import { until } from '../transports/websocket-rig.ts'
import { stream } from './durable-stream.ts'

const quick = { backoff: { base: 5, cap: 20 }, retryBudget: 1_000_000, environment: false } as const

test('append, iterate, take the token, go on elsewhere: every record once, the end is the end of the loop', async () => {
  const { server, at } = await startServer()
  const room = server.stream('rooms/42')
  const first = stream<{ n: number }>(at('rooms/42'), { ...quick, via: 'websocket' })
  const appends = Array.from({ length: 10 }, (_, n) => first.append({ n }))
  await Promise.all(appends)
  const seen: number[] = []
  for await (const { data } of first) {
    seen.push(data.n)
    if (seen.length === 4) break
  }
  const resume = JSON.parse(JSON.stringify(first.resumeToken()))
  expect(first.connection.getSnapshot().status).toBe('done')
  await expect(first.append({ n: 10 })).rejects.toMatchObject({ code: 'send_refused' })

  const second = stream<{ n: number }>(at('rooms/42'), { ...quick, via: 'sse', resume })
  await second.append({ n: 10 })
  room.close()
  for await (const { data } of second) seen.push(data.n)
  expect(seen).toEqual(Array.from({ length: 11 }, (_, n) => n))
  // The same producer under its next epoch: what waited in memory could have been lost.
  expect(second.resumeToken().producer).toEqual({ id: resume.producer.id, epoch: 1, waiting: 0 })
})

test('the token is behind the record the loop was given, not behind what was read ahead', async () => {
  const { server, at } = await startServer()
  await server.stream('a').append(1, 2, 3)
  const read = stream<number>(at('a'), { ...quick, via: 'sse' })
  onTestFinished(() => read.close())
  expect(await read.next()).toMatchObject({ value: { data: 1 } })
  const again = stream<number>(at('a'), { ...quick, via: 'websocket', resume: read.resumeToken() })
  onTestFinished(() => again.close())
  expect(await again.next()).toMatchObject({ value: { data: 2 } })
})

test('what does not pass is thrown into the loop', async () => {
  const { at } = await startServer()
  const nowhere = stream(at('nothing'), { ...quick, via: 'sse' })
  await expect(nowhere.next()).rejects.toMatchObject({ code: 'http_status', status: 404 })
})

test('closing sends what waits first', async () => {
  const { server, at } = await startServer()
  const room = server.stream('a')
  const writer = stream(at('a'), { ...quick, via: 'sse' })
  const appends = [1, 2, 3].map((n) => writer.append(n))
  await until(() => writer.connection.getSnapshot().matches('connected'))
  await writer.close()
  await Promise.all(appends)
  expect(room.read().map(({ value }) => value)).toEqual([1, 2, 3])
})

test('a token of a page that had unconfirmed appends in memory says that they may be lost', async () => {
  const { server, at } = await startServer()
  server.stream('a')
  const resume = { position: null, producer: { id: 'of-an-earlier-page', epoch: 4, waiting: 2 } }
  const room = stream(at('a'), { ...quick, via: 'sse', resume })
  onTestFinished(() => room.close())
  const told: TransportError[] = []
  room.connection.on('error', ({ error }) => told.push(error))
  void room.next()
  await until(() => told.length === 1)
  expect(told[0]?.code).toBe('outbox_lost')
  await room.append('x')
  expect(room.resumeToken().producer).toEqual({ id: 'of-an-earlier-page', epoch: 5, waiting: 0 })
})
