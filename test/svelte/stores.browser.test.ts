import { get, writable } from 'svelte/store'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import type { Message } from '../../src/link.ts'
import { messages, sharedTransport, TransportManager } from '../../src/svelte/index.ts'
import { openRoom, patience, type RoomClient, roomName } from '../rigs/room-client.ts'

const soon = { timeout: patience }

let room: RoomClient
let manager: TransportManager
beforeEach(() => {
  room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  manager = new TransportManager({ linger: 0 })
})
afterEach(() => {
  manager.closeAll()
  vi.restoreAllMocks()
})

const openNow = (count: number) => room.until(({ open }) => open.length === count)

test('outside of components a connection is open exactly while one of its stores has a subscriber', async () => {
  const feed = sharedTransport(manager, 'sse', { url: `${room.url}/sse` })
  expect(get(feed.state)).toBe('idle')
  const states: string[] = []
  const first = feed.state.subscribe((state) => states.push(state))
  const second = feed.subscribe(() => {})
  await openNow(1)
  first()
  expect((await openNow(1)).requests).toHaveLength(1)
  second()
  await openNow(0)
  expect(states).toEqual(['idle', 'connecting', 'connected'])

  expect((await room.until(() => true)).requests).toHaveLength(1)
  const third = feed.state.subscribe(() => {})
  await openNow(1)
  third()
  await openNow(0)
})

test('what is asked not to connect waits until it is told to', async () => {
  const feed = sharedTransport(manager, 'sse', { url: `${room.url}/sse`, connect: false })
  const states: string[] = []
  const leave = feed.state.subscribe((state) => states.push(state))
  expect(states).toEqual(['idle'])
  feed.connect()
  await openNow(1)
  await expect.poll(() => states, soon).toEqual(['idle', 'connecting', 'connected'])
  leave()
  await openNow(0)
})

test('a list keeps the newest messages in order, never more than its limit', async () => {
  const feed = sharedTransport(manager, 'sse', { url: `${room.url}/sse` })
  const longest: number[] = []
  const leave = messages(feed, { limit: 3 }).subscribe((list) => longest.push(list.length))
  let last: readonly Message[] = []
  const list = messages(feed, { limit: 3 })
  const forget = list.subscribe((now) => {
    last = now
  })
  await room.order({ append: ['1', '2', '3', '4', '5'] })
  await expect.poll(() => last.map(({ data }) => data), soon).toEqual(['3', '4', '5'])
  expect(Math.max(...longest)).toBe(3)
  leave()
  forget()
  await openNow(0)
  expect(get(list)).toEqual([])
})

test('a page that gets no frames is told all the same', async () => {
  // What a hidden page does: frames are asked for and never come.
  vi.spyOn(globalThis, 'requestAnimationFrame').mockReturnValue(1)
  const feed = sharedTransport(manager, 'sse', { url: `${room.url}/sse` })
  let last: readonly Message[] = []
  const leave = messages(feed).subscribe((now) => {
    last = now
  })
  await room.order({ append: ['one', 'two'] })
  await expect.poll(() => last.map(({ data }) => data), soon).toEqual(['one', 'two'])
  leave()
})

test('a list takes an actor of your own, and refuses a limit that cannot work', async () => {
  const feed = sharedTransport(manager, 'sse', { url: `${room.url}/sse` })
  const leave = feed.connection.subscribe(() => {})
  let last: readonly Message[] = []
  const forget = messages(get(feed.connection)).subscribe((now) => {
    last = now
  })
  await room.order({ append: ['one'] })
  await expect.poll(() => last.length, soon).toBe(1)
  forget()
  leave()
  for (const limit of [0, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => messages(feed, { limit })).toThrow(expect.objectContaining({ code: 'bad_option' }))
  }
})

test('a configuration that cannot work is refused at once, and disturbs nothing that is there', async () => {
  const feed = sharedTransport(manager, 'sse', { url: `${room.url}/sse` })
  const leave = feed.state.subscribe(() => {})
  await openNow(1)
  expect(() => sharedTransport(manager, 'sse', { url: '' })).toThrow(expect.objectContaining({ code: 'bad_url' }))
  // @ts-expect-error there is no such transport
  expect(() => sharedTransport(manager, 'pigeon', { url: '/' })).toThrow(
    expect.objectContaining({ code: 'bad_option' }),
  )
  expect((await openNow(1)).requests).toHaveLength(1)
  leave()
})

test('what the manager refuses is told by the error store, and connect asks again', async () => {
  manager = new TransportManager({ linger: 0, limits: { connections: 1 } })
  const first = sharedTransport(manager, 'sse', { url: `${room.url}/sse` })
  const second = sharedTransport(manager, 'sse', { url: `${room.url}/sse?second` })
  const leaveFirst = first.subscribe(() => {})
  await openNow(1)
  const told: (string | undefined)[] = []
  const leaveSecond = second.error.subscribe((error) => told.push(error?.code))
  await expect.poll(() => told, soon).toEqual([undefined, 'limit_reached'])
  expect(() => second.connect()).toThrow(expect.objectContaining({ code: 'limit_reached' }))
  expect(get(first.state)).toBe('connected')

  leaveFirst()
  await openNow(0)
  second.connect()
  await openNow(1)
  await expect.poll(() => get(second.state), soon).toBe('connected')
  expect(told.at(-1)).toBeUndefined()
  leaveSecond()
  await openNow(0)
})

test('a change that cannot work is told, leaves the connection as it was, and stops no other store', async () => {
  const config = writable({ url: `${room.url}/sse` })
  const feed = sharedTransport(manager, 'sse', config)
  const told: (string | undefined)[] = []
  const leave = feed.error.subscribe((error) => told.push(error?.code))
  await openNow(1)
  config.set({ url: '' })
  expect(told).toEqual([undefined, 'bad_url'])
  expect((await openNow(1)).requests).toHaveLength(1)
  config.set({ url: `${room.url}/sse?next` })
  expect(told).toEqual([undefined, 'bad_url', undefined])
  await expect.poll(async () => (await room.until(() => true)).requests.length, soon).toBe(2)
  await openNow(1)
  leave()
  await openNow(0)
})
