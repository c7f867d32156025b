import { mount, unmount } from 'svelte'
import { writable } from 'svelte/store'
import { expect, inject, test } from 'vitest'
import { openRoom, patience, roomName } from '../rigs/room-client.ts'
import Tree from './fixtures/Tree.svelte'

const soon = { timeout: patience }

const count = 10_000

test('10,000 messages cost no effect on the state and at most one a frame on the list', async () => {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  const page = document.body.appendChild(document.createElement('main'))
  let received = 0
  let stateEffects = 0
  const lengths: number[] = []
  const stage = writable({
    type: 'websocket' as const,
    url: `${room.socketUrl}/ws`,
    shown: 1,
    limit: 50,
    onready: (chat: import('../../src/svelte/index.ts').TransportStore) =>
      void chat.connection.subscribe((actor) => void actor.on('message', () => received++)),
    onstate: () => void stateEffects++,
    onlist: (length: number) => void lengths.push(length),
  })
  const tree = mount(Tree, { target: page, props: { stage, transports: { linger: 0 } } })
  await expect.poll(() => page.querySelector('[data-testid=state]')?.textContent, soon).toBe('connected')
  const effectsBefore = stateEffects
  lengths.length = 0
  let frames = 0
  let watching = requestAnimationFrame(function next() {
    frames += 1
    watching = requestAnimationFrame(next)
  })
  const started = performance.now()
  await room.order({ fill: { count, size: 60 } })
  await expect.poll(() => received, soon).toBe(count)
  await expect.poll(() => page.querySelector('li:last-child')?.textContent, soon).toMatch(new RegExp(`^${count - 1} `))
  const milliseconds = performance.now() - started
  cancelAnimationFrame(watching)
  console.info(`${count} messages: ${stateEffects - effectsBefore} state effects, ${lengths.length} list effects`)

  expect(stateEffects - effectsBefore).toBe(0)
  // One a frame; where frames fail to come, one in 100 ms.
  expect(lengths.length).toBeLessThanOrEqual(frames + Math.ceil(milliseconds / 100) + 1)
  expect(lengths.length).toBeLessThan(count / 10)
  expect(Math.max(...lengths)).toBe(50)
  await unmount(tree)
  await room.until(({ open }) => open.length === 0)
  page.remove()
})
