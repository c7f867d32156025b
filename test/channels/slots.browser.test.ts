import { beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { connection, stateOf, text, values } from '../../src/core.ts'
import { durable, producerQueue } from '../../src/durable.ts'
import { sse } from '../../src/sse.ts'
import { createOriginSlots, type OriginSlots } from '../../src/transports/origin-slots.ts'
import { withSlots } from '../../src/transports/origin-slots-dial.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'

/** Parts of the library are loaded when they are wanted, one after the other. */
const poll = <Value>(value: () => Value) => expect.poll(value, { timeout: 10_000 })

let room: RoomClient
beforeEach(() => {
  room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
})

/** Connections to the same room, connecting all at once. */
function follow(count: number, slots: OriginSlots, connectTimeout?: number) {
  const feed = connection(withSlots(sse, slots), { codec: text })
  return Array.from({ length: count }, () => {
    const actor = createActor(feed, { input: { url: `${room.url}/sse`, connectTimeout } })
    const heard: string[] = []
    actor.on('message', ({ message }) => void heard.push(message.data))
    actor.start()
    actor.send({ type: 'connect' })
    onTestFinished(() => void actor.stop())
    return { actor, heard, state: () => stateOf(actor.getSnapshot()) }
  })
}

test('seven streams on one HTTP/1.1 origin leave room for a POST, and take turns in their order', async () => {
  await room.order({ append: ['one'] })
  const slots = createOriginSlots()
  const feeds = follow(7, slots)
  await room.until(({ open }) => open.length === 4)
  await poll(() => feeds.map(({ heard }) => heard.length)).toEqual([1, 1, 1, 1, 0, 0, 0])
  expect(feeds.map(({ state }) => state())).toEqual([...Array(4).fill('connected'), ...Array(3).fill('connecting')])
  expect(slots.counts(room.url)).toEqual({ held: 4, waiting: 3, limit: 5 })

  const answer = await fetch(`${room.url}/in`, { method: 'POST', body: 'through' })
  expect(answer.ok).toBe(true)
  await room.until(({ received }) => received.length === 1)

  feeds[1]?.actor.send({ type: 'close' })
  await poll(() => feeds[4]?.state()).toBe('connected')
  feeds[5]?.actor.send({ type: 'close' })
  feeds[0]?.actor.send({ type: 'close' })
  await poll(() => feeds[6]?.state()).toBe('connected')
  expect(slots.counts(room.url)).toEqual({ held: 4, waiting: 0, limit: 5 })
  for (const { actor } of feeds) actor.stop()
  await room.until(({ open }) => open.length === 0)
  expect(slots.counts(room.url)).toEqual({ held: 0, waiting: 0, limit: 5 })
})

test('who waits in vain hears why, and those who are connected do not notice', async () => {
  await room.order({ append: ['one'] })
  const slots = createOriginSlots({ reads: 1 })
  const [first] = follow(1, slots)
  await poll(() => first?.state()).toBe('connected')
  const [second] = follow(1, slots, 1_000)
  await poll(() => second?.state()).toBe('error')
  expect(second?.actor.getSnapshot().context.failure).toMatchObject({ code: 'limit_reached' })
  expect(second?.actor.getSnapshot().context.failure?.message).toContain('close one')
  expect([first?.state(), slots.counts(room.url).waiting]).toEqual(['connected', 0])
  // Trying again is possible as soon as there is room.
  first?.actor.send({ type: 'close' })
  second?.actor.send({ type: 'connect' })
  await poll(() => second?.heard).toEqual(['one'])
})

test('a durable stream holds a slot only over HTTP, a poll one of its own, and its appends none', async () => {
  const slots = createOriginSlots({ reads: 1, polls: 1 })
  const url = `${room.url}/v1/stream/log`
  const streams = (['websocket', 'sse', 'long-poll', 'ndjson'] as const).map((via) => {
    const actor = createActor(connectionOf(slots), { input: { url, via } })
    actor.start()
    actor.send({ type: 'connect' })
    onTestFinished(() => void actor.stop())
    return { actor, state: () => stateOf(actor.getSnapshot()) }
  })
  await poll(() => streams.map(({ state }) => state())).toEqual(['connected', 'connected', 'connected', 'connecting'])
  await poll(() => slots.counts(url)).toEqual({ held: 2, waiting: 1, limit: 2 })
  streams[1]?.actor.send({ type: 'send', data: 'appended' })
  await room.until(({ received }) => received.length === 1)
  streams[1]?.actor.send({ type: 'close' })
  await poll(() => streams[3]?.state()).toBe('connected')
})

function connectionOf(slots: OriginSlots) {
  return connection(withSlots(durable, slots), { codec: values, queue: producerQueue })
}
