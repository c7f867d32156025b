import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, inject, onTestFinished, test } from 'vitest'
import { fromPromise } from 'xstate'
import { type Piece, piece } from '../../docs/examples/conversation.ts'
import { Chat } from '../../docs/examples/embedding/chat.tsx'
import { chatMachine } from '../../docs/examples/embedding/chat-machine.ts'
import type { Asked, Order, Question } from '../../docs/examples/embedding/orders.ts'
import { connection, type DurableInput, durable } from '../../src/durable.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'

/** The rig's records are text: a room of the rig carries its pieces as JSON in it. */
const rigRoom = connection<DurableInput, Piece>(durable, {
  codec: { decode: (data) => JSON.parse(String(data)), encode: (value: unknown) => JSON.stringify(value) },
  incoming: piece,
})

const rooms = new Map<string, RoomClient>()

/** The same chart with the server of the rig behind it. `orders` is the room's name here. */
const machine = chatMachine.provide({
  actors: {
    room: rigRoom,
    ask: fromPromise<Asked, Question>(async ({ input: { orders, text } }) => {
      await say(orders, { id: 'q', role: 'user', index: 0, text, end: 'complete' })
      return { id: 'q' }
    }),
    breakOff: fromPromise<void, Order>(({ input: { orders } }) =>
      say(orders, { ...answer, index: 2, text: '', end: 'cancelled' }),
    ),
  },
})

const answer = { id: 'a', role: 'assistant', answers: 'q' } as const

async function say(name: string, ...pieces: readonly Piece[]): Promise<void> {
  await rooms.get(name)?.order({ append: pieces.map((said) => JSON.stringify(said)) })
}

function mount() {
  const name = roomName()
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), name)
  rooms.set(name, room)
  const page = document.body.appendChild(document.createElement('div'))
  const root = createRoot(page)
  root.render(
    <StrictMode>
      <Chat machine={machine} url={`${room.url}/v1/stream/log`} orders={name} />
    </StrictMode>,
  )
  onTestFinished(() => {
    root.unmount()
    page.remove()
  })
  const find = <Found extends HTMLElement>(selector: string) => page.querySelector<Found>(selector)
  const shows = (selector: string) => expect.poll(() => find(selector)?.textContent, { timeout: 10_000 })
  return {
    room,
    root,
    find,
    shows,
    says: (...pieces: readonly Piece[]) => say(name, ...pieces),
    async ask(text: string): Promise<void> {
      await shows('button[type=submit]').toBe('Send')
      const input = find<HTMLInputElement>('input')
      if (input !== null) input.value = text
      find('button[type=submit]')?.click()
    },
    press: (label: string) =>
      [...page.querySelectorAll('button')].find(({ textContent }) => textContent === label)?.click(),
  }
}

test('StrictMode: one exchange opens one socket, survives a cut in the middle, and leaves none', async () => {
  const { ask, room, says, shows } = mount()
  await shows('.pill').toBe('closed')
  expect((await room.until(() => true)).requests).toEqual([])

  await ask('Are you there?')
  await says({ ...answer, index: 0, text: 'Yes, ' })
  await shows('li[data-role=assistant]').toBe('Yes, ')
  expect((await room.until(({ open }) => open.length === 1)).open).toHaveLength(1)

  await room.order({ cut: true })
  await says({ ...answer, index: 1, text: 'still ' })
  await shows('li[data-role=assistant]').toBe('Yes, still ')
  await says({ ...answer, index: 2, text: 'here.', end: 'complete' })
  await shows('li[data-role=assistant][data-state=complete]').toBe('Yes, still here.')
  await shows('li[data-role=user]').toBe('Are you there?')
  await shows('.pill').toBe('closed')
  await room.until(({ open }) => open.length === 0)
})

test('cancel ends the answer where it stands', async () => {
  const { ask, press, room, says, shows } = mount()
  await ask('Tell me everything')
  await says({ ...answer, index: 0, text: 'In the ' }, { ...answer, index: 1, text: 'beginning' })
  await shows('li[data-role=assistant]').toBe('In the beginning')
  press('Stop')
  await shows('li[data-state=cancelled]').toBe('In the beginning')
  await room.until(({ open }) => open.length === 0)
})

test('a connection that is refused shows why, and Try again goes on', async () => {
  const { ask, find, press, room, says, shows } = mount()
  await room.order({ faults: Array.from({ length: 4 }, () => ({ kind: 'refuse', status: 403 })) })
  await ask('Hello?')
  await shows('.pill').toBe('error')
  await shows('.trouble').not.toBe('')
  await says({ ...answer, index: 0, text: 'Hello.', end: 'complete' })
  // How many carriers are tried, and so refused, in one attempt is the connection's affair.
  await expect
    .poll(
      () => {
        press('Try again')
        return find('li[data-role=assistant]')?.textContent
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBe('Hello.')
  await shows('.trouble').toBe(undefined)
})

test('a chat that is unmounted in the middle leaves no socket', async () => {
  const { ask, room, root, says, shows } = mount()
  await ask('Hello?')
  await says({ ...answer, index: 0, text: 'Well, ' })
  await shows('li[data-role=assistant]').toBe('Well, ')
  root.unmount()
  await room.until(({ open }) => open.length === 0)
})
