/**
 * What is told of statewire's own: what passes a connection over the wire, how it is, and every connection of a manager.
 *
 * @module
 */
import { expect, it, onTestFinished } from 'vitest'
import { createActor, setup } from 'xstate'
import { attachInspector } from '../../../inspector/attach/index.ts'
import { stateOf } from '../../../src/core.ts'
import { shareConnection, TransportManager } from '../../../src/manager/transport-manager.ts'
import { sseConnection } from '../../../src/sse.ts'
import { accept, type Item, respond } from '../../../src/testing/server.ts'
import { settle, until } from '../../../src/testing/settle.ts'
import { webSocketConnection } from '../../../src/websocket.ts'
import { openScripted, runTransports, steady } from '../../manager/manager-rig.ts'
import { type Inspected, inspected } from './inspected.ts'

/** Event streams of a real server that goes on for as long as the test does. */
async function openEvents(items: readonly Item[] = []) {
  const server = await openScripted()
  server.script([accept(items)], 'repeat')
  return { server, streamUrl: (name: string) => `${server.url}/${name}` }
}

/** A connection to one, that is not connected yet. */
async function openFeed() {
  const { server, streamUrl } = await openEvents([{ data: 'hello', id: '1' }])
  const actor = createActor(sseConnection, { input: { url: `${streamUrl('feed')}?token=hunter2` } }).start()
  onTestFinished(() => void actor.stop())
  const push = async (data: string, id: string) => server.exchanges[0]?.send({ data, id })
  return { push, actor }
}

function frames({ of }: Inspected, what: string): unknown[] {
  return of('frame').filter((frame) => frame.what === what)
}

it('tells each message that comes, with its size and position, and its text only where it is wanted', async () => {
  const { actor, push } = await openFeed()
  const looked = inspected(actor)
  actor.send({ type: 'connect' })
  await settle(() => frames(looked, 'message').length === 1)
  const position = looked.last('frame').position
  expect(looked.last('frame')).toMatchObject({ direction: 'in', bytes: 5, text: null, position: expect.any(String) })

  looked.viewer.ask({ kind: 'want', contextOf: null, texts: true })
  await push('{"password":"hunter2","text":"hi"}', '2')
  await settle(() => frames(looked, 'message').length === 2)
  const frame = looked.last('frame')
  expect(frame.text).toBe('{"password":"•••• ≤8","text":"hi"}')
  expect(frame.position).not.toBe(position)

  looked.viewer.ask({ kind: 'payload', seq: frame.seq })
  expect(looked.last('payload').text).toContain('•••• ≤8')
  expect(JSON.stringify(looked.told)).not.toContain('hunter2')
})

it('tells how a connection is, at most twice a second, and only when that has changed', async () => {
  const { actor } = await openFeed()
  const looked = inspected(actor)
  actor.send({ type: 'connect' })
  await settle(() => frames(looked, 'message').length === 1)
  await looked.clock.advance(500)
  expect(looked.last('health')).toMatchObject({ received: 1, sent: 0, queued: 0, attempt: 0, failure: null })
  expect(looked.last('health').position).toBe(looked.last('frame').position)
  await looked.clock.advance(5_000)
  expect(looked.of('health').length).toBeLessThanOrEqual(11)
})

it('tells why a connection failed, in words without a secret', async () => {
  const actor = createActor(webSocketConnection, {
    input: { url: 'ws://127.0.0.1:9/?token=hunter2', backoff: { base: 100_000 } },
  }).start()
  onTestFinished(() => void actor.stop())
  const looked = inspected(actor)
  actor.send({ type: 'connect' })
  await settle(() => stateOf(actor.getSnapshot()) === 'reconnecting')
  await looked.clock.advance(500)
  expect(looked.last('health')).toMatchObject({ attempt: 1, failure: { code: 'network' } })
  expect(looked.last('timer').event).toContain('xstate.after.backoff')
  expect(JSON.stringify(looked.told)).not.toContain('hunter2')
})

it('hears a connection again that is stopped and started, and leaves it alone when nobody looks', async () => {
  const { actor, push } = await openFeed()
  const looked = inspected(actor)
  actor.send({ type: 'connect' })
  await settle(() => frames(looked, 'message').length === 1)
  looked.viewer.leave()
  let received = 0
  actor.on('message', () => received++)
  await push('unheard', '2')
  await settle(() => received === 1)
  expect(frames(looked, 'message')).toHaveLength(1)
})

it('does not let a stream hide what the charts do: frames have a share of their own', async () => {
  const { actor, push } = await openFeed()
  const looked = inspected(actor)
  actor.send({ type: 'connect' })
  await settle(() => frames(looked, 'message').length === 1)
  let received = 0
  actor.on('message', () => received++)
  for (let count = 0; count < 3_000; count++) await push(`${count}`, `${count}`)
  await settle(() => received === 3_000)
  actor.send({ type: 'pause' })
  expect(frames(looked, 'message')).toHaveLength(2_000)
  expect(looked.last('event').type).toBe('pause')
  await looked.clock.advance(500)
  expect(looked.last('dropped').count).toBe(1_001)
})

function connectionsOf({ of }: Inspected): string[] {
  const living = new Set<string>()
  const names = new Map<string, string>()
  const manager = of('actor').find(({ name }) => name === 'manager')?.actor
  for (const { actor, name, parent } of of('actor')) {
    if (parent === manager && parent !== null && name !== 'children') names.set(actor, name)
  }
  for (const name of names.keys()) living.add(name)
  for (const { actor } of of('gone')) living.delete(actor)
  return [...living].map((actor) => names.get(actor) ?? '')
}

it('shows the connections that a manager had before it was attached', async () => {
  const { streamUrl } = await openEvents()
  const manager = new TransportManager()
  onTestFinished(() => void manager.actor.stop())
  const prices = manager.createTransport('sse', { id: 'prices', url: streamUrl('prices') })
  const shared = shareConnection(manager, 'sse', { key: 'shared', url: streamUrl('shared') })
  const letGo = shared.hold()
  await prices.connect()
  await settle(() => stateOf(shared.current().getSnapshot()) === 'connected')
  const looked = inspected(manager.actor)
  expect(connectionsOf(looked).sort()).toEqual(['prices', 'shared'])
  letGo()
  manager.closeAll()
  await settle(() => connectionsOf(looked).length === 0)
})

it('shows the connections of a manager under it, as they are opened, shared and closed', async () => {
  const { streamUrl } = await openEvents()
  const manager = new TransportManager()
  onTestFinished(() => void manager.actor.stop())
  const looked = inspected(manager.actor)
  const prices = manager.createTransport('sse', { id: 'prices', url: streamUrl('prices') })
  await prices.connect()
  manager.actor.send({ type: 'open', id: 'news', transport: 'sse', input: { url: streamUrl('news') } })
  const shared = shareConnection(manager, 'sse', { url: `${streamUrl('shared')}?token=hunter2` })
  const leave = shared.hold()
  await until(shared.current(), (snapshot) => snapshot.matches('connected'))
  expect(connectionsOf(looked)).toEqual(['prices', 'news', expect.stringContaining('token=••••')])

  manager.closeTransport('news')
  await expect.poll(() => connectionsOf(looked)).toHaveLength(2)
  leave()
  manager.closeAll()
  await expect.poll(() => connectionsOf(looked)).toEqual([])
  expect(JSON.stringify(looked.told)).not.toContain('hunter2')
})

it('follows a connection through its restarts', async () => {
  const server = await openScripted()
  // A 204 is the protocol's own end.
  server.script([respond({ status: 204 }), accept()])
  const { manager, clock } = runTransports()
  const looked = inspected(manager.actor)
  const feeds = () => looked.of('actor').filter(({ name }) => name === 'feed')
  manager.actor.send({
    type: 'open',
    id: 'feed',
    transport: 'sse',
    input: { url: server.url, ...steady },
    restart: 'permanent',
  })
  await expect.poll(() => looked.of('gone').map(({ status }) => status)).toContain('done')
  await clock.advance(60_000)
  await expect.poll(() => looked.last('step').tags).toContain('online')
  expect(feeds()).toHaveLength(2)
  expect([looked.last('step').actor, connectionsOf(looked)]).toEqual([feeds()[1]?.actor, ['feed']])
})

it('shows connections opened while nobody looked, and nothing of them after it is detached', async () => {
  const { streamUrl } = await openEvents()
  const { manager } = runTransports()
  const looked = inspected(manager.actor)
  looked.viewer.leave()
  await manager.createTransport('sse', { id: 'quiet', url: streamUrl('quiet') }).connect()
  const again = looked.link.view((messages) => void looked.told.push(...messages))
  expect(connectionsOf(looked)).toEqual(['quiet'])
  looked.detach()
  expect(connectionsOf(looked)).toEqual([])
  const length = looked.told.length
  manager.closeAll()
  expect(looked.told).toHaveLength(length)
  again.leave()
})

it('shows a connection inside a larger machine as its child, with its wire', async () => {
  const { streamUrl } = await openEvents([{ data: 'hello', id: '1' }])
  const screen = setup({ actors: { feed: sseConnection } }).createMachine({
    id: 'screen',
    invoke: { id: 'feed', src: 'feed', input: { url: streamUrl('feed') } },
    on: { connect: { actions: ({ self }) => self.getSnapshot().children.feed?.send({ type: 'connect' }) } },
  })
  const actor = createActor(screen).start()
  onTestFinished(() => void actor.stop())
  const looked = inspected(actor)
  actor.send({ type: 'connect' })
  await settle(() => frames(looked, 'message').length === 1)
  const feed = looked.of('actor').find(({ name }) => name === 'feed')
  expect(feed).toMatchObject({ parent: looked.of('actor')[0]?.actor, logic: 'machine' })
  expect(looked.last('frame').actor).toBe(feed?.actor)
  onTestFinished(attachInspector(actor, { link: looked.link }))
})
