import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { createSocketPool, type DurableInput, durableConnection, sendOver } from '../durable.ts'
import { mountServer } from '../server/testing/rig.ts'
import { until } from './websocket-rig.ts'

/** More than are kept for a reader while answers are read past them. */
const MANY = 5_000
const written = Array.from({ length: MANY }, (_, index) => index)

const rows: readonly [string, () => Partial<DurableInput>][] = [
  ['sse', () => ({ via: 'sse' })],
  ['ndjson', () => ({ via: 'ndjson' })],
  ['long-poll', () => ({ via: 'long-poll' })],
  ['websocket', () => ({ via: 'websocket' })],
  ['a shared websocket', () => ({ via: 'websocket', sockets: createSocketPool() })],
]

async function fullRoom() {
  const { server, url } = await mountServer()
  const room = server.stream('rooms/42')
  for (let from = 0; from < MANY; from += 1_000) await room.append(...written.slice(from, from + 1_000))
  return { room, url: `${url}/v1/stream/rooms/42` }
}

function startPaused(input: DurableInput) {
  const states: string[] = []
  const data: unknown[] = []
  const reader = createActor(durableConnection, {
    input: { backoff: { base: 1, cap: 1 }, startPaused: true, ...input },
  })
  for (const type of ['connected', 'reconnecting', 'error'] as const) reader.on(type, () => void states.push(type))
  reader.on('message', ({ message }) => void data.push(message.data))
  onTestFinished(() => void reader.stop())
  reader.start().send({ type: 'connect' })
  return { reader, states, data }
}

test.each(rows)(
  'over %s, who sends without reading is answered however much lies unread, and misses none of it',
  async (_, options) => {
    const { room, url } = await fullRoom()
    const { reader, states, data } = startPaused({ url, ...options() })
    for (const mine of ['a', 'b', 'c']) await sendOver(reader, mine)
    expect(room.tail.seq).toBe(MANY + 3)
    reader.send({ type: 'resume' })
    await until(() => data.length === MANY + 3)
    await room.append('last')
    await until(() => data.length === MANY + 4)
    expect(data).toEqual([...written, 'a', 'b', 'c', 'last'])
    expect(states).toEqual(['connected'])
  },
)

test.each(rows)(
  'over %s, pausing and resuming now and then costs no connection, however much comes at once',
  async (_, options) => {
    const { url } = await fullRoom()
    const { reader, states, data } = startPaused({ url, ...options() })
    reader.on('message', () => {
      if (data.length % 700 !== 0) return
      reader.send({ type: 'pause' })
      setImmediate(() => reader.send({ type: 'resume' }))
    })
    reader.send({ type: 'resume' })
    await until(() => data.length === MANY)
    expect(data).toEqual(written)
    expect(states).toEqual(['connected'])
  },
)
