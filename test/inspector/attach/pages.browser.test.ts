/**
 * Between real windows, and under React.
 *
 * @module
 */
import { useActor } from '@xstate/react'
import { createElement, StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, onTestFinished } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { type AppEnvelope, attachInspector, memoryLink, postMessageLink } from '../../../inspector/attach/index.ts'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'

const toggle = createMachine({
  id: 'toggle',
  initial: 'off',
  states: { off: { on: { flip: 'on' } }, on: { on: { flip: 'off' } } },
})

/** A window of this origin that looks, and what it heard. */
function openViewer() {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  onTestFinished(() => frame.remove())
  const window = frame.contentWindow as (Window & typeof globalThis) | null
  if (window === null) throw new Error('The frame has no window.')
  const heard: AppEnvelope[] = []
  window.addEventListener('message', ({ data }) => void heard.push(data))
  // Said by the frame's own code, so that it is the frame that says it.
  const say = window.Function('message', 'origin', 'parent.postMessage(message, origin)')
  return {
    window,
    heard,
    say: (message: unknown) => say(message, location.origin),
    kinds: () => heard.flatMap(({ messages }) => messages.map(({ kind }) => kind)),
  }
}

it('tells a window of the given origin, and hears it and no other', async () => {
  const viewer = openViewer()
  const stranger = openViewer()
  const link = postMessageLink(viewer.window, location.origin)
  onTestFinished(() => link.close())
  const actor = createActor(toggle).start()
  onTestFinished(attachInspector(actor, { link }))
  await expect.poll(viewer.kinds).toEqual(['hello'])
  const looks = { statewire: 'viewer', viewer: 'a', looks: true }
  stranger.say(looks)
  window.postMessage(looks, location.origin)
  actor.send({ type: 'flip' })
  viewer.say({ ...looks, looks: false })
  await expect.poll(viewer.kinds).toEqual(['hello'])
  expect(link.watched).toBe(false)
  viewer.say(looks)
  await expect.poll(viewer.kinds).toEqual(['hello', 'hello', 'definition', 'actor'])
  expect(stranger.heard).toEqual([])
  link.close()
  viewer.say({ ...looks, looks: false })
  actor.send({ type: 'flip' })
  expect(viewer.kinds()).not.toContain('event')
})

it('sends nothing to a window that has gone to another origin', async () => {
  const viewer = openViewer()
  const link = postMessageLink(viewer.window, 'https://inspector.example')
  onTestFinished(() => link.close())
  const other = postMessageLink(viewer.window, location.origin)
  onTestFinished(() => other.close())
  onTestFinished(attachInspector(createActor(toggle).start(), { link, name: 'for another origin' }))
  onTestFinished(attachInspector(createActor(toggle).start(), { link: other, name: 'for this one' }))
  await expect.poll(viewer.kinds).toEqual(['hello'])
  expect(viewer.heard[0]?.messages).toMatchObject([{ name: 'for this one' }])
})

it('shows a component’s actor under StrictMode once, and no phantom', async () => {
  const link = memoryLink()
  const told: AppMessage[] = []
  const viewer = link.view((messages) => void told.push(...messages))
  onTestFinished(() => viewer.leave())
  let flip = (): void => {}
  function Light() {
    const [snapshot, send, actor] = useActor(toggle)
    useEffect(() => attachInspector(actor, { link }), [actor])
    flip = () => send({ type: 'flip' })
    return createElement('output', null, String(snapshot.value))
  }
  const place = document.createElement('div')
  const root = createRoot(place)
  root.render(createElement(StrictMode, null, createElement(Light)))
  await expect.poll(() => place.textContent).toBe('off')
  await expect.poll(() => told.some(({ kind }) => kind === 'actor')).toBe(true)
  flip()
  await expect.poll(() => place.textContent).toBe('on')

  const living = new Set<string>()
  for (const message of told) {
    if (message.kind === 'actor') living.add(message.actor)
    if (message.kind === 'gone') living.delete(message.actor)
  }
  expect(living.size).toBe(1)
  expect(told.findLast(({ kind }) => kind === 'step')).toMatchObject({ actor: [...living][0], value: 'on' })
  root.unmount()
  await expect.poll(() => told.at(-1)?.kind).toBe('gone')
})
