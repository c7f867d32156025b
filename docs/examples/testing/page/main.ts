/**
 * The page of the example's test: renders the chat, and takes one walk through the chart when it is told to. The scripted
 * server lives in Node; Playwright's `exposeFunction` brings its calls here.
 *
 * @module
 */
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import type { Actor } from 'xstate'
import {
  type ConnectionPath,
  type ConnectionPeer,
  connectionPaths,
  driveConnection,
  type ModelEvent,
  type Step,
  settle,
  simulatedClock,
  walk,
} from '../../../../src/testing/index.ts'
import type { webSocketConnection } from '../../../../src/websocket.ts'
import { Chat, sentences } from '../chat.tsx'

declare global {
  interface Window {
    /** Calls a method of the peer in Node. */
    callPeer(method: keyof ConnectionPeer, argument?: string): Promise<unknown>
    walkNames(): string[]
    takeWalk(index: number, url: string): Promise<string[]>
  }
}

const peer: ConnectionPeer = {
  accept: async () => void (await window.callPeer('accept')),
  refuse: async (failure) => void (await window.callPeer('refuse', failure)),
  lose: async (failure) => void (await window.callPeer('lose', failure)),
  end: async () => void (await window.callPeer('end')),
  say: async (text) => void (await window.callPeer('say', text)),
  counts: async () => (await window.callPeer('counts')) as { held: number; open: number },
}

/** A browser is told nothing of a refused handshake, so that every refusal is a failure worth a retry. */
function drives({ failure = 'retry', type }: ModelEvent): boolean {
  return type.includes('.actor.') ? failure === 'retry' : true
}

const paths: readonly ConnectionPath[] = connectionPaths({
  input: { maxAttempts: 1 },
  protocol: 'browser-websocket',
  drives,
})

window.walkNames = () => paths.map(({ name }) => name)

window.takeWalk = async (index, url) => {
  const path = paths[index]
  if (path === undefined) throw new Error('There is no such walk.')
  const page = document.body.appendChild(document.createElement('div'))
  const root = createRoot(page)
  const clock = simulatedClock()
  const connection = await new Promise<Actor<typeof webSocketConnection>>((resolve) =>
    root.render(createElement(Chat, { input: { ...path.input, url }, clock, onConnection: resolve })),
  )
  const shown: string[] = []
  try {
    const drive = driveConnection({ peer, clock, actor: connection, own: (event) => click(page, event) })
    await walk(path, {
      drive,
      check: async (step) => {
        await check(page, step)
        shown.push(page.querySelector('output')?.textContent ?? '')
      },
    })
  } finally {
    root.unmount()
    page.remove()
  }
  return shown
}

/** Where the screen has a button for an event, the walk presses it. */
function click(page: HTMLElement, { type }: ModelEvent): boolean {
  const button = page.querySelector('button')
  const wanted = type === 'connect' ? 'Connect' : type === 'retry' ? 'Try now' : undefined
  if (wanted === undefined || button?.textContent !== wanted) return false
  button.click()
  return true
}

/** What must be on the screen in each state of the chart. */
async function check(page: HTMLElement, { snapshot, state }: Step): Promise<void> {
  const wanted = JSON.stringify({
    sentence: sentences[state],
    button:
      state === 'error'
        ? 'Connect'
        : snapshot.matches({ reconnecting: 'waiting' })
          ? 'Try now'
          : state === 'idle'
            ? 'Connect'
            : null,
    writable: snapshot.hasTag('online'),
  })
  const seen = (): string =>
    JSON.stringify({
      sentence: page.querySelector('output')?.textContent,
      button: page.querySelector('button')?.textContent ?? null,
      writable: page.querySelector('input')?.disabled === false,
    })
  await settle(() => seen() === wanted, { describe: () => `Expected ${wanted}, seen ${seen()}.` })
}
