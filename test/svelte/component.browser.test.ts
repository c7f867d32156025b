import { mount, unmount } from 'svelte'
import { writable } from 'svelte/store'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { TransportManager, type TransportStore } from '../../src/svelte/index.ts'
import { openRoom, patience, type RoomClient, roomName } from '../rigs/room-client.ts'
import Orphan from './fixtures/Orphan.svelte'
import Runes from './fixtures/Runes.svelte'
import Tree from './fixtures/Tree.svelte'

const soon = { timeout: patience }

let room: RoomClient
let page: HTMLElement
let mounted: Record<string, unknown>[]
beforeEach(() => {
  room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  page = document.body.appendChild(document.createElement('main'))
  mounted = []
})
afterEach(async () => {
  for (const component of mounted) await unmount(component)
  page.remove()
})

const shownText = (name: string) => () => page.querySelector(`[data-testid=${name}]`)?.textContent
const items = () => [...page.querySelectorAll('li')].map((item) => item.textContent)
const sockets = async () => (await room.until(() => true)).open.length

/** A tree of chats, and the store that steers it. */
function showTree(options: { type?: 'websocket'; linger?: number; shown?: number; manager?: TransportManager } = {}) {
  const states: string[] = []
  const chats: TransportStore[] = []
  const stage = writable({
    type: options.type ?? ('sse' as const),
    url: options.type === undefined ? `${room.url}/sse` : `${room.socketUrl}/ws`,
    shown: options.shown ?? 1,
    generation: 0,
    onready: (chat: TransportStore) => void chats.push(chat),
    onstate: (state: string) => void states.push(state),
  })
  const transports = options.manager ?? { linger: options.linger ?? 50 }
  const tree = mount(Tree, { target: page, props: { stage, transports } })
  mounted.push(tree)
  const change = (next: { url?: string; shown?: number; generation?: number }): void =>
    stage.update((now) => ({ ...now, ...next }))
  const leave = async (): Promise<void> => {
    mounted = mounted.filter((other) => other !== tree)
    await unmount(tree)
  }
  return { states, chats, change, leave }
}

test('a component connects when it is mounted, shows messages, resumes after a cut, and leaves no socket behind', async () => {
  await room.order({ append: ['one', 'two'] })
  const { leave, states } = showTree()
  expect(shownText('state')()).toBe('idle')
  await expect.poll(items, soon).toEqual(['one', 'two'])
  expect(shownText('online')()).toBe('true')
  expect(await sockets()).toBe(1)

  await room.order({ cut: true })
  await room.order({ append: ['three'] })
  await expect.poll(items, soon).toEqual(['one', 'two', 'three'])
  const { open, requests } = await room.until((state) => state.open.length === 1)
  expect(open).toHaveLength(1)
  expect(requests.map(({ position }) => position)).toEqual([null, '2'])
  await expect.poll(() => states, soon).toEqual(['idle', 'connecting', 'connected', 'reconnecting', 'connected'])

  await leave()
  expect((await room.until((state) => state.open.length === 0)).open).toEqual([])
})

test('components that name the same URL share one socket, and the last one to go closes it', async () => {
  const { change } = showTree({ shown: 3 })
  await expect.poll(() => page.textContent, soon).toContain('connected')
  expect((await room.until((state) => state.open.length === 1)).requests).toHaveLength(1)
  change({ shown: 1 })
  await expect.poll(() => page.querySelectorAll('ul').length, soon).toBe(1)
  await room.order({ append: ['still here'] })
  await expect.poll(items, soon).toEqual(['still here'])
  change({ shown: 0 })
  await room.until((state) => state.open.length === 0)
})

test('{#key} and {#if} toggles within the linger leave exactly the one socket they found', async () => {
  const { change } = showTree({ linger: 1_000 })
  await expect.poll(shownText('state'), soon).toBe('connected')
  for (let generation = 1; generation <= 10; generation++) {
    change({ generation, shown: generation % 2 })
    await Promise.resolve()
    change({ shown: 1 })
    await Promise.resolve()
  }
  await room.order({ append: ['one'] })
  await expect.poll(items, soon).toEqual(['one'])
  const { open, requests } = await room.until((state) => state.open.length === 1)
  expect(open).toHaveLength(1)
  expect(requests).toHaveLength(1)
})

test('another URL swaps the connection: the list starts over, one socket there, none here', async () => {
  const other = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  await room.order({ append: ['here'] })
  await other.order({ append: ['there'] })
  const { change, states } = showTree({ linger: 0 })
  await expect.poll(items, soon).toEqual(['here'])
  change({ url: `${other.url}/sse` })
  await expect.poll(items, soon).toEqual(['there'])
  await room.until((state) => state.open.length === 0)
  expect((await other.until((state) => state.open.length === 1)).open).toHaveLength(1)
  await expect.poll(shownText('state'), soon).toBe('connected')
  expect(states.at(-1)).toBe('connected')

  await room.order({ append: ['nobody hears this'] })
  await other.order({ append: ['but this'] })
  await expect.poll(items, soon).toEqual(['there', 'but this'])
})

test('send is answered, close is for everybody, and connect starts afresh', async () => {
  const { chats } = showTree({ type: 'websocket', shown: 2 })
  const [chat] = chats
  if (chat === undefined) throw new Error('The component has not made its connection.')
  await chat.send('sent before it was up')
  expect((await room.until((state) => state.received.length === 1)).received[0]?.body).toBe('sent before it was up')
  await expect.poll(shownText('state'), soon).toBe('connected')
  chat.close()
  await expect.poll(() => page.textContent.match(/closed/g), soon).toHaveLength(2)
  await room.until((state) => state.open.length === 0)
  await expect(chat.send('too late')).rejects.toMatchObject({ code: 'send_refused' })
  chat.connect()
  await expect.poll(() => page.textContent.match(/connected/g), soon).toHaveLength(2)
  await room.order({ append: ['afresh'] })
  await expect.poll(items, soon).toEqual(['afresh', 'afresh'])
  expect(await sockets()).toBe(1)
})

test('the failure that put it to rest is shown until it is connected again', async () => {
  await room.order({ faults: [{ kind: 'refuse', status: 403 }] })
  const { chats } = showTree()
  await expect.poll(shownText('error'), soon).toBe('http_status')
  expect(shownText('state')()).toBe('error')
  chats[0]?.connect()
  await expect.poll(shownText('state'), soon).toBe('connected')
  expect(shownText('error')()).toBe('')
  expect(await sockets()).toBe(1)
})

test('a manager of your own outlives the tree that was given it', async () => {
  const manager = new TransportManager({ linger: 60_000 })
  const { leave } = showTree({ manager })
  await expect.poll(shownText('state'), soon).toBe('connected')
  await leave()
  expect(await sockets()).toBe(1)
  manager.closeAll()
  await room.until((state) => state.open.length === 0)
})

test('runes read it: fromStore, $derived, createSubscriber and an effect on the actor', async () => {
  await room.order({ append: ['one', 'two'] })
  mounted.push(mount(Runes, { target: page, props: { url: `${room.url}/sse` } }))
  expect(shownText('shout')()).toBe('IDLE')
  await expect.poll(shownText('shout'), soon).toBe('CONNECTED')
  await expect.poll(shownText('received'), soon).toBe('2')
  await expect.poll(shownText('established'), soon).toBe('1')
  await room.order({ cut: true, append: ['three'] })
  await expect.poll(shownText('established'), soon).toBe('2')
  await expect.poll(shownText('received'), soon).toBe('3')
})

test('without setTransports above it a component is told what to do', () => {
  expect(() => mount(Orphan, { target: page })).toThrow(
    expect.objectContaining({ code: 'no_provider', message: expect.stringContaining('setTransports()') }),
  )
})
