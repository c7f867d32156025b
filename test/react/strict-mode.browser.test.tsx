import { useActor } from '@xstate/react'
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { stateOf, webSocketConnection } from '../../src/websocket.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'

let room: RoomClient
let page: HTMLElement
beforeEach(() => {
  room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  page = document.body.appendChild(document.createElement('main'))
})
afterEach(() => page.remove())

function Feed({ onRender = () => {} }: { onRender?: () => void }) {
  const [snapshot, send, connection] = useActor(webSocketConnection, { input: { url: `${room.socketUrl}/ws` } })
  onRender()
  useEffect(() => {
    const subscription = connection.on('message', ({ message }) =>
      page.dispatchEvent(new CustomEvent('data', { detail: message.data })),
    )
    send({ type: 'connect' })
    return () => subscription.unsubscribe()
  }, [connection, send])
  return <output>{stateOf(snapshot)}</output>
}

/** Collects what the component hears, and waits until there is so much of it. */
function collect() {
  const data: string[] = []
  let look = (): void => {}
  page.addEventListener('data', (event) => {
    data.push((event as CustomEvent<string>).detail)
    look()
  })
  return {
    data,
    has: (count: number) =>
      new Promise<void>((resolve) => {
        look = () => data.length >= count && resolve()
        look()
      }),
  }
}

test('rule 1, StrictMode, connect in an effect: one socket open, messages delivered, none left after unmount', async () => {
  await room.order({ append: ['one', 'two'] })
  const heard = collect()
  const root = createRoot(page)
  root.render(
    <StrictMode>
      <Feed />
    </StrictMode>,
  )
  await heard.has(2)
  await expect.poll(() => page.textContent).toBe('connected')
  await room.until((state) => state.open.length === 1)
  expect(heard.data).toEqual(['one', 'two'])

  await room.order({ append: ['three'] })
  await heard.has(3)
  expect(heard.data).toEqual(['one', 'two', 'three'])
  expect((await room.until(() => true)).open).toHaveLength(1)

  root.unmount()
  const left = await room.until((state) => state.open.length === 0)
  expect(left.open).toEqual([])
})

test('a component that reads the state renders zero times per message', async () => {
  const heard = collect()
  let renders = 0
  const root = createRoot(page)
  root.render(<Feed onRender={() => renders++} />)
  await expect.poll(() => page.textContent).toBe('connected')
  const before = renders
  await room.order({ append: Array.from({ length: 500 }, (_, index) => `${index}`) })
  await heard.has(500)
  expect(renders).toBe(before)
  root.unmount()
  await room.until((state) => state.open.length === 0)
})
