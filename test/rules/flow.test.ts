import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { connection } from '../../src/connection/connection.ts'
import type { ConnectionLogic } from '../../src/connection/logic.ts'
import { messagesOf } from '../../src/connection/messages.ts'
import type { Dial } from '../../src/link.ts'
import type { WebSocketInput } from '../../src/transports/websocket.ts'
import { until } from '../../src/transports/websocket-rig.ts'
import { numberServer, numbers, start, upTo } from './numbered.ts'

test('rule 9, flow: listeners attached before connect miss nothing, and startPaused serves those who attach later', async () => {
  const server = await numberServer()
  server.append(20)
  const { actor, received, reaches, has } = start({ url: server.url, startPaused: true })
  actor.send({ type: 'connect' })
  await reaches('connected')
  expect(actor.getSnapshot().matches({ connected: { flow: 'paused' } })).toBe(true)
  const late: unknown[] = []
  actor.on('message', ({ message }) => late.push(message.data))
  actor.send({ type: 'resume' })
  await has(20)
  expect(received).toEqual(upTo(20))
  expect(late).toEqual(upTo(20))
})

test('rule 9, flow: pause survives reconnection, and nothing is lost by it', async () => {
  const server = await numberServer()
  const { actor, clock, received, reaches, has } = start({ url: server.url, random: () => 0 })
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.append(3)
  await has(3)
  actor.send({ type: 'pause' })
  server.cut()
  await reaches('reconnecting')
  clock.increment(500)
  await reaches('connected')
  expect(actor.getSnapshot().matches({ connected: { flow: 'paused' } })).toBe(true)
  server.append(5)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(received).toHaveLength(3)
  actor.send({ type: 'resume' })
  await has(8)
  expect(received).toEqual(upTo(8))
})

test('rule 9, flow: after pause not one more message is handed over, and a cut meanwhile repeats none of them', async () => {
  const server = await numberServer()
  const { actor, clock, received, reaches, has } = start({ url: server.url, random: () => 0 })
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.append(3)
  await has(3)
  actor.send({ type: 'pause' })
  server.append(4)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(received).toHaveLength(3)
  // Paused at the socket by now: the cut is seen when reading goes on, after what had arrived before it.
  server.cut()
  actor.send({ type: 'resume' })
  await reaches('reconnecting')
  clock.increment(500)
  await reaches('connected')
  server.append(1)
  await has(8)
  expect(received).toEqual(upTo(8))
})

test('rule 9, flow: the slowest open iterator governs, its buffer stays bounded, and leaving it sets the others free', async () => {
  const server = await numberServer()
  const { actor, received, reaches, has } = start({ url: server.url })
  actor.send({ type: 'connect' })
  await reaches('connected')
  const slow = messagesOf(actor, { highWaterMark: 4 })
  const fast = messagesOf(actor, { highWaterMark: 100 })
  server.append(30)
  await has(4)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(received).toEqual(upTo(4))

  expect((await slow.next()).value?.data).toBe('1')
  expect((await slow.next()).value?.data).toBe('2')
  await has(6)
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(received.length).toBeLessThanOrEqual(6)

  await slow.return?.()
  await has(30)
  const seen: unknown[] = []
  for await (const message of fast) {
    seen.push(message.data)
    if (seen.length === 30) break
  }
  expect(seen).toEqual(upTo(30))
})

test('rule 9, flow: an iterator ends with the connection and throws when the connection fails', async () => {
  const server = await numberServer()
  const { actor, reaches } = start({ url: server.url, maxAttempts: 0 })
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.append(1)
  const failing = messagesOf(actor)
  const seen: unknown[] = []
  const run = (async () => {
    for await (const message of failing) seen.push(message.data)
  })()
  await until(() => seen.length === 1)
  server.cut()
  await expect(run).rejects.toMatchObject({ code: 'network' })

  const ending = messagesOf(actor)
  const waiting = Promise.all([ending.next(), ending.next()])
  actor.send({ type: 'close' })
  expect(await waiting).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ])
})

test('rule 10, codecs: an asynchronous one is awaited in order, also when the first takes longest', async () => {
  const server = await numberServer()
  const logic = connection(numbers, {
    codec: {
      async decode(data) {
        for (let wait = Number(data) === 1 ? 50 : 1; wait > 0; wait--) await turn()
        return `decoded ${data}`
      },
      encode: (value: string) => value,
    },
  }) as ConnectionLogic<WebSocketInput>
  const { actor, received, reaches, has } = start({ url: server.url }, { logic })
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.append(5)
  await has(5)
  expect(received).toEqual(upTo(5).map((number) => `decoded ${number}`))
})

test('rule 10, codecs: a message that cannot be decoded is said, its position counts, and the stream goes on', async () => {
  const server = await numberServer()
  const logic = connection(numbers, {
    codec: {
      decode(data) {
        if (data === '2') throw new Error('two')
        return data
      },
      encode: (value: string) => value,
    },
  }) as ConnectionLogic<WebSocketInput>
  const { actor, clock, received, reaches, has } = start({ url: server.url, random: () => 0 }, { logic })
  const codes: string[] = []
  actor.on('error', ({ error }) => codes.push(error.code))
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.append(2)
  await until(() => codes.length === 1)
  server.cut()
  await reaches('reconnecting')
  clock.increment(500)
  await reaches('connected')
  server.append(1)
  await has(2)
  expect(server.afters).toEqual([0, 2])
  expect(received).toEqual(['1', '3'])
  expect(codes).toEqual(['decode_failed'])
})

test('rule 10, codecs: what came in during a pause is decoded after the resume, and the flow goes on', async () => {
  const server = await numberServer()
  const logic = connection(numbers, {
    codec: {
      async decode(data) {
        await turn()
        return data
      },
      encode: (value: string) => value,
    },
  }) as ConnectionLogic<WebSocketInput>
  const { actor, received, reaches, has } = start({ url: server.url }, { logic })
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.append(1)
  await has(1)
  actor.send({ type: 'pause' })
  server.append(4)
  for (let turns = 0; turns < 20; turns++) await turn()
  actor.send({ type: 'resume' })
  await has(5)
  expect(received).toEqual(upTo(5))
})

for (const moment of ['before the read resolves', 'one microtask later', 'two microtasks later']) {
  test(`rule 9, flow: a resume ${moment} than what came during the pause keeps it, and in order`, async () => {
    const server = await numberServer()
    let meanwhile = (): void => {}
    const later = {
      'before the read resolves': (act: () => void) => act(),
      'one microtask later': (act: () => void) => queueMicrotask(act),
      'two microtasks later': (act: () => void) => queueMicrotask(() => queueMicrotask(act)),
    }[moment]
    const dial: Dial<WebSocketInput> = async (input, request) => {
      const link = await numbers(input, request)
      return {
        ...link,
        read: (deliver) =>
          link.read((item) => {
            const room = deliver(item)
            if (!room) later?.(meanwhile)
            return room
          }),
      }
    }
    const logic = connection(dial) as ConnectionLogic<WebSocketInput>
    const { actor, received, reaches, has } = start({ url: server.url }, { logic })
    actor.send({ type: 'connect' })
    await reaches('connected')
    server.append(1)
    await has(1)
    actor.send({ type: 'pause' })
    meanwhile = () => actor.send({ type: 'resume' })
    server.append(4)
    await has(5)
    expect(received).toEqual(upTo(5))
  })
}
