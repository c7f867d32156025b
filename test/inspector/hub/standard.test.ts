import { createWebSocketInspector } from '@statelyai/inspect'
import { expect, onTestFinished, test } from 'vitest'
import { createActor, createMachine, fromPromise } from 'xstate'
import type { HubMessage } from '../../../inspector/protocol/messages.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { settle } from '../../../src/testing/settle.ts'
import { app, hubUnderTest, viewer } from './rig.ts'

const light = createMachine({
  id: 'light',
  initial: 'red',
  states: {
    red: { tags: 'pending', on: { go: 'green' } },
    green: {
      invoke: { id: 'walk', src: fromPromise(async () => 'walked'), onDone: 'off' },
    },
    off: { type: 'final' },
  },
})

test('the standard inspector of XState, told nothing but our address, is followed to the end', async () => {
  const hub = await hubUnderTest()
  await app(hub, 'ours')
  const page = await viewer(hub)
  const inspector = createWebSocketInspector({ url: hub.appUrl })
  onTestFinished(() => inspector.stop())
  const actor = createActor(light, { inspect: inspector.inspect }).start()
  actor.send({ type: 'go' })
  const ended = (): boolean =>
    page.messagesOf('light#2').some((message) => message.kind === 'gone' && message.actor === actor.sessionId)
  await settle(ended, { describe: () => JSON.stringify(page.heard) })
  const messages = page.messagesOf('light#2')
  expect(messages[0]).toMatchObject({ kind: 'hello', name: 'light', runtime: 'other' })
  const steps = messages.filter((message) => message.kind === 'step' && message.actor === actor.sessionId)
  expect(steps.map((step) => Reflect.get(step, 'value'))).toEqual(['red', 'green', 'off'])
  expect(steps.map((step) => Reflect.get(step, 'taken'))).toEqual([null, null, null])
  expect(messages.filter(({ kind }) => kind === 'actor')).toMatchObject([
    { name: 'light', logic: 'machine', parent: null },
    { name: 'walk', logic: 'other', definition: null, parent: actor.sessionId },
  ])
  // What a page makes of it: a machine it can draw.
  const session = createSession()
  for (const told of page.heard as readonly HubMessage[]) session.apply(told)
  const definition = session.actors('light#2', null).find(({ name }) => name === 'light')?.definition
  expect(Object.keys(session.machine('light#2', definition ?? '')?.root.states ?? {}).sort()).toEqual([
    'green',
    'off',
    'red',
  ])
  // Contents are not kept: who asks is told so.
  page.ask('light#2', { kind: 'payload', seq: 1 })
  await settle(() => page.messagesOf('light#2').at(-1)?.kind === 'payload')
  expect(page.messagesOf('light#2').at(-1)).toEqual({ kind: 'payload', seq: 1, text: null })
})
