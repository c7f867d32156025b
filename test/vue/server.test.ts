import { createPinia, defineStore } from 'pinia'
import { expect, inject, test } from 'vitest'
import { createSSRApp, defineComponent, effectScope, h, ref } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { shareConnection, TransportManager } from '../../src/manager/transport-manager.ts'
import { stateOf } from '../../src/sse.ts'
import {
  provideTransports,
  transportPlugin,
  useMessages,
  useSSE,
  useTransport,
  useTransportManager,
} from '../../src/vue/index.ts'
import { openRoom, roomName } from '../rigs/room-client.ts'

const newRoom = () => openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())

/** How many observers XState keeps for an actor. */
function observersOf(actor: object | undefined): number {
  const observers: Set<unknown> = Reflect.get(actor ?? {}, 'observers')
  return observers.size
}

test('rendering on a server opens nothing, starts no timer, and leaves no listener on a manager that outlives the request', async () => {
  const room = newRoom()
  const manager = new TransportManager()
  let connection: ReturnType<typeof useSSE<string>>['connection'] | undefined
  const Feed = defineComponent(() => {
    const feed = useSSE({ url: `${room.url}/sse` })
    const messages = useMessages(feed)
    connection = feed.connection
    // An order of the component's own waits until it is mounted, which it never is here.
    feed.connect()
    return () => h('p', `${feed.state.value} ${feed.error.value} ${messages.value.length}`)
  })
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  for (let request = 0; request < 3; request += 1) {
    const html = await renderToString(createSSRApp(Feed).use(transportPlugin(manager)))
    expect(html).toBe('<p>idle null 0</p>')
  }
  expect(timers()).toBe(before)
  expect((await room.until(() => true)).requests).toEqual([])

  // Nobody held it: the state of a server's page cannot change under it.
  const actor = connection?.value
  expect(actor && stateOf(actor.getSnapshot())).toBe('idle')
  const untouched = shareConnection(new TransportManager(), 'sse', { url: `${room.url}/sse` }).current()
  expect(observersOf(actor)).toBe(observersOf(untouched))
})

test('a Pinia store on a server opens nothing, and nothing of a connection is in its serialised state', async () => {
  const room = newRoom()
  const useFeed = defineStore('feed', () => {
    const feed = useSSE({ url: `${room.url}/sse` })
    return { ...feed, messages: useMessages(feed), name: ref('the feed') }
  })
  const Root = defineComponent(() => {
    const feed = useFeed()
    return () => h('p', { 'data-state': feed.state }, `${feed.name}: ${feed.messages.length}`)
  })
  const pinia = createPinia()
  const html = await renderToString(createSSRApp(Root).use(pinia).use(transportPlugin()))
  expect(html).toBe('<p data-state="idle">the feed: 0</p>')
  expect(JSON.parse(JSON.stringify(pinia.state.value))).toEqual({ feed: { name: 'the feed' } })
  expect((await room.until(() => true)).requests).toEqual([])
})

test('in Node a scope connects when it is told to, and only then', async () => {
  const room = newRoom()
  const scope = effectScope()
  const manager = new TransportManager({ linger: 1 })
  const feed = scope.run(() => useSSE({ url: `${room.url}/sse` }, { manager }))
  expect(feed?.state.value).toBe('idle')
  feed?.connect()
  await room.until(({ open }) => open.length === 1)
  scope.stop()
  await room.until(({ open }) => open.length === 0)
  expect((await room.until(() => true)).requests).toHaveLength(1)
})

test('without a manager the error says what to do', () => {
  const outside = () => useSSE({ url: 'https://example.com/events' })
  expect(outside).toThrow(expect.objectContaining({ name: 'TransportError', code: 'no_provider' }))
  expect(outside).toThrow(/app\.use\(transportPlugin\(\)\).*provideTransports\(\).*\{ manager \}/)
  expect(() => useTransportManager()).toThrow(expect.objectContaining({ code: 'no_provider' }))
  expect(() => provideTransports()).toThrow(expect.objectContaining({ code: 'no_provider' }))
})

test.each([
  ['an unknown type', 'pigeon', { url: 'https://example.com/' }, 'bad_option'],
  ['no url', 'sse', {}, 'bad_url'],
  ['no configuration', 'sse', undefined, 'bad_url'],
  ['an option that cannot work', 'sse', { url: 'https://example.com/', maxAttempts: -1 }, 'bad_option'],
])('%s is refused where it is said', (_what, type, config, code) => {
  const manager = new TransportManager()
  expect(() => useTransport(type as 'sse', config as { url: string }, { manager })).toThrow(
    expect.objectContaining({ name: 'TransportError', code }),
  )
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('a list of %d messages is refused', (limit) => {
  const feed = useSSE({ url: 'https://example.com/events' }, { manager: new TransportManager() })
  expect(() => useMessages(feed, { limit })).toThrow(expect.objectContaining({ code: 'bad_option' }))
  feed.stop()
})

test('where there are no frames the list is brought up to date by a timer, with what select keeps', async () => {
  const room = newRoom()
  const feed = useSSE({ url: `${room.url}/sse` }, { manager: new TransportManager({ linger: 1 }) })
  const messages = useMessages(feed, { limit: 3, select: ({ data }) => (data === '9' ? undefined : data) })
  feed.connect()
  await room.order({ append: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] })
  await expect.poll(() => messages.value, { timeout: 15_000 }).toEqual(['7', '8', '10'])
  feed.stop()
  await room.until(({ open }) => open.length === 0)
})

// The last one: after a setup that throws, Vue's development build for servers takes the rest of the process for server rendering.
test('a component without a manager above it fails with the same error, and no other', async () => {
  const Feed = defineComponent(() => {
    const { state } = useSSE({ url: 'https://example.com/events' })
    return () => h('p', state.value)
  })
  await expect(renderToString(createSSRApp(Feed))).rejects.toMatchObject({ code: 'no_provider' })
})
