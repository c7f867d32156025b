import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createActor, type SnapshotFrom } from 'xstate'
import { type BackendOptions, createBackend } from '../../docs/examples/backend.ts'
import { type ChatInput, chatMachine } from '../../docs/examples/embedding/chat-machine.ts'
import type { ConnectionInput } from '../../src/durable.ts'
import { hold, shapedStore } from '../../src/server/testing/shaped-store.ts'
import { until } from '../../src/testing/settle.ts'

type Snapshot = SnapshotFrom<typeof chatMachine>

/** Pieces of the room, the question among them. */
const beforeSilence = 7
const patience = { timeout: 15_000 }
const quick = { backoff: { base: 1, cap: 1 } }
const firstAnswer = /^I did not notice .* all of it, in order\.$/
const secondAnswer = /^A connection is a statechart .* about sockets\.$/

/**
 * The examples' own server, which refuses the next requests that it is told to. Of the first answer it says no more than a few
 * tokens until it may go on: on a busy machine it would be over before anybody listens.
 */
async function server(options: BackendOptions = {}) {
  const silence = hold()
  let said = 0
  const store = shapedStore({
    before: (operation) => (operation === 'append' && ++said > beforeSilence ? silence.held : undefined),
  })
  const backend = createBackend({ tokenMs: 15, store, ...options })
  const refusals: { readonly path: RegExp; readonly status: number }[] = []
  const handled: string[] = []
  const http = createServer((request, response) => {
    const { status } = refusals.find(({ path }) => path.test(request.url ?? '')) ?? {}
    if (status === undefined) void backend.handle(request, response).then(() => handled.push(request.url ?? ''))
    else response.writeHead(status).end()
  })
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (refusals.length > 0 || !backend.upgrade(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    silence.release()
    await backend.close()
    http.close()
    http.closeAllConnections()
  })
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const input: ChatInput = { url: `${origin}/v1/stream/rooms/chat`, orders: `${origin}/rooms/chat` }
  return { ...backend, refusals, handled, input, goOn: silence.release }
}

function startChat(input: ChatInput, connection: ConnectionInput = {}) {
  const chat = createActor(chatMachine, { input: { ...input, connection: { ...quick, ...connection } } })
  const lines: string[] = []
  chat.subscribe(({ context }) => {
    if (lines.at(-1) !== context.line) lines.push(context.line)
  })
  chat.start()
  onTestFinished(() => void chat.stop())
  return {
    chat,
    lines,
    reaches: (predicate: (snapshot: Snapshot) => boolean) => until(chat, predicate, patience),
  }
}

const isComposing = (snapshot: Snapshot): boolean => snapshot.matches('composing')
/** All that is said before the silence has come: nothing changes until the server may go on. */
const isHalfway = (snapshot: Snapshot): boolean =>
  snapshot.matches({ answering: 'streaming' }) && tokens(snapshot) === beforeSilence
const texts = ({ context }: Snapshot): string[] => context.conversation.messages.map(({ text }) => text)
const tokens = ({ context }: Snapshot): number => context.conversation.received

test('an exchange asks, streams the answer, and releases its connection', async () => {
  const backend = await server()
  const { chat, lines, reaches } = startChat(backend.input)
  expect(backend.sockets()).toBe(0)
  chat.send({ type: 'submit', text: '  ' })
  expect(chat.getSnapshot().value).toBe('composing')

  chat.send({ type: 'submit', text: 'Who are you?' })
  expect(chat.getSnapshot().matches({ answering: 'asking' })).toBe(true)
  await reaches(isHalfway)
  expect(backend.sockets()).toBe(1)
  backend.goOn()
  const answered = await reaches(isComposing)
  expect(texts(answered)).toEqual(['Who are you?', expect.stringMatching(firstAnswer)])
  expect(lines).toEqual(['closed', 'idle', 'connecting', 'connected', 'closed'])
  await expect.poll(() => backend.sockets()).toBe(0)

  chat.send({ type: 'submit', text: 'And now?' })
  const again = await reaches((snapshot) => isComposing(snapshot) && texts(snapshot).length === 4)
  expect(texts(again).at(-1)).toMatch(secondAnswer)
  expect(again.context.conversation).toMatchObject({ lost: 0, repeated: 0 })
})

test('a cut in the middle of the answer is no failure of the chat, and costs no token', async () => {
  const backend = await server()
  const { chat, lines, reaches } = startChat(backend.input)
  chat.send({ type: 'submit', text: 'Are you there?' })
  await reaches(isHalfway)
  expect(backend.cut()).toBe(1)
  backend.goOn()
  const answered = await reaches(isComposing)
  expect(lines).toEqual(['closed', 'idle', 'connecting', 'connected', 'reconnecting', 'connected', 'closed'])
  expect(texts(answered).at(-1)).toMatch(firstAnswer)
  expect(answered.context.conversation).toMatchObject({ lost: 0, repeated: 0 })
})

test('a question that the server refuses fails unasked, and is asked again', async () => {
  const backend = await server()
  backend.goOn()
  const { chat, reaches } = startChat(backend.input)
  backend.refusals.push({ path: /prompt/, status: 503 })
  chat.send({ type: 'submit', text: 'Hello?' })
  const failed = await reaches((snapshot) => snapshot.matches({ answering: { failed: 'unasked' } }))
  expect(failed.context.trouble).toBe('The server refused with 503.')
  expect(backend.sockets()).toBe(0)

  backend.refusals.pop()
  chat.send({ type: 'retry' })
  const answered = await reaches(isComposing)
  expect(texts(answered)).toEqual(['Hello?', expect.stringMatching(firstAnswer)])
})

test('a connection that gives up fails halfway; retry goes on behind the last token', async () => {
  const backend = await server()
  const { chat, reaches } = startChat(backend.input, { maxAttempts: 2 })
  chat.send({ type: 'submit', text: 'Hello?' })
  await reaches(isHalfway)
  backend.refusals.push({ path: /^\/v1\//, status: 403 })
  backend.cut()
  const failed = await reaches((snapshot) => snapshot.matches({ answering: { failed: 'halfway' } }))
  expect(failed.context.trouble).not.toBe('')
  expect(failed.context.line).toBe('error')
  const { id } = failed.context.conversation.messages.at(-1) ?? {}

  backend.refusals.pop()
  backend.goOn()
  chat.send({ type: 'retry' })
  const answered = await reaches(isComposing)
  expect(answered.context.conversation).toMatchObject({ lost: 0, repeated: 0 })
  expect(answered.context.conversation.messages.at(-1)).toMatchObject({ id, text: expect.stringMatching(firstAnswer) })
})

test('cancel breaks the answer off on the server, and hears how far it came', async () => {
  const backend = await server({ tokenMs: 30 })
  const { chat, reaches } = startChat(backend.input)
  chat.send({ type: 'submit', text: 'Tell me everything' })
  await reaches(isHalfway)
  chat.send({ type: 'cancel' })
  expect(chat.getSnapshot().matches({ answering: { streaming: 'cancelling' } })).toBe(true)
  await expect.poll(() => backend.handled).toContain('/rooms/chat/cancel')
  backend.goOn()
  const cancelled = await reaches(isComposing)
  const answer = cancelled.context.conversation.messages.at(-1)
  expect(answer).toMatchObject({ state: 'cancelled', text: expect.stringMatching(/^I did not/) })
  expect(answer?.text).not.toMatch(firstAnswer)
  await expect.poll(() => backend.sockets()).toBe(0)
})

test('what is left of an answer that was given up does not end the next one', async () => {
  const backend = await server()
  const { chat, reaches } = startChat(backend.input, { maxAttempts: 1 })
  chat.send({ type: 'submit', text: 'First' })
  await reaches(isHalfway)
  backend.refusals.push({ path: /^\/v1\//, status: 403 })
  backend.cut()
  await reaches((snapshot) => snapshot.matches({ answering: { failed: 'halfway' } }))
  chat.send({ type: 'dismiss' })
  backend.refusals.pop()
  backend.goOn()

  chat.send({ type: 'submit', text: 'Second' })
  const answered = await reaches(isComposing)
  expect(texts(answered)).toEqual([
    'First',
    expect.stringMatching(firstAnswer),
    'Second',
    expect.stringMatching(secondAnswer),
  ])
})

test('a chat that is stopped in the middle leaves no socket and no request behind', async () => {
  const backend = await server()
  const { chat, reaches } = startChat(backend.input)
  chat.send({ type: 'submit', text: 'Hello?' })
  await reaches(isHalfway)
  expect(backend.sockets()).toBe(1)
  chat.stop()
  await expect.poll(() => backend.sockets()).toBe(0)
})
