import { Component, type ReactNode } from 'react'
import { expect, test } from 'vitest'
import { TransportProvider, useMessages, useSSE, useTransport } from '../../src/react/index.ts'
import type { TransportError } from '../../src/sse.ts'
import { eventually } from './eventually.ts'
import { Feed, openStage } from './stage.tsx'

/** Shows the code and the sentence of what was thrown, and mounts its children again when told. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: TransportError | null }> {
  override state = { error: null as TransportError | null }
  static getDerivedStateFromError(error: TransportError) {
    return { error }
  }
  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <button type="button" onClick={() => this.setState({ error: null })}>
        {`${error.code}: ${error.message}`}
      </button>
    )
  }
}

const missing = { kind: 'refuse', status: 404 } as const

test('a hook outside of a provider says what to do', async () => {
  const { page, root } = openStage()
  root.render(
    <Boundary>
      <Feed url="/sse" />
    </Boundary>,
  )
  await eventually(() => page.textContent).toMatch(
    /^no_provider: .*put <TransportProvider> of statewire\/react around it/,
  )
})

test('an unknown type and a wrong option are told to the boundary, and other connections go on', async () => {
  const { page, render, room } = openStage()
  function Wrong({ config, type }: { readonly type: string; readonly config: object }) {
    return useTransport(type as 'sse', config as { url: string }).state
  }
  function Boundless() {
    return useMessages(useSSE({ url: `${room.url}/sse` }), { limit: 0 }).length
  }
  render([
    <Feed key="1" url={`${room.url}/sse`} />,
    <Boundary key="2">
      <Wrong type="carrier-pigeon" config={{ url: '/' }} />
    </Boundary>,
    <Boundary key="3">
      <Wrong type="sse" config={{ url: '/', connectTimeout: -1 }} />
    </Boundary>,
    <Boundary key="4">
      <Wrong type="sse" config={{}} />
    </Boundary>,
    <Boundary key="5">
      <Boundless />
    </Boundary>,
  ])
  const told = () => [...page.querySelectorAll('button')].map(({ textContent }) => textContent)
  await eventually(told).toEqual([
    expect.stringMatching(/^bad_option: Unknown transport type; known are sse/),
    expect.stringMatching(/^bad_option: Option connectTimeout/),
    expect.stringMatching(/^bad_url: Option url/),
    expect.stringMatching(/^bad_option: Option limit/),
  ])
  await room.order({ append: ['one'] })
  await eventually(() => page.querySelector('output')?.textContent).toBe('connected: one')
})

test('a connection beyond the limit is told to the boundary, and the one before goes on', async () => {
  const { page, room, root, sockets } = openStage()
  root.render(
    <TransportProvider options={{ limits: { connections: 1 } }}>
      <Feed url={`${room.url}/sse`} />
      <Boundary>
        <Feed url={`${room.url}/sse?second`} />
      </Boundary>
    </TransportProvider>,
  )
  await eventually(() => page.querySelector('button')?.textContent).toMatch(/^limit_reached: /)
  await room.order({ append: ['one'] })
  await eventually(() => page.querySelector('output')?.textContent).toBe('connected: one')
  await sockets(1)
})

test('a connection that fails is shown by the component, which can try again', async () => {
  const { page, render, room } = openStage()
  await room.order({ faults: [missing] })
  function Careful() {
    const { connect, error, state } = useSSE({ url: `${room.url}/sse` })
    return (
      <button type="button" onClick={connect}>
        {`${state} ${error?.code} ${error?.status}`}
      </button>
    )
  }
  render(
    <Boundary>
      <Careful />
    </Boundary>,
  )
  await eventually(() => page.textContent).toBe('error http_status 404')
  page.querySelector('button')?.click()
  await eventually(() => page.textContent).toBe('connected undefined undefined')
})

test('a connection that is cut says why it is down, and forgets it when it is up', async () => {
  const { page, render, room } = openStage()
  const seen: string[] = []
  function Told() {
    const { error, state } = useSSE({ url: `${room.url}/sse`, backoff: { base: 200 } })
    seen.push(`${state} ${error?.code ?? '-'}`)
    return <output>{state}</output>
  }
  render(<Told />)
  await eventually(() => page.textContent).toBe('connected')
  await room.order({ cut: true })
  await eventually(() => seen).toContainEqual(expect.stringMatching(/^reconnecting (interrupted|network)$/))
  await eventually(() => seen.at(-1)).toBe('connected -')
})

test('asked to, it throws into the boundary, and mounted again by the boundary it connects again', async () => {
  const { page, render, room } = openStage()
  await room.order({ faults: [missing] })
  function Trusting() {
    return <output>{useSSE({ url: `${room.url}/sse`, throwOnError: true }).state}</output>
  }
  render(
    <Boundary>
      <Trusting />
    </Boundary>,
  )
  await eventually(() => page.textContent).toMatch(/^http_status: /)
  page.querySelector('button')?.click()
  await eventually(() => page.textContent).toBe('connected')
})
