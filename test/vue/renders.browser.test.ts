import { expect, onTestFinished, test, vi } from 'vitest'
import { defineComponent, h, watch } from 'vue'
import { useMessages, useWebSocket } from '../../src/vue/index.ts'
import { mount, newRoom, none, soon } from './mount.ts'

const many = 10_000

test('10,000 messages render nothing in a component that reads the state', async () => {
  const room = newRoom()
  let renders = 0
  let heard = 0
  const Feed = defineComponent(() => {
    const { connection, error, state } = useWebSocket({ url: `${room.socketUrl}/ws` })
    connection.value.on('message', () => {
      heard += 1
    })
    return () => {
      renders += 1
      return h('p', { 'data-state': state.value }, error.value?.message)
    }
  })
  const { page, unmount } = mount(Feed)
  await soon(() => page.querySelector('p')?.dataset.state).toBe('connected')
  const before = renders
  await room.order({ fill: { count: many, size: 40 } })
  await soon(() => heard).toBe(many)
  expect(renders - before).toBe(0)
  unmount()
  await room.until(none)
})

test('with useMessages 10,000 messages are no more renders than frames, and the list holds the last of them', async () => {
  const room = newRoom()
  let renders = 0
  const Feed = defineComponent(() => {
    const messages = useMessages(useWebSocket({ url: `${room.socketUrl}/ws` }), { limit: 50 })
    return () => {
      renders += 1
      return h('p', messages.value.map(({ data }) => String(data).split(' ')[0]).join(' '))
    }
  })
  let frames = 0
  let counting = requestAnimationFrame(function count() {
    frames += 1
    counting = requestAnimationFrame(count)
  })
  const { page, unmount } = mount(Feed)
  await room.order({ fill: { count: many, size: 40 } })
  const last = Array.from({ length: 50 }, (_, index) => `${many - 50 + index}`).join(' ')
  await soon(() => page.textContent).toBe(last)
  cancelAnimationFrame(counting)
  console.log(`renders per ${many} messages: ${renders}, frames meanwhile: ${frames}`)
  // One for mounting, and one after a frame in which this counter had its turn before ours.
  expect(renders).toBeLessThanOrEqual(frames + 2)
  expect(renders).toBeLessThan(many / 20)
  unmount()
  await room.until(none)
})

test('a hidden page, which has no frames, still has its list, and in it no more than its limit', async () => {
  const room = newRoom()
  const never = vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(1)
  onTestFinished(() => never.mockRestore())
  let updates = 0
  const Feed = defineComponent(() => {
    const messages = useMessages(useWebSocket({ url: `${room.socketUrl}/ws` }), { limit: 3 })
    watch(messages, () => {
      updates += 1
    })
    return () => h('p', messages.value.map(({ data }) => String(data).split(' ')[0]).join(' '))
  })
  const { page, unmount } = mount(Feed)
  await room.order({ fill: { count: many, size: 40 } })
  await soon(() => page.textContent).toBe('9997 9998 9999')
  expect(never).toHaveBeenCalled()
  expect(updates).toBeLessThan(many / 20)
  unmount()
  await room.until(none)
})
