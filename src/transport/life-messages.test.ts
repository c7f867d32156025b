import { expect, expectTypeOf, onTestFinished, test } from 'vitest'
import type { Message } from '../link.ts'
import { socketServer, until } from '../transports/websocket-rig.ts'
import { createTransport, type Transport } from './create-transport.ts'

/** A server that says `one`, `two`, `three` to whoever comes, and a transport to it. */
async function setUp() {
  const { url, connections, close } = await socketServer((socket) => {
    for (const word of ['one', 'two', 'three']) socket.send(word)
  })
  const transport = createTransport('websocket', { url, maxAttempts: 0 })
  onTestFinished(async () => {
    transport.close()
    await close()
  })
  return { transport, connections }
}

async function take(messages: AsyncIterable<Message>, count: number): Promise<unknown[]> {
  const data: unknown[] = []
  for await (const message of messages) if (data.push(message.data) === count) break
  return data
}

test('a transport is iterated over, whichever of connecting and iterating comes first', async () => {
  const { transport } = await setUp()
  expectTypeOf(transport).toExtend<AsyncIterable<Message<unknown>>>()
  const early = take(transport, 3)
  const connecting = transport.connect()
  const late = take(transport, 3)
  await connecting
  expect(await early).toEqual(['one', 'two', 'three'])
  expect(await late).toEqual(['one', 'two', 'three'])
})

test('iterating alone connects nothing, and ends when the transport is closed', async () => {
  const { transport, connections } = await setUp()
  const idle = take(transport, 3)
  transport.close()
  expect(await idle).toEqual([])
  expect(await take(transport, 3)).toEqual([])
  expect(connections).toEqual([])

  await transport.connect()
  const open = take(transport, 4)
  transport.close()
  expect((await open).length).toBeLessThan(4)
  expect(await take(transport, 1)).toEqual([])
})

test('iterating throws what put the connection to rest', async () => {
  const { transport, connections } = await setUp()
  const messages = take(transport, 4)
  await transport.connect()
  await until(() => connections.length === 1)
  connections[0]?.close(1011)
  await expect(messages).rejects.toMatchObject({ name: 'TransportError', closeCode: 1011 })
})

test('an iterator that is left before the connection is there leaves nothing behind', async () => {
  const { transport } = await setUp()
  const messages: AsyncIterator<Message> = transport[Symbol.asyncIterator]()
  expect(await messages.return?.()).toEqual({ done: true, value: undefined })
  expect(await messages.next()).toEqual({ done: true, value: undefined })
})

test('a send can be given up while it waits, also before the code of the transport is there', async () => {
  const { transport } = await setUp()
  const send = (signal: AbortSignal): ReturnType<Transport['send']> => transport.send('never', { signal })
  await expect(send(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' })
  const giveUp = new AbortController()
  const waiting = send(giveUp.signal)
  giveUp.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  expect(transport.getState()).toBe('idle')
})
