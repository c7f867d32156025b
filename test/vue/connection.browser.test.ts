import { expect, test } from 'vitest'
import { computed, defineComponent, h, nextTick, reactive, ref, shallowRef } from 'vue'
import { TransportManager } from '../../src/manager/transport-manager.ts'
import {
  type ReactiveTransport,
  useDurable,
  useHTTPStream,
  useMessages,
  useSSE,
  useTransport,
  useWebSocket,
} from '../../src/vue/index.ts'
import { brief, mount, newRoom, none, one, openIn, soon } from './mount.ts'

/** NDJSON comes from the rig with its position beside it. */
function textOf(data: unknown): string {
  return typeof data === 'object' && data !== null && 'data' in data ? textOf(data.data) : String(data)
}

/** Shows the state and the messages of the transport that `open` makes. */
function screen(open: () => ReactiveTransport) {
  const seen = shallowRef<ReactiveTransport>()
  const Screen = defineComponent(() => {
    const transport = open()
    seen.value = transport
    const messages = useMessages(transport)
    const texts = computed(() => messages.value.map(({ data }) => textOf(data)).join(' '))
    return () => h('p', { 'data-state': transport.state.value }, texts.value)
  })
  const shown = (page: HTMLElement) => ({
    state: () => page.querySelector('p')?.dataset.state,
    text: () => page.querySelector('p')?.textContent,
  })
  const current = (): ReactiveTransport => {
    if (seen.value === undefined) throw new Error('It is not mounted.')
    return seen.value
  }
  return { Screen, shown, current }
}

test.each([
  ['useSSE', (room: { url: string }) => useSSE<unknown>({ url: `${room.url}/sse` })],
  [
    'useWebSocket',
    (room: { url: string }) => useWebSocket<unknown, unknown>({ url: `${room.url.replace(/^http/, 'ws')}/ws` }),
  ],
  ['useHTTPStream', (room: { url: string }) => useHTTPStream({ url: `${room.url}/ndjson`, format: 'ndjson' })],
  ['useDurable', (room: { url: string }) => useDurable({ url: `${room.url}/v1/stream/log` })],
  ['useTransport', (room: { url: string }) => useTransport('sse', { url: `${room.url}/sse` })],
])('%s connects when mounted, shows messages, and leaves no socket when unmounted', async (_name, open) => {
  const room = newRoom()
  const { Screen, shown } = screen(() => open(room))
  const { complaints, page, unmount } = mount(Screen)
  const { state, text } = shown(page)
  expect(state()).toBe('idle')
  await soon(state).toBe('connected')
  await room.until(one)
  await room.order({ append: ['one', 'two'] })
  await soon(text).toBe('one two')
  expect(await openIn(room)).toBe(1)
  unmount()
  await room.until(none)
  expect(complaints).toEqual([])
})

test('a cut is survived: nothing is lost, nothing comes twice, one socket again', async () => {
  const room = newRoom()
  const { Screen, current, shown } = screen(() => useSSE({ url: `${room.url}/sse`, backoff: { base: 1, cap: 1 } }))
  const { page } = mount(Screen)
  const { state, text } = shown(page)
  await room.order({ append: ['one'] })
  await soon(text).toBe('one')
  const reconnected = new Promise((resolve) => current().connection.value.on('connected', resolve))
  await room.order({ cut: true, append: ['two'] })
  await reconnected
  await soon(text).toBe('one two')
  await soon(state).toBe('connected')
  const { cuts, open } = await room.until(one)
  expect({ cuts, open: open.length }).toEqual({ cuts: 1, open: 1 })
})

test('two components with one address share one socket, which goes with the last of them', async () => {
  const room = newRoom()
  const both = ref(true)
  const { Screen } = screen(() => useSSE({ url: `${room.url}/sse` }))
  const { page, unmount } = mount(() => [h(Screen), both.value ? h(Screen) : null])
  const states = () => [...page.querySelectorAll('p')].map((shown) => shown.dataset.state)
  await soon(states).toEqual(['connected', 'connected'])
  expect(await openIn(room)).toBe(1)
  both.value = false
  await nextTick()
  expect(states()).toEqual(['connected'])
  expect(await openIn(room)).toBe(1)
  unmount()
  await room.until(none)
  expect((await room.until(none)).requests).toHaveLength(1)
})

test.each([
  ['a ref', (url: string) => ref({ url })],
  ['a reactive object', (url: string) => reactive({ url })],
] as const)('another url in %s swaps the connection: the old one goes, the list begins anew', async (_name, make) => {
  const [first, second] = [newRoom(), newRoom()]
  await first.order({ append: ['old'] })
  const config = make(`${first.url}/sse`)
  const { Screen, current, shown } = screen(() => useSSE(config))
  const { complaints, page, unmount } = mount(Screen)
  const { state, text } = shown(page)
  await soon(text).toBe('old')
  const before = current().connection.value

  const now = 'value' in config ? config.value : config
  now.url = `${second.url}/sse`
  await nextTick()
  expect(text()).toBe('')
  expect(current().connection.value).not.toBe(before)
  await first.order({ append: ['late'] })
  await second.order({ append: ['new'] })
  await soon(text).toBe('new')
  await soon(state).toBe('connected')
  await first.until(none)
  expect(await openIn(second)).toBe(1)
  expect(text()).toBe('new')
  unmount()
  await second.until(none)
  expect(complaints).toEqual([])
})

test('a getter is followed, and an option that does not name another connection changes nothing', async () => {
  const [first, second] = [newRoom(), newRoom()]
  const rooms = [first, second]
  const index = ref(0)
  const attempts = ref(3)
  const { Screen, current, shown } = screen(() =>
    useSSE(() => ({ url: `${rooms[index.value]?.url}/sse`, maxAttempts: attempts.value })),
  )
  const { page, unmount } = mount(Screen)
  const { state } = shown(page)
  await soon(state).toBe('connected')
  const before = current().connection.value
  attempts.value = 4
  await nextTick()
  expect(current().connection.value).toBe(before)
  index.value = 1
  await nextTick()
  expect(current().connection.value).not.toBe(before)
  await soon(state).toBe('connected')
  await first.until(none)
  expect((await first.until(none)).requests).toHaveLength(1)
  await second.until(one)
  unmount()
  await second.until(none)
})

test('a url that cannot work is reported to the errorHandler, and the connection goes on', async () => {
  const room = newRoom()
  const config = ref({ url: `${room.url}/sse` })
  const { Screen, shown } = screen(() => useSSE(config))
  const { complaints, page, unmount } = mount(Screen)
  const { state, text } = shown(page)
  await soon(state).toBe('connected')
  config.value = { url: '' }
  await nextTick()
  expect(complaints).toMatchObject([{ name: 'TransportError', code: 'bad_url' }])
  await room.order({ append: ['still here'] })
  await soon(text).toBe('still here')
  unmount()
  await room.until(none)
})

test('with connect: false it waits for connect(); after close() the next connect() begins afresh, and so does the list', async () => {
  const room = newRoom()
  const { Screen, current, shown } = screen(() =>
    useWebSocket<unknown, unknown>({ url: `${room.socketUrl}/ws` }, { connect: false }),
  )
  const { page, unmount } = mount(Screen)
  const { state, text } = shown(page)
  await nextTick()
  expect(state()).toBe('idle')
  expect((await room.until(() => true)).requests).toEqual([])

  current().connect()
  await soon(state).toBe('connected')
  await room.order({ append: ['one'] })
  await soon(text).toBe('one')
  await current().send('hello')
  await room.until(({ received }) => received.some(({ body }) => body === 'hello'))

  current().close()
  await soon(state).toBe('closed')
  await room.until(none)
  await expect(current().send('too late')).rejects.toMatchObject({ code: 'send_refused' })

  current().connect()
  await soon(state).toBe('connected')
  // From the first record again, and shown once.
  await soon(text).toBe('one')
  await room.until(one)
  unmount()
  await room.until(none)
})

test('a failure is a state and an error to show, not a throw', async () => {
  const room = newRoom()
  await room.order({ faults: [{ kind: 'refuse', status: 404 }] })
  const { Screen, current, shown } = screen(() => useSSE({ url: `${room.url}/sse` }))
  const { complaints, page } = mount(Screen)
  const { state } = shown(page)
  await soon(state).toBe('error')
  expect(current().error.value).toMatchObject({ name: 'TransportError', code: 'http_status', status: 404 })
  current().connect()
  await soon(state).toBe('connected')
  expect(current().error.value).toBe(null)
  expect(complaints).toEqual([])
})

test('a connection that was closed stays so when the url changes, until connect()', async () => {
  const [first, second] = [newRoom(), newRoom()]
  const url = ref(`${first.url}/sse`)
  const { Screen, current, shown } = screen(() => useSSE(() => ({ url: url.value })))
  const { page, unmount } = mount(Screen)
  const { state } = shown(page)
  await soon(state).toBe('connected')
  current().close()
  await soon(state).toBe('closed')
  url.value = `${second.url}/sse`
  await soon(state).toBe('idle')
  current().connect()
  await soon(state).toBe('connected')
  expect((await second.until(one)).requests).toHaveLength(1)
  unmount()
  await Promise.all([first.until(none), second.until(none)])
})

test('a manager at its limit refuses the next connection and leaves the others alone; later connect() asks again', async () => {
  const [first, second] = [newRoom(), newRoom()]
  const manager = new TransportManager({ ...brief, limits: { connections: 1 } })
  const a = screen(() => useSSE({ url: `${first.url}/sse` }))
  const b = screen(() => useSSE({ url: `${second.url}/sse` }))
  const both = ref(true)
  const { complaints, page } = mount(
    () => [h('div', both.value ? h(a.Screen) : undefined), h('section', h(b.Screen))],
    {
      manager,
    },
  )
  const stateIn = (place: string) => () => page.querySelector<HTMLElement>(`${place} p`)?.dataset.state
  await soon(stateIn('div')).toBe('connected')
  expect(complaints).toMatchObject([{ name: 'TransportError', code: 'limit_reached' }])
  expect(stateIn('section')()).toBe('idle')
  expect((await second.until(none)).requests).toEqual([])
  both.value = false
  await first.until(none)
  b.current().connect()
  await soon(stateIn('section')).toBe('connected')
  await second.until(one)
  expect(complaints).toHaveLength(1)
})

test('a swap that the manager refuses leaves the connection and its list as they are', async () => {
  const [first, second] = [newRoom(), newRoom()]
  await first.order({ append: ['one'] })
  const url = ref(`${first.url}/sse`)
  const { Screen, shown } = screen(() => useSSE(() => ({ url: url.value })))
  const manager = new TransportManager({ ...brief, limits: { connections: 1 } })
  const { complaints, page } = mount(Screen, { manager })
  const { text } = shown(page)
  await soon(text).toBe('one')
  url.value = `${second.url}/sse`
  await nextTick()
  expect(complaints).toMatchObject([{ code: 'limit_reached' }])
  await first.order({ append: ['two'] })
  await soon(text).toBe('one two')
  expect((await second.until(none)).requests).toEqual([])
})
