import { expect, test } from 'vitest'
import { createSSRApp, defineAsyncComponent, defineComponent, h, Suspense } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { transportPlugin, useMessages, useSSE } from '../../src/vue/index.ts'
import { later, mount, newRoom, none, one, soon } from './mount.ts'

function feedOf(url: string) {
  return defineComponent(() => {
    const { connection, state } = useSSE({ url })
    const messages = useMessages({ connection })
    return () => h('p', { 'data-state': state.value }, messages.value.map(({ data }) => data).join(' '))
  })
}

test('what was rendered without a connection is hydrated without a mismatch, and then connects', async () => {
  const room = newRoom()
  await room.order({ append: ['one'] })
  const Feed = feedOf(`${room.url}/sse`)
  const html = await renderToString(createSSRApp(Feed).use(transportPlugin()))
  expect(html).toBe('<p data-state="idle"></p>')
  expect((await room.until(() => true)).requests).toEqual([])

  const { complaints, page, unmount } = mount(Feed, { html })
  expect(page.querySelector('p')?.dataset.state).toBe('idle')
  await soon(() => page.querySelector('p')?.dataset.state).toBe('connected')
  await soon(() => page.textContent).toBe('one')
  await room.until(one)
  unmount()
  await room.until(none)
  expect(complaints).toEqual([])
})

test('a part that hydrates late finds a shared connection up, and still takes over what the server rendered', async () => {
  const room = newRoom()
  const Feed = feedOf(`${room.url}/sse`)
  const { promise: arrival, resolve: arrive } = later<typeof Feed>()
  const parts = (Late: ReturnType<typeof defineAsyncComponent> | typeof Feed) => () => [
    h(Feed),
    h(Suspense, null, { default: () => h('section', [h(Late)]) }),
  ]
  const html = await renderToString(createSSRApp(parts(Feed)).use(transportPlugin()))
  const { complaints, page, unmount } = mount(parts(defineAsyncComponent(() => arrival)), { html })
  await soon(() => page.querySelector('p')?.dataset.state).toBe('connected')
  const late = page.querySelector<HTMLElement>('section p')
  expect(late?.dataset.state).toBe('idle')
  arrive(Feed)
  await soon(() => page.querySelector<HTMLElement>('section p')?.dataset.state).toBe('connected')
  // Taken over, not made anew.
  expect(page.querySelector('section p')).toBe(late)
  expect((await room.until(one)).requests).toHaveLength(1)
  unmount()
  await room.until(none)
  expect(complaints).toEqual([])
})
