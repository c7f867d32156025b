import { expect, test } from 'vitest'
import { defineComponent, h, KeepAlive, nextTick, ref, Suspense } from 'vue'
import { useMessages, useSSE } from '../../src/vue/index.ts'
import { later, mount, newRoom, none, one, openIn, soon } from './mount.ts'

/** A feed that can be put aside, and something to show in its place. */
function aside(url: string, whenDeactivated?: 'stay' | 'let-go') {
  const shown = ref(true)
  const Feed = defineComponent(() => {
    const feed = useSSE({ url }, { whenDeactivated })
    const messages = useMessages(feed)
    return () => h('p', { 'data-state': feed.state.value }, messages.value.map(({ data }) => data).join(' '))
  })
  const Other = defineComponent(() => () => h('i'))
  const Root = defineComponent(() => () => h(KeepAlive, () => h(shown.value ? Feed : Other)))
  return { Root, shown }
}

test('under KeepAlive a deactivated component stays connected and goes on receiving, over the same socket', async () => {
  const room = newRoom()
  const { Root, shown } = aside(`${room.url}/sse`)
  const { complaints, page, unmount } = mount(Root)
  const state = () => page.querySelector('p')?.dataset.state
  await soon(state).toBe('connected')
  shown.value = false
  await nextTick()
  expect(state()).toBe(undefined)
  await room.order({ append: ['unseen'] })
  expect(await openIn(room)).toBe(1)
  shown.value = true
  await soon(() => page.querySelector('p')?.textContent).toBe('unseen')
  expect((await room.until(one)).requests).toHaveLength(1)
  shown.value = false
  await nextTick()
  unmount()
  await room.until(none)
  expect(complaints).toEqual([])
})

test('with let-go it leaves no socket while it is deactivated, and connects again when it is back', async () => {
  const room = newRoom()
  const { Root, shown } = aside(`${room.url}/sse`, 'let-go')
  const { complaints, page, unmount } = mount(Root)
  const state = () => page.querySelector('p')?.dataset.state
  await soon(state).toBe('connected')
  await room.until(one)
  shown.value = false
  await room.until(none)
  shown.value = true
  await soon(state).toBe('connected')
  await room.until(one)
  await room.order({ append: ['seen'] })
  await soon(() => page.querySelector('p')?.textContent).toBe('seen')
  shown.value = false
  await room.until(none)
  unmount()
  expect((await room.until(none)).requests).toHaveLength(2)
  expect(complaints).toEqual([])
})

test('a component that is back before the linger is over finds its connection as it was', async () => {
  const room = newRoom()
  const { Root, shown } = aside(`${room.url}/sse`, 'let-go')
  const { page, unmount } = mount(Root, { manager: { linger: 60_000 } })
  const state = () => page.querySelector('p')?.dataset.state
  await soon(state).toBe('connected')
  shown.value = false
  await nextTick()
  shown.value = true
  await nextTick()
  expect(state()).toBe('connected')
  expect((await room.until(one)).requests).toHaveLength(1)
  // The application closes what it owns, linger or not.
  unmount()
  await room.until(none)
})

test('in async setup under Suspense it connects when the component is there; one that never gets there opens nothing', async () => {
  const room = newRoom()
  const { promise: data, resolve: arrive } = later<string>()
  const shown = ref<'pending' | 'gone'>('pending')
  const Slow = defineComponent(async () => {
    const feed = useSSE({ url: `${room.url}/sse` })
    const text = await data
    return () => h('p', { 'data-state': feed.state.value }, text)
  })
  const Never = defineComponent(async () => {
    useSSE({ url: `${room.url}/ndjson` })
    await later().promise
    return () => null
  })
  const Root = defineComponent(() => () => [
    h(Suspense, null, { default: () => h(Slow), fallback: () => h('i', 'loading') }),
    h(Suspense, null, { default: () => (shown.value === 'pending' ? h(Never) : h('b', 'gone')) }),
  ])
  const { page, unmount } = mount(Root)
  expect(page.querySelector('i')?.textContent).toBe('loading')
  expect((await room.until(() => true)).requests).toEqual([])
  arrive('here')
  await soon(() => page.querySelector('p')?.dataset.state).toBe('connected')
  shown.value = 'gone'
  await soon(() => page.querySelector('b')?.textContent).toBe('gone')
  const { open, requests } = await room.until(one)
  expect([open.length, requests.map(({ endpoint }) => endpoint)]).toEqual([1, ['sse']])
  unmount()
  await room.until(none)
})
