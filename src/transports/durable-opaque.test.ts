import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { durableConnection } from '../durable.ts'
import { mountServer } from '../server/testing/rig.ts'
import type { DurableInput, DurableVia } from './durable-input.ts'
import { until } from './websocket-rig.ts'

const SEALED = /^[A-Za-z0-9_-]{88}(?:\+\d+)?$/

/** Our own client, and what it hands over. */
function startReader(input: DurableInput) {
  const data: unknown[] = []
  const positions: string[] = []
  const said: string[] = []
  const reader = createActor(durableConnection, { input: { backoff: { base: 1, cap: 1 }, ...input } })
  reader.on('message', ({ message }) => {
    data.push(message.data)
    positions.push(message.position ?? '')
  })
  reader.on('*', ({ type }) => void (type === 'message' || said.push(type)))
  onTestFinished(() => void reader.stop())
  reader.start().send({ type: 'connect' })
  return { reader, data, positions, said, position: () => reader.getSnapshot().context.position }
}

test.each<DurableVia>(['sse', 'ndjson', 'long-poll'])(
  'over %s, sealed offsets carry a reader over a cut and from within a page, with every record once',
  async (via) => {
    const { server, url, responses } = await mountServer({ opaqueOffsets: new Uint8Array(32).fill(7) })
    const room = server.stream('rooms/42')
    room.append(1, 2, 3)
    const input: DurableInput = { url: `${url}/v1/stream/rooms/42`, via }
    const { data, positions, said, position } = startReader(input)
    await until(() => data.length === 3 && server.connections === 1)
    responses.at(-1)?.destroy()
    room.append(4, 5)
    await until(() => data.length === 5 && server.connections === 1)
    expect(said).toContain('reconnecting')
    room.append(6)
    await until(() => data.length === 6)
    expect(data).toEqual([1, 2, 3, 4, 5, 6])
    expect(said).not.toContain('gap')
    for (const place of [...positions, position()]) expect(place).toMatch(SEALED)
    // In an event or a page of three the second has no offset of its own: its place is the one before them, and two.
    for (const [from, rest] of [
      [positions[1], [3, 4, 5, 6]],
      [`${positions[2]}+1`, [5, 6]],
      [positions[4], [6]],
    ] as const) {
      const later = startReader({ ...input, from })
      await until(() => later.data.length === rest.length)
      expect(later.data).toEqual(rest)
    }
  },
)

test('over WebSocket there is nothing to connect to, and the reader stops', async () => {
  const { server, url } = await mountServer({ opaqueOffsets: new Uint8Array(32).fill(7) })
  server.stream('rooms/42').append(1)
  const { reader, data, said } = startReader({ url: `${url}/v1/stream/rooms/42`, via: 'websocket' })
  await until(() => reader.getSnapshot().matches('error'))
  expect(data).toEqual([])
  expect(said).not.toContain('connected')
})
