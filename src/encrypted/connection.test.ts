/**
 * Over real connections, with a server between the ends that lies.
 */
import { EventEmitter, once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createActor, waitFor } from 'xstate'
import { stateOf } from '../../machines/connection.ts'
import { type Codec, text } from '../codecs/codec.ts'
import { connection } from '../connection/connection.ts'
import type { ConnectionActor, ConnectionLogic } from '../connection/logic.ts'
import { positionOf } from '../connection/position-of.ts'
import { sendOver } from '../connection/send-over.ts'
import { sse } from '../transports/sse.ts'
import { webSocket } from '../transports/websocket.ts'
import { encrypted } from './codec.ts'
import type { KeyRing } from './key-ring.ts'
import { Relay } from './testing/relay.ts'
import { codeOf, keyBytes, randomKey, ringOfOne } from './testing/tokens.ts'

const room = (keys: KeyRing): (() => Codec<string>) => encrypted({ keys, channel: 'room', codec: text })

/** Connects an actor and keeps what it says, in order: messages as they are, errors as their codes. */
async function listen<Input extends object>(logic: ConnectionLogic<Input, string, string>, input: Input) {
  const actor: ConnectionActor<Input, string, string> = createActor(logic, { input })
  const heard: string[] = []
  actor.on('message', ({ message }) => heard.push(message.data))
  actor.on('error', ({ error }) => heard.push(`<${error.code}>`))
  actor.start()
  onTestFinished(() => void actor.stop())
  actor.send({ type: 'connect' })
  await waitFor(actor, (snapshot) => snapshot.matches('connected'))
  return { actor, heard }
}

/** Six good messages, with everything a server can do to them in between. */
async function attacks(keys: KeyRing): Promise<{ readonly tokens: string[]; readonly heard: string[] }> {
  const sender = room(keys)()
  const seal = async (value: string): Promise<string> => String(await sender.encode(value))
  const strange = { current: 'k9', get: async () => randomKey() }
  const elsewhere = encrypted({ keys, channel: 'another room', codec: text })()
  const good = []
  for (const value of ['1', '2', '3', '4', '5', '6']) good.push(await seal(value))
  const [one = '', two = '', three = '', four = '', five = '', six = ''] = good
  const steps: [string, string][] = [
    [one, '1'],
    [two.replace(/\.[^.]*$/, `.${'A'.repeat(22)}`), '<decrypt_failed>'],
    [two, '2'],
    [one, '<replayed>'],
    [three, '3'],
    [String(await elsewhere.encode('spliced')), '<wrong_channel>'],
    [four.slice(0, -30), '<decrypt_failed>'],
    [four, '4'],
    [String(await encrypted({ keys: strange, channel: 'room', codec: text })().encode('x')), '<unknown_key>'],
    ['in plain words', '<decrypt_failed>'],
    [five, '5'],
    [five, '<replayed>'],
    [six, '6'],
    [six.slice(1), '<decrypt_failed>'],
  ]
  return { tokens: steps.map(([token]) => token), heard: steps.map(([, outcome]) => outcome) }
}

test('over SSE each attack is an error event, all else is delivered in order, and the position goes on', async () => {
  const keys = await ringOfOne()
  const relay = await new Relay().listen()
  const { actor, heard } = await listen(connection(sse, { codec: room(keys) }), { url: relay.url })
  const script = await attacks(keys)
  relay.tell(...script.tokens)
  await vi.waitFor(() => expect(heard).toEqual(script.heard))
  expect(positionOf(actor)).toBe(String(script.tokens.length))
  expect(stateOf(actor.getSnapshot())).toBe('connected')
})

test('over WebSocket each attack is an error event, and all else is delivered in order', async () => {
  const keys = await ringOfOne()
  const relay = await new Relay().listen()
  const { actor, heard } = await listen(connection(webSocket, { codec: room(keys) }), { url: relay.webSocketUrl })
  const script = await attacks(keys)
  relay.tell(...script.tokens)
  await vi.waitFor(() => expect(heard).toEqual(script.heard))
  expect(stateOf(actor.getSnapshot())).toBe('connected')
})

test('two connections of one logic talk, and the server between them reads nothing', async () => {
  const relay = await new Relay().listen()
  const logic = connection(webSocket, { codec: room(await ringOfOne()) })
  const input = { url: relay.webSocketUrl }
  const [alice, bob] = await Promise.all([listen(logic, input), listen(logic, input)])
  await Promise.all(['a', 'canary'].map((value) => sendOver(alice.actor, value)))
  await sendOver(bob.actor, 'b')
  await vi.waitFor(() => expect(relay.sent).toHaveLength(3))
  const wire = relay.sent.flatMap((token) => [token, ...token.split('.').map((part) => Buffer.from(part, 'base64url'))])
  expect(wire.join()).not.toContain('canary')
  expect(wire.join()).not.toContain(Buffer.from(keyBytes).toString('base64url'))
  relay.tell(...relay.sent)
  for (const { heard } of [alice, bob]) {
    await vi.waitFor(() => expect([...heard].sort()).toEqual(['a', 'b', 'canary']))
    expect(heard.indexOf('a')).toBeLessThan(heard.indexOf('canary'))
  }
})

test('a resumed stream misses nothing and refuses nothing', async () => {
  const keys = await ringOfOne()
  const relay = await new Relay().listen()
  const { actor, heard } = await listen(connection(sse, { codec: room(keys) }), { url: relay.url })
  const sender = room(keys)()
  relay.tell(String(await sender.encode('before')))
  await vi.waitFor(() => expect(heard).toEqual(['before']))
  relay.cut()
  await waitFor(actor, (snapshot) => snapshot.matches('reconnecting'))
  relay.tell(String(await sender.encode('meanwhile')))
  await vi.waitFor(() => expect(heard).toEqual(['before', 'meanwhile']), { timeout: 5_000 })
  relay.tell(String(await sender.encode('after')))
  await vi.waitFor(() => expect(heard).toEqual(['before', 'meanwhile', 'after']))
})

test('a server that begins anew after a cut repeats in vain', async () => {
  const keys = await ringOfOne()
  const relay = await new Relay().listen()
  relay.forgetsPositions = true
  const { actor, heard } = await listen(connection(sse, { codec: room(keys) }), { url: relay.url })
  const sender = room(keys)()
  relay.tell(String(await sender.encode('1')), String(await sender.encode('2')))
  await vi.waitFor(() => expect(heard).toEqual(['1', '2']))
  relay.cut()
  await waitFor(actor, (snapshot) => snapshot.matches('reconnecting'))
  relay.tell(String(await sender.encode('3')))
  await vi.waitFor(() => expect(heard).toEqual(['1', '2', '<replayed>', '<replayed>', '3']), { timeout: 5_000 })
})

test('a key that comes late opens what comes later', async () => {
  const [here, there] = [await ringOfOne(), await ringOfOne()]
  const relay = await new Relay().listen()
  const { heard } = await listen(connection(sse, { codec: room(here) }), { url: relay.url })
  const sender = room(there)()
  const key = await randomKey()
  relay.tell(String(await sender.encode('old key')))
  there.add('k2', key)
  there.use('k2')
  relay.tell(String(await sender.encode('too early')))
  await vi.waitFor(() => expect(heard).toEqual(['old key', '<unknown_key>']))
  here.add('k2', key)
  relay.tell(String(await sender.encode('new key')))
  await vi.waitFor(() => expect(heard).toEqual(['old key', '<unknown_key>', 'new key']))
})

test('a message is not read past one whose key is still being fetched', async () => {
  const keys = await ringOfOne()
  const relay = await new Relay().listen()
  const keyServer = new EventEmitter()
  const [asked, answered] = [once(keyServer, 'asked'), once(keyServer, 'answered')]
  const slow = {
    current: 'k1',
    get(kid: string) {
      keyServer.emit('asked')
      return kid === 'k1' ? answered.then(() => keys.get(kid)) : undefined
    },
  }
  const codec = encrypted({ keys: slow, channel: 'room', codec: text })
  const { heard } = await listen(connection(webSocket, { codec }), { url: relay.webSocketUrl })
  const script = await attacks(keys)
  relay.tell(...script.tokens)
  await asked
  expect(heard).toEqual([])
  keyServer.emit('answered')
  await vi.waitFor(() => expect(heard).toEqual(script.heard))
})

test('a send that cannot be encrypted is rejected with its own code, and the connection goes on', async () => {
  const keys = await ringOfOne()
  const relay = await new Relay().listen()
  const codec = encrypted({ keys, channel: 'room', codec: text, messagesPerKey: 1 })
  const { actor } = await listen(connection(webSocket, { codec }), { url: relay.webSocketUrl })
  await sendOver(actor, 'fits')
  expect(await codeOf(sendOver(actor, 'one too many'))).toBe('encode_failed')
  keys.add('k2', await randomKey())
  keys.use('k2')
  await sendOver(actor, 'fits again')
  await vi.waitFor(() => expect(relay.sent).toHaveLength(2))
  expect(stateOf(actor.getSnapshot())).toBe('connected')
})
