import { expect, onTestFinished, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { attachInspector, webSocketLink } from '../../../inspector/attach/index.ts'
import { settle } from '../../../src/testing/settle.ts'
import { app, heardOf, hubUnderTest, viewer } from './rig.ts'

const door = createMachine({
  id: 'door',
  initial: 'shut',
  states: { shut: { on: { open: 'ajar' } }, ajar: { after: { 60000: 'shut' } } },
})

test('an attached actor is seen from the first page that looks: its machine, its state, its steps, its payloads', async () => {
  const hub = await hubUnderTest()
  await app(hub, 'other')
  const page = await viewer(hub)
  await heardOf(page, 'other#1', 1)
  const link = webSocketLink({ url: hub.appUrl })
  onTestFinished(() => link.close())
  const actor = createActor(door).start()
  onTestFinished(() => void actor.stop())
  onTestFinished(attachInspector(actor, { link, name: 'house' }))
  const seen = (): string => JSON.stringify(page.messagesOf('house#2'))
  await heardOf(page, 'house#2', 2)
  actor.send({ type: 'open', by: 'me' })
  await settle(() => seen().includes('"value":"ajar"'), { describe: seen })
  const messages = page.messagesOf('house#2')
  expect(messages[0]).toMatchObject({ kind: 'hello', name: 'house', runtime: 'node' })
  expect(seen()).toContain('"taken":["door.shut open 0"]')
  await settle(() => page.messagesOf('house#2').some(({ kind }) => kind === 'definition'), { describe: seen })
  const event = messages.find((message) => message.kind === 'event' && message.type === 'open')
  page.ask('house#2', { kind: 'payload', seq: event !== undefined && 'seq' in event ? event.seq : -1 })
  await settle(() => page.messagesOf('house#2').some(({ kind }) => kind === 'payload'), { describe: seen })
  expect(page.messagesOf('house#2').at(-1)).toMatchObject({ kind: 'payload', text: expect.stringContaining('me') })
})
