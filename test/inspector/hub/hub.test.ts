import { expect, test } from 'vitest'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import { actorOf, app, eventOf, heardOf, helloOf, hubUnderTest, peer, stepOf, viewer } from './rig.ts'

const definition = { kind: 'definition', hash: 'd1', json: '{"id":"m"}' } as const

test('what an app tells reaches the page that looks', async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  const told = await app(hub, 'chat', [definition, actorOf('a')])
  told.send([eventOf(1), stepOf(2, 'busy')])
  expect(await heardOf(page, 'chat#1', 5)).toEqual([
    helloOf('chat'),
    definition,
    actorOf('a'),
    eventOf(1),
    stepOf(2, 'busy'),
  ])
})

test('a page that comes late is told all of it, hello first, and then goes on live', async () => {
  const hub = await hubUnderTest()
  const first = await viewer(hub)
  const told = await app(hub, 'chat', [definition, actorOf('a')])
  told.send([eventOf(1), stepOf(2, 'busy')])
  const whole = await heardOf(first, 'chat#1', 5)
  const late = await viewer(hub)
  expect(await heardOf(late, 'chat#1', 5)).toEqual(whole)
  told.send([eventOf(3)])
  expect(await heardOf(late, 'chat#1', 6)).toEqual([...whole, eventOf(3)])
})

test('blanks around what an app tells make no difference to a page that comes late', async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  const told = await app(hub, 'chat', [actorOf('a')])
  for (const seq of [1, 2]) told.socket.send(`\n [ ${JSON.stringify(eventOf(seq))} ]\t `)
  const whole = await heardOf(page, 'chat#1', 4)
  expect(await heardOf(await viewer(hub), 'chat#1', 4)).toEqual(whole)
})

test('sync tells all of an app again; of an app that is not there, nothing', async () => {
  const hub = await hubUnderTest()
  await app(hub, 'chat', [definition, actorOf('a')])
  const page = await viewer(hub)
  await heardOf(page, 'chat#1', 3)
  page.ask('nobody#7', { kind: 'sync' })
  page.ask('chat#1', { kind: 'sync' })
  const twice = await heardOf(page, 'chat#1', 6)
  expect(twice.slice(3)).toEqual(twice.slice(0, 3))
  expect(page.keys).toEqual(['chat#1'])
})

test('an app hears who looks, and is asked for everything when the first one comes', async () => {
  const hub = await hubUnderTest()
  const told = await app(hub)
  await settle(() => told.heard.length === 1)
  const one = await viewer(hub)
  await settle(() => told.heard.length === 3)
  const two = await viewer(hub)
  await settle(() => told.heard.length === 4)
  one.socket.close()
  two.socket.close()
  await settle(() => told.heard.length === 6)
  const watched = (by: number) => ({ kind: 'watched', by })
  expect(told.heard).toEqual([watched(0), watched(1), { kind: 'sync' }, watched(2), watched(1), watched(0)])
})

test('questions go to the app they are asked of; its answers reach the pages but are not kept', async () => {
  const hub = await hubUnderTest()
  const told = await app(hub, 'one')
  const other = await app(hub, 'two')
  const page = await viewer(hub)
  await heardOf(page, 'one#1', 1)
  page.ask('one#1', { kind: 'payload', seq: 7 })
  await settle(() => told.heard.some((said) => JSON.stringify(said) === '{"kind":"payload","seq":7}'))
  told.send([
    { kind: 'payload', seq: 7, text: '{}' },
    { kind: 'context', t: 1, actor: 'a', text: '{}' },
  ])
  expect(await heardOf(page, 'one#1', 3)).toHaveLength(3)
  const late = await viewer(hub)
  await heardOf(late, 'two#2', 1)
  expect(await heardOf(late, 'one#1', 1)).toEqual([helloOf('one')])
  expect(JSON.stringify(other.heard)).not.toContain('payload')
})

test('wishes of several pages are one wish: texts while anybody wants them, the context that was asked for last', async () => {
  const hub = await hubUnderTest()
  const told = await app(hub)
  const [one, two] = [await viewer(hub), await viewer(hub)]
  await heardOf(one, 'app#1', 1)
  await heardOf(two, 'app#1', 1)
  const wants = (): unknown[] => told.heard.filter((said) => JSON.stringify(said).includes('"want"'))
  one.ask('app#1', { kind: 'want', contextOf: 'a', texts: true })
  await settle(() => wants().length === 1)
  two.ask('app#1', { kind: 'want', contextOf: 'b', texts: false })
  await settle(() => wants().length === 2)
  two.socket.close()
  await settle(() => wants().length === 3)
  one.socket.close()
  await settle(() => wants().length === 4)
  const want = (contextOf: string | null, texts: boolean) => ({ kind: 'want', contextOf, texts })
  expect(wants()).toEqual([want('a', true), want('b', true), want('a', true), want(null, false)])
})

test('an app that has gone can still be looked at, also when another of its name has come', async () => {
  const clock = simulatedClock()
  const hub = await hubUnderTest({ clock })
  const page = await viewer(hub)
  const first = await app(hub, 'chat', [actorOf('a')])
  await heardOf(page, 'chat#1', 2)
  first.socket.close()
  await settle(() => page.hasGone('chat#1'))
  await app(hub, 'chat')
  await heardOf(page, 'chat#2', 1)
  const late = await viewer(hub)
  await heardOf(late, 'chat#2', 1)
  expect(late.hasGone('chat#1')).toBe(true)
  expect(late.messagesOf('chat#1')).toEqual([helloOf('chat'), actorOf('a')])
  late.ask('chat#1', { kind: 'payload', seq: 1 })
  expect((await heardOf(late, 'chat#1', 3)).at(-1)).toEqual({ kind: 'payload', seq: 1, text: null })
  // After an hour nobody comes back to it.
  await clock.advance(3_600_001)
  const later = await viewer(hub)
  await heardOf(later, 'chat#2', 1)
  expect(later.keys).toEqual(['chat#2'])
})

test('a test suite of hundreds of processes of one name is kept whole, one after the other', async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  for (let worker = 1; worker <= 300; worker += 1) {
    const told = await app(hub, 'worker', [definition, actorOf('a'), eventOf(1), stepOf(2, `end ${worker}`)])
    await heardOf(page, `worker#${worker}`, 5)
    told.socket.close()
    await told.closed
  }
  const late = await viewer(hub)
  await settle(() => late.hasGone('worker#300'))
  expect(late.keys).toHaveLength(300)
  expect(late.messagesOf('worker#1').at(-1)).toEqual(stepOf(2, 'end 1'))
})

test('two apps of one name are two', async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  await app(hub, 'tab')
  await app(hub, 'tab')
  await heardOf(page, 'tab#1', 1)
  await heardOf(page, 'tab#2', 1)
})

test('an app of another protocol is shown as such and let go', async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  const newer = await peer(hub.appUrl)
  const hello = { ...helloOf('chat'), protocol: 2 }
  newer.send([hello, { kind: 'something new' }])
  expect(await newer.closed).toBe(4406)
  await settle(() => page.hasGone('chat#1'))
  expect(page.messagesOf('chat#1')).toEqual([hello])
})

test('a header lets an app in as well', async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  const url = new URL(hub.appUrl)
  const told = await peer(`ws://${url.host}/app`, {
    headers: { authorization: `Bearer ${url.searchParams.get('token')}` },
  })
  told.send([helloOf('quiet')])
  await heardOf(page, 'quiet#1', 1)
})

test('when the hub closes, everybody is told', async () => {
  const hub = await hubUnderTest()
  const told = await app(hub)
  const page = await viewer(hub)
  await heardOf(page, 'app#1', 1)
  await hub.close()
  expect(await Promise.all([told.closed, page.closed])).toEqual([1001, 1001])
})
