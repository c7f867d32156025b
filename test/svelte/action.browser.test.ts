import { mount, unmount } from 'svelte'
import { writable } from 'svelte/store'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import type { ConnectionParameters } from '../../src/svelte/index.ts'
import { openRoom, patience, type RoomClient, roomName } from '../rigs/room-client.ts'
import Element from './fixtures/Element.svelte'

const soon = { timeout: patience }

type Parameters = ConnectionParameters<'sse' | 'websocket'>

const newRoom = (): RoomClient => openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())

let room: RoomClient
let page: HTMLElement
let component: Record<string, unknown> | null
beforeEach(() => {
  room = newRoom()
  page = document.body.appendChild(document.createElement('main'))
  component = null
})
afterEach(async () => {
  if (component !== null) await unmount(component)
  page.remove()
})

/** An element with a connection, and everything it was told. */
function showElement(type: Parameters['type'], url: string) {
  const data: unknown[] = []
  const states: string[] = []
  const errors: string[] = []
  const given: Parameters = {
    type,
    url,
    backoff: { base: 1, cap: 1 },
    onmessage: (message) => void data.push(message.data),
    onstate: (state) => void states.push(state),
    onerror: ({ code }) => void errors.push(code),
  }
  const parameters = writable<Parameters | null>(given)
  component = mount(Element, { target: page, props: { parameters } })
  const state = (): string | undefined => page.querySelector('section')?.dataset.connection
  return { data, states, errors, parameters, given, state }
}

test('an element with the action is connected, styled by its state, told each message, and resumes after a cut', async () => {
  await room.order({ append: ['one'] })
  const { data, state, states } = showElement('sse', `${room.url}/sse`)
  await expect.poll(state, soon).toBe('connected')
  await room.order({ cut: true, append: ['two'] })
  await expect.poll(() => data, soon).toEqual(['one', 'two'])
  await expect.poll(() => states, soon).toEqual(['idle', 'connecting', 'connected', 'reconnecting', 'connected'])
  const { open, requests } = await room.until(({ open: { length } }) => length === 1)
  expect(open).toHaveLength(1)
  expect(requests.map(({ position }) => position)).toEqual([null, '1'])
})

test('an update that names another connection swaps it, and neither leaves a socket nor hears the old one', async () => {
  const other = newRoom()
  const { data, given, parameters, state } = showElement('websocket', `${room.socketUrl}/ws`)
  await expect.poll(state, soon).toBe('connected')
  await room.order({ append: ['here'] })
  await expect.poll(() => data, soon).toEqual(['here'])

  parameters.set({ ...given, type: 'sse', url: `${other.url}/sse` })
  await room.until(({ open }) => open.length === 0)
  await other.until(({ open }) => open.length === 1)
  await room.order({ append: ['nobody hears this'] })
  await other.order({ append: ['there'] })
  await expect.poll(() => data, soon).toEqual(['here', 'there'])
})

test('an update of the handlers alone never touches the connection', async () => {
  const { data, given, parameters, state } = showElement('sse', `${room.url}/sse`)
  await expect.poll(state, soon).toBe('connected')
  const later: unknown[] = []
  parameters.set({ ...given, onmessage: (message) => void later.push(message.data) })
  await room.order({ append: ['one'] })
  await expect.poll(() => later, soon).toEqual(['one'])
  expect(data).toEqual([])
  expect((await room.until(() => true)).requests).toHaveLength(1)
})

test('an element that goes lets go, and one that comes back connects again', async () => {
  const { data, given, parameters } = showElement('websocket', `${room.socketUrl}/ws`)
  await room.until(({ open }) => open.length === 1)
  parameters.set(null)
  await room.until(({ open }) => open.length === 0)
  parameters.set(given)
  await room.until(({ open }) => open.length === 1)
  await room.order({ append: ['one'] })
  await expect.poll(() => data, soon).toEqual(['one'])
})

test('the failure that puts it to rest is told', async () => {
  await room.order({ faults: [{ kind: 'refuse', status: 403 }] })
  const { errors, state } = showElement('sse', `${room.url}/sse`)
  await expect.poll(state, soon).toBe('error')
  expect(errors).toEqual(['http_status'])
})
