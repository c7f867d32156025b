import { createPinia, defineStore } from 'pinia'
import { expect, test } from 'vitest'
import { defineComponent, effectScope, h, nextTick, ref } from 'vue'
import { TransportManager } from '../../src/manager/transport-manager.ts'
import { provideTransports, useMessages, useSSE, useTransportManager } from '../../src/vue/index.ts'
import { brief, mount, newRoom, none, one, openIn, soon } from './mount.ts'

test('in an effect scope it connects, follows its url and lets go with the scope', async () => {
  const [first, second] = [newRoom(), newRoom()]
  const manager = new TransportManager(brief)
  const url = ref(`${first.url}/sse`)
  const scope = effectScope()
  const { connection, state, texts } = scope.run(() => {
    const feed = useSSE(() => ({ url: url.value }), { manager })
    const messages = useMessages(feed)
    return { ...feed, texts: () => messages.value.map(({ data }) => data) }
  }) as never as ReturnType<typeof useSSE> & { texts(): unknown[] }
  expect(state.value).toBe('idle')
  await soon(() => state.value).toBe('connected')
  await first.order({ append: ['one'] })
  await soon(texts).toEqual(['one'])
  const before = connection.value
  url.value = `${second.url}/sse`
  await nextTick()
  expect(connection.value).not.toBe(before)
  await first.until(none)
  await second.until(one)
  scope.stop()
  await second.until(none)
})

test('outside of any scope the caller gets a stop, and a stop before the first tick opens nothing', async () => {
  const room = newRoom()
  const manager = new TransportManager(brief)
  const feed = useSSE({ url: `${room.url}/sse` }, { manager })
  await soon(() => feed.state.value).toBe('connected')
  await room.until(one)
  feed.stop()
  feed.stop()
  await room.until(none)

  const never = useSSE({ url: `${room.url}/ndjson` }, { manager })
  never.stop()
  never.connect()
  await nextTick()
  expect((await room.until(none)).requests).toHaveLength(1)
})

test('a Pinia store outlives the component that used it first, also where that one is deactivated', async () => {
  const room = newRoom()
  const useFeed = defineStore('feed', () => {
    const feed = useSSE({ url: `${room.url}/sse` }, { whenDeactivated: 'let-go' })
    return { ...feed, messages: useMessages(feed) }
  })
  const shown = ref(true)
  const First = defineComponent(() => {
    const feed = useFeed()
    return () => h('p', { 'data-state': feed.state }, feed.messages.map(({ data }) => data).join(' '))
  })
  const pinia = createPinia()
  const { complaints, page, unmount } = mount(() => (shown.value ? h(First) : null), { plugins: [pinia] })
  await soon(() => page.querySelector('p')?.dataset.state).toBe('connected')
  shown.value = false
  await nextTick()
  await room.order({ append: ['meanwhile'] })
  expect(await openIn(room)).toBe(1)
  shown.value = true
  await soon(() => page.querySelector('p')?.textContent).toBe('meanwhile')
  expect((await room.until(one)).requests).toHaveLength(1)
  useFeed(pinia).$dispose()
  await room.until(none)
  unmount()
  expect(complaints).toEqual([])
})

test('a store hydrated from what the server sent is not overwritten, and connects', async () => {
  const room = newRoom()
  const useFeed = defineStore('feed', () => {
    const feed = useSSE({ url: `${room.url}/sse` })
    return { ...feed, messages: useMessages(feed), name: ref('ours') }
  })
  const Root = defineComponent(() => {
    const feed = useFeed()
    return () => h('p', { 'data-state': feed.state }, `${feed.name}: ${feed.messages.length}`)
  })
  const pinia = createPinia()
  // As test/vue/server.test.ts renders it.
  pinia.state.value = { feed: { name: 'the feed' } }
  const { complaints, page, unmount } = mount(Root, {
    html: '<p data-state="idle">the feed: 0</p>',
    plugins: [pinia],
  })
  expect(page.textContent).toBe('the feed: 0')
  await soon(() => page.querySelector('p')?.dataset.state).toBe('connected')
  await room.order({ append: ['one'] })
  await soon(() => page.textContent).toBe('the feed: 1')
  expect(complaints).toEqual([])
  useFeed(pinia).$dispose()
  unmount()
})

test('provideTransports gives the components below a manager, and closes it with its component', async () => {
  const room = newRoom()
  const Feed = defineComponent(() => {
    const feed = useSSE({ url: `${room.url}/sse` })
    return () => h('p', { 'data-state': feed.state.value })
  })
  const Section = defineComponent(() => {
    const manager = provideTransports({ linger: 60_000 })
    const own = useSSE({ url: `${room.url}/sse` }, { manager })
    return () => [h('b', own.state.value), h(Feed)]
  })
  const shown = ref(true)
  const { complaints, page } = mount(() => (shown.value ? h(Section) : null))
  await soon(() => page.querySelector('p')?.dataset.state).toBe('connected')
  expect(page.querySelector('b')?.textContent).toBe('connected')
  expect(await openIn(room)).toBe(1)
  shown.value = false
  await room.until(none)
  expect(complaints).toEqual([])
})

test('a manager of your own outlives the application', async () => {
  const room = newRoom()
  const manager = new TransportManager({ linger: 60_000 })
  const feed = useSSE({ url: `${room.url}/sse` }, { manager })
  const Feed = defineComponent(() => {
    const { state } = useSSE({ url: `${room.url}/sse` })
    expect(useTransportManager()).toBe(manager)
    return () => h('p', state.value)
  })
  const { page, unmount } = mount(Feed, { manager })
  await soon(() => page.textContent).toBe('connected')
  unmount()
  expect(await openIn(room)).toBe(1)
  expect(feed.state.value).toBe('connected')
  manager.closeAll()
  await room.until(none)
  feed.stop()
})
