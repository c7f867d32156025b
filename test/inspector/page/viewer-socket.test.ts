import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ViewerSocket, viewerAddress, viewerSocket } from '../../../inspector/page/source/viewer-socket.ts'
import type { SourceState } from '../../../inspector/page/store.ts'
import type { HubMessage } from '../../../inspector/protocol/messages.ts'
import { settle } from '../../../src/testing/settle.ts'
import { token, type ViewerServer, viewerServer } from './viewer-server.ts'

let hub: ViewerServer
let socket: ViewerSocket
let messages: HubMessage[]
let states: SourceState[]

beforeEach(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'inspector-page-'))
  writeFileSync(join(directory, 'index.html'), '')
  hub = await viewerServer(directory)
  messages = []
  states = []
})
afterEach(async () => {
  socket.close()
  await hub.close()
})

const open = (withToken: string): void => {
  socket = viewerSocket({
    url: viewerAddress(new URL(hub.url)),
    token: withToken,
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
    random: () => 0,
  })
}

test('says its token first, hears what apps tell, and asks them', async () => {
  hub.greet = () => [{ app: 'chat#1', messages: [] }]
  open(token)
  await settle(() => messages.length === 1)
  expect(hub.tokens).toEqual([{ token }])
  expect(states).toEqual(['connecting', 'open'])
  socket.ask({ app: 'chat#1', asked: { kind: 'payload', seq: 3 } })
  await settle(() => hub.asked.length === 1)
  expect(hub.asked).toEqual([{ app: 'chat#1', asked: { kind: 'payload', seq: 3 } }])
})

test('comes back when the hub was lost, and says again what it wants', async () => {
  open(token)
  await settle(() => hub.viewers === 1)
  socket.ask({ app: 'chat#1', asked: { kind: 'want', contextOf: 'a', texts: false } })
  socket.ask({ app: 'chat#1', asked: { kind: 'want', contextOf: 'b', texts: true } })
  await settle(() => hub.asked.length === 2)
  hub.drop()
  await settle(() => hub.asked.length === 3)
  expect(hub.asked.at(-1)).toEqual({ app: 'chat#1', asked: { kind: 'want', contextOf: 'b', texts: true } })
  expect(states).toEqual(['connecting', 'open', 'waiting', 'open'])
})

test('does not knock again where its token was refused', async () => {
  open('wrong')
  await settle(() => states.includes('refused'))
  expect(states.at(-1)).toBe('refused')
  expect(hub.tokens).toHaveLength(1)
})

test('lets what is no message of a hub pass by', async () => {
  open(token)
  await settle(() => hub.viewers === 1)
  for (const nonsense of [null, 3, [], { app: 3, messages: [] }, { app: 'a' }, { app: 'a', messages: 'b' }]) {
    hub.tell(nonsense as unknown as HubMessage)
  }
  hub.tell({ app: 'a', gone: true })
  await settle(() => messages.length > 0)
  expect(messages).toEqual([{ app: 'a', gone: true }])
})
