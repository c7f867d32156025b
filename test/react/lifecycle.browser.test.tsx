import { Activity, StrictMode, Suspense, use, useState } from 'react'
import { expect, test } from 'vitest'
import {
  TransportProvider,
  useDurable,
  useHTTPStream,
  useMessages,
  useSSE,
  useTransport,
  useWebSocket,
} from '../../src/react/index.ts'
import { eventually } from './eventually.ts'
import { Feed, newRoom, openStage, Shown } from './stage.tsx'

test('a component connects when it mounts, shows messages, resumes after a cut and leaves no socket behind', async () => {
  const { page, render, room, root, sockets } = openStage()
  await room.order({ append: ['one', 'two'] })
  render(<Feed url={`${room.url}/sse`} />)
  await eventually(() => page.textContent).toBe('connected: one two')
  await sockets(1)
  await room.order({ cut: true, append: ['three'] })
  await eventually(() => page.textContent).toBe('connected: one two three')
  await sockets(1)
  root.unmount()
  await sockets(0)
  expect((await room.until(() => true)).requests.map(({ position }) => position)).toEqual([null, '2'])
})

test('in StrictMode one socket is opened, and none is left after unmount', async () => {
  const { page, render, room, root, sockets } = openStage()
  await room.order({ append: ['one'] })
  render(
    <StrictMode>
      <Feed url={`${room.url}/sse`} />
    </StrictMode>,
  )
  await eventually(() => page.textContent).toBe('connected: one')
  await sockets(1)
  expect((await room.until(() => true)).requests).toHaveLength(1)
  root.unmount()
  await sockets(0)
})

test('StrictMode around the provider changes nothing either: one connection, and never another', async () => {
  const { page, room, root, sockets } = openStage()
  const connections = new Set<unknown>()
  function Watched() {
    const feed = useSSE({ url: `${room.url}/sse` })
    connections.add(feed.connection)
    return <Shown source={feed} />
  }
  root.render(
    <StrictMode>
      <TransportProvider>
        <Watched />
        <Feed url={`${room.url}/sse`} />
      </TransportProvider>
    </StrictMode>,
  )
  await eventually(() => page.textContent).toBe('connected: connected: ')
  await sockets(1)
  expect((await room.until(() => true)).requests).toHaveLength(1)
  // StrictMode renders the first time twice, and keeps what it made the second time.
  expect(connections.size).toBeLessThanOrEqual(2)
  root.unmount()
  await sockets(0)
})

test('hidden by Activity for long a component lets go, shown again it connects again, with one socket', async () => {
  const { page, render, room, sockets } = openStage()
  await room.order({ append: ['one'] })
  // The same element each time: shown again, its effects run without a render.
  const feed = <Feed url={`${room.url}/sse`} />
  render(<Activity mode="visible">{feed}</Activity>)
  await eventually(() => page.textContent).toBe('connected: one')
  render(<Activity mode="hidden">{feed}</Activity>)
  await sockets(0)
  render(<Activity mode="visible">{feed}</Activity>)
  await sockets(1)
  await room.order({ append: ['two'] })
  await eventually(() => page.textContent).toBe('connected: one two')
  await sockets(1)
})

test('shown again by Activity it joins the connection that another component has opened meanwhile', async () => {
  const { page, render, room, sockets } = openStage()
  const feed = <Feed url={`${room.url}/sse`} />
  const both = (mode: 'visible' | 'hidden', other: boolean) =>
    render([
      <Activity key="1" mode={mode}>
        {feed}
      </Activity>,
      other && <Feed key="2" url={`${room.url}/sse`} />,
    ])
  both('visible', false)
  await sockets(1)
  both('hidden', false)
  await sockets(0)
  both('hidden', true)
  await sockets(1)
  both('visible', true)
  await eventually(() => page.textContent).toBe('connected: connected: ')
  await room.order({ append: ['one'] })
  await eventually(() => page.textContent).toBe('connected: oneconnected: one')
  const { open, requests } = await room.until(() => true)
  expect({ open: open.length, requests: requests.length }).toEqual({ open: 1, requests: 2 })
})

test('hidden and shown again by Activity within the linger it keeps its connection', async () => {
  const { page, room, root, sockets } = openStage()
  const show = (mode: 'visible' | 'hidden') =>
    root.render(
      <TransportProvider options={{ linger: 60_000 }}>
        <Activity mode={mode}>
          <Feed url={`${room.url}/sse`} />
        </Activity>
      </TransportProvider>,
    )
  show('visible')
  await eventually(() => page.textContent).toBe('connected: ')
  show('hidden')
  await eventually(() => page.querySelector('output')?.style.display).toBe('none')
  show('visible')
  await eventually(() => page.querySelector('output')?.style.display).toBe('')
  await room.order({ append: ['one'] })
  await eventually(() => page.textContent).toBe('connected: one')
  await sockets(1)
  expect((await room.until(() => true)).requests).toHaveLength(1)
})

test('a provider inside of an Activity closes when it is hidden and serves again when it is shown', async () => {
  const { page, room, root, sockets } = openStage()
  const tree = (
    <TransportProvider options={{ linger: 60_000 }}>
      <Feed url={`${room.url}/sse`} />
      <Feed url={`${room.url}/sse`} />
    </TransportProvider>
  )
  root.render(<Activity mode="visible">{tree}</Activity>)
  await sockets(1)
  root.render(<Activity mode="hidden">{tree}</Activity>)
  await sockets(0)
  root.render(<Activity mode="visible">{tree}</Activity>)
  await sockets(1)
  await room.order({ append: ['one'] })
  await eventually(() => page.textContent).toBe('connected: oneconnected: one')
  await sockets(1)
})

test('a tree that suspends beside the hook opens one socket once it is there', async () => {
  const { page, render, room, sockets } = openStage()
  let resolve: (text: string) => void = () => {}
  const promise = new Promise<string>((settle) => {
    resolve = settle
  })
  function Slow() {
    return <p>{use(promise)}</p>
  }
  function Whole() {
    const feed = useSSE({ url: `${room.url}/sse` })
    return (
      <>
        <Slow />
        <Shown source={feed} />
      </>
    )
  }
  render(
    <Suspense fallback="waiting">
      <Whole />
    </Suspense>,
  )
  await eventually(() => page.textContent).toBe('waiting')
  expect((await room.until(() => true)).requests).toHaveLength(0)
  resolve('here ')
  await eventually(() => page.textContent).toBe('here connected: ')
  await sockets(1)
  expect((await room.until(() => true)).requests).toHaveLength(1)
})

test('another url is another connection: the old one is let go and nothing of it is shown any more', async () => {
  const { page, render, room, sockets } = openStage()
  const other = newRoom()
  await room.order({ append: ['old'] })
  await other.order({ append: ['new'] })
  render(<Feed url={`${room.url}/sse`} />)
  await eventually(() => page.textContent).toBe('connected: old')
  render(<Feed url={`${other.url}/sse`} />)
  await room.order({ append: ['late'] })
  await eventually(() => page.textContent).toBe('connected: new')
  await sockets(0)
  await other.until((state) => state.open.length === 1)
  expect(page.textContent).toBe('connected: new')
})

test('a new configuration object on each render keeps the connection, whatever else is in it', async () => {
  const { page, render, room } = openStage()
  let renderAgain = (): void => {}
  function Restless() {
    const [count, setCount] = useState(0)
    renderAgain = () => setCount(count + 1)
    const feed = useSSE({ url: new URL(`${room.url}/sse`), observe: () => {}, backoff: { base: 100 + count } })
    return <output>{`${feed.state} ${count}`}</output>
  }
  render(<Restless />)
  await eventually(() => page.textContent).toBe('connected 0')
  for (const count of [1, 2, 3]) {
    renderAgain()
    await eventually(() => page.textContent).toBe(`connected ${count}`)
  }
  expect((await room.until(() => true)).requests).toHaveLength(1)
})

test('the key decides what is shared: the same one once, another one twice', async () => {
  const { page, render, room, sockets } = openStage()
  function Keyed({ name }: { readonly name: string }) {
    return <output>{useSSE({ url: `${room.url}/sse`, key: name }).state}</output>
  }
  render([<Keyed key="1" name="a" />, <Keyed key="2" name="a" />, <Keyed key="3" name="b" />])
  await eventually(() => page.textContent).toBe('connectedconnectedconnected')
  await sockets(2)
  render([<Keyed key="1" name="a" />])
  await sockets(1)
})

test('told not to connect it waits to be told; closed, it connects afresh for all who share it', async () => {
  const { page, render, room, sockets } = openStage()
  let chat: { connect(): void; close(): void } | undefined
  function Waiting() {
    const used = useSSE({ url: `${room.url}/sse`, connect: false })
    chat = used
    return <Shown source={used} />
  }
  render([<Waiting key="1" />, <Waiting key="2" />])
  await eventually(() => page.textContent).toBe('idle: idle: ')
  expect((await room.until(() => true)).requests).toHaveLength(0)
  chat?.connect()
  await sockets(1)
  await room.order({ append: ['one'] })
  await eventually(() => page.textContent).toBe('connected: oneconnected: one')
  chat?.close()
  await sockets(0)
  await eventually(() => page.textContent).toBe('closed: oneclosed: one')
  chat?.connect()
  await eventually(() => page.textContent).toBe('connected: oneconnected: one')
  await sockets(1)
})

test('each protocol has its hook', async () => {
  const { page, render, room, sockets } = openStage()
  await room.order({ append: ['7'] })
  function All() {
    const socket = useWebSocket({ url: `${room.socketUrl}/ws` })
    const lines = useHTTPStream({ url: `${room.url}/ndjson`, format: 'ndjson' })
    const durable = useDurable({ url: `${room.url}/v1/stream/log` })
    const polled = useTransport('long-poll', { url: `${room.url}/v1/stream/log` })
    const counts = [useMessages(socket), useMessages(lines), useMessages(durable)].map(({ length }) => length)
    return <output>{`${[socket, lines, durable, polled].map(({ state }) => state)} ${counts}`}</output>
  }
  render(<All />)
  // The first to use them loads their code.
  await eventually(() => page.textContent).toBe('connected,connected,connected,connected 1,1,1')
  render(null)
  await sockets(0)
})

test('what is sent reaches the server', async () => {
  const { page, render, room } = openStage()
  let send: ((text: string) => Promise<void>) | undefined
  function Sender() {
    const socket = useWebSocket({ url: `${room.socketUrl}/ws` })
    send = socket.send
    return <output>{socket.state}</output>
  }
  render(<Sender />)
  await eventually(() => page.textContent).toBe('connected')
  await send?.('hello')
  await room.until(({ received }) => received.some(({ body }) => body === 'hello'))
})
