/**
 * A room of the rig, a place in the page to render into, and a component that shows what a hook returns.
 *
 * @module
 */
import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { inject, onTestFinished } from 'vitest'
import { TransportProvider, type UsedTransport, useMessages, useSSE } from '../../src/react/index.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'

/** In ms: no test waits for a second that nobody may notice. */
const linger = 30

export interface Stage {
  readonly room: RoomClient
  readonly page: HTMLElement
  readonly root: Root
  /** Renders below a provider. */
  render(children: ReactNode): void
  /** Resolves when so many reads are open on the server. */
  sockets(count: number): Promise<void>
}

/** Everything is gone again when the test is over. */
export function openStage(): Stage {
  const room = newRoom()
  const page = document.body.appendChild(document.createElement('main'))
  // Errors that reach a boundary are what some tests are about; React would print them.
  const root = createRoot(page, { onCaughtError: () => {} })
  onTestFinished(() => {
    root.unmount()
    page.remove()
  })
  return {
    room,
    page,
    root,
    render: (children) => root.render(<TransportProvider options={{ linger }}>{children}</TransportProvider>),
    async sockets(count) {
      await room.until((state) => state.open.length === count)
    },
  }
}

export function newRoom(): RoomClient {
  return openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
}

/** Shows `state: messages` and counts how often it was rendered. */
export function Feed({ url, onRender }: { readonly url: string; readonly onRender?: () => void }) {
  const feed = useSSE({ url })
  onRender?.()
  return <Shown source={feed} />
}

export function Shown({ source }: { readonly source: UsedTransport<string, unknown> }) {
  const texts = useMessages(source, { select: ({ data }) => data })
  return <output>{`${source.state}: ${texts.join(' ')}`}</output>
}
