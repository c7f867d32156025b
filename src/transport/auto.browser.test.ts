import { expect, inject, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import type { Order } from '../../test/rigs/protocol.ts'
import { openRoom, roomName } from '../../test/rigs/room-client.ts'
import { createLadderMemory } from '../transports/ladder-memory.ts'
import type { AutoInput } from './auto-input.ts'
import { logicOf } from './logic-of.ts'
import { selectTransport } from './selection.ts'
import { createSelectionMemory } from './selection-memory.ts'

async function connected(order: Order, given: Partial<AutoInput> = {}) {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  await room.order(order)
  const { type, dial, config } = selectTransport({
    url: `${room.url}/sse`,
    polling: { url: `${room.url}/long-poll` },
    memory: createSelectionMemory({ storage: sessionStorage }),
    ladder: createLadderMemory(),
    ...given,
  })
  const actor = createActor(logicOf(type, dial, config), { input: config })
  const seen: unknown[] = []
  const protocols: string[] = []
  actor.on('message', ({ message }) => seen.push(message.data))
  actor.on('connected', ({ protocol }) => protocols.push(protocol))
  actor.start()
  actor.send({ type: 'connect' })
  onTestFinished(async () => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'close' })
    await room.until(({ open }) => open.length === 0)
  })
  return { protocols, room, seen }
}

test('in a browser a stream that flows is read as it is, over one request', async () => {
  const { protocols, room, seen } = await connected({ append: ['one', 'two'] })
  await expect.poll(() => seen).toEqual(['one', 'two'])
  expect(protocols).toEqual(['sse'])
  expect((await room.until(() => true)).requests.map(({ endpoint }) => endpoint)).toEqual(['sse'])
})

test('in a browser a stream whose bytes are held back is polled instead, and let go of', async () => {
  const { protocols, room, seen } = await connected({ append: ['one'], faults: [{ kind: 'stall', bytes: 0 }] })
  await expect.poll(() => seen, { timeout: 8_000 }).toEqual(['one'])
  await room.order({ append: ['two'] })
  await expect.poll(() => seen, { timeout: 8_000 }).toEqual(['one', 'two'])
  expect(protocols).toEqual(['long-poll'])
  await room.until(({ open }) => open.length === 1 && open.every(({ endpoint }) => endpoint === 'long-poll'))
})
