import { describe, expect, test } from 'vitest'
import { settle } from '../testing/settle.ts'
import { autoWorld } from './auto-rig.ts'

describe('a stream', () => {
  test('that nothing holds back is read as it is, and never polled', async () => {
    const world = await autoWorld()
    const connection = world.connect()
    world.origin.append('one')
    await world.travel(5_000)
    world.origin.append('two')
    await settle(() => connection.seen.length === 2)
    expect(connection).toMatchObject({ seen: ['one', 'two'], protocols: ['sse'] })
    expect(world.proxy.asked).toEqual(['events'])
  })

  test('that a proxy holds back is polled after 3 s, and every message comes once', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    const connection = world.connect()
    let written = 0
    await world.travel(2_900, () => world.origin.append(`${++written}`))
    expect(connection).toMatchObject({ seen: [], protocols: [] })
    expect(world.proxy.asked).toEqual(['events'])
    await world.travel(2_000, () => world.origin.append(`${++written}`))
    await settle(() => connection.seen.length === written)
    expect(connection.seen).toEqual(world.origin.log)
    expect(connection.protocols).toEqual(['long-poll'])
    expect(world.proxy.asked.slice(0, 2)).toEqual(['events', 'pages'])
    // The stream was let go of.
    await settle(() => !world.proxy.open().includes('events'))
  })

  test('whose bytes come only with its end is read like that, and polled when none come', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    const connection = world.connect()
    world.origin.append('one', 'two')
    await world.travel(1_000)
    expect(connection.seen).toEqual([])
    world.origin.endStreams()
    await settle(() => connection.seen.length === 2)
    expect(connection.protocols).toEqual(['sse'])
    world.origin.append('three')
    await world.travel(5_000)
    await settle(() => connection.seen.length === 3)
    expect(connection.seen).toEqual(['one', 'two', 'three'])
    expect(connection.protocols).toEqual(['sse', 'long-poll'])
  })

  test('that was held back is polled at once by the redial', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    const connection = world.connect()
    world.origin.append('one')
    await world.travel(4_000)
    await settle(() => connection.seen.length === 1)
    world.proxy.cutAll()
    world.origin.append('two')
    await world.travel(1_000)
    await settle(() => connection.seen.length === 2)
    expect(connection).toMatchObject({ seen: ['one', 'two'], protocols: ['long-poll', 'long-poll'] })
    expect(world.proxy.asked.filter((kind) => kind === 'events')).toHaveLength(1)
  })

  test('is known to be held back to the next connection to its origin, and to no other', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    world.origin.append('one')
    const first = world.connect()
    await world.travel(4_000)
    await settle(() => first.seen.length === 1)
    const before = world.proxy.asked.length
    const second = world.connect()
    await settle(() => second.seen.length === 1)
    expect(second.protocols).toEqual(['long-poll'])
    expect(world.proxy.asked.slice(before)).not.toContain('events')
    const elsewhere = world.connect({ url: `${world.origin.url}/log?live=sse` })
    await settle(() => elsewhere.seen.length === 1)
    expect(elsewhere.protocols).toEqual(['sse'])
  })

  test('is tried again beside the polls when the mark runs out, and taken up where they are', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    const connection = world.connect()
    let written = 0
    const write = (): void => world.origin.append(`${++written}`)
    await world.travel(4_000, write)
    world.proxy.weather.events = 'pass'
    await world.travel(31_000, write)
    await settle(() => connection.seen.length === written)
    expect(connection.seen).toEqual(world.origin.log)
    await settle(() => world.proxy.open().join() === 'events')
    // All of it within one link: the chart has seen nothing.
    expect(connection.protocols).toEqual(['long-poll'])
    world.origin.append('last')
    await settle(() => connection.seen.at(-1) === 'last')
    expect(connection.seen).toEqual(world.origin.log)
  })

  test.each(['refused', 'stream'] as const)(
    'that is merely quiet is connected all the same when a poll is answered "%s"',
    async (polls) => {
      const world = await autoWorld({ polls })
      const connection = world.connect()
      await world.travel(4_000)
      expect(connection).toMatchObject({ seen: [], protocols: ['sse'] })
      expect(world.proxy.asked).toEqual(['events', 'pages'])
      world.origin.append('one')
      await settle(() => connection.seen.length === 1)
      await settle(() => world.proxy.open().join() === 'events')
      // Nor is it asked again in this connection's life.
      world.proxy.cutAll()
      await world.travel(5_000)
      expect(world.proxy.asked).toEqual(['events', 'pages', 'events'])
    },
  )

  test('that greets and is quiet from then on has shown its first byte, to the dial and to the chart', async () => {
    const world = await autoWorld({ greeting: ':\n\n' })
    const connection = world.connect({ firstByteTimeout: 3_000 })
    await world.travel(12_000)
    expect(connection).toMatchObject({ seen: [], protocols: ['sse'] })
    expect(connection.state()).toBe('connected')
    expect(world.proxy.asked).toEqual(['events'])
  })

  test('is taken up from where the connection began, if nothing has come over the polls meanwhile', async () => {
    const world = await autoWorld({ greeting: ':\n\n' })
    world.origin.append('one', 'two')
    world.ladder.failed(world.proxy.url, 'sse')
    const polling = { url: `${world.proxy.url}/log?live=long-poll`, holdAfter: 1 }
    const connection = world.connect({ polling, position: '2' })
    await settle(() => connection.state() === 'connected')
    await world.travel(35_000)
    await settle(() => world.proxy.open().includes('events'))
    expect(world.proxy.asked).toEqual(['pages', 'events'])
    world.origin.append('three')
    await settle(() => connection.seen.length > 0)
    expect(connection).toMatchObject({ seen: ['three'], protocols: ['long-poll'] })
  })

  test('whose origin holds streams back is opened all the same where polls are refused', async () => {
    const world = await autoWorld({ polls: 'refused' })
    world.ladder.failed(world.proxy.url, 'sse')
    const connection = world.connect()
    world.origin.append('one')
    await settle(() => connection.seen.length === 1)
    expect(connection.protocols).toEqual(['sse'])
    expect(world.proxy.asked).toEqual(['pages', 'events'])
  })

  test('that is passed on in blocks is given up when a promised heartbeat stays away, and then polled', async () => {
    const world = await autoWorld({ weather: { events: 4096 } })
    const connection = world.connect({ heartbeatInterval: 2_000, probeTimeout: 500 })
    // A backlog that fills a block: the first byte comes in time.
    for (let index = 0; index < 100; index++) world.origin.append(`${index}`.padEnd(60, '.'))
    await settle(() => connection.seen.length > 0)
    expect(connection.protocols).toEqual(['sse'])
    await world.travel(60_000)
    await settle(() => connection.seen.length === 100)
    expect(connection.seen).toEqual(world.origin.log)
    expect(connection.protocols.at(-1)).toBe('long-poll')
  })

  test('is not polled where polling is switched off', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    const connection = world.connect({ polling: false })
    world.origin.append('one')
    await world.travel(8_000)
    expect(connection).toMatchObject({ seen: [], protocols: ['sse'] })
    expect(world.proxy.asked).toEqual(['events'])
  })

  test('waits for its first byte as long as it is told, and the chart counts it', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    const connection = world.connect({ firstByteTimeout: 6_000 })
    world.origin.append('one')
    await world.travel(5_900)
    expect(world.proxy.asked).toEqual(['events'])
    await world.travel(1_500)
    await settle(() => connection.seen.length === 1)
    // Nothing more comes: the first byte has been seen, so that nothing is wrong with that.
    await world.travel(10_000)
    expect(connection).toMatchObject({ seen: ['one'], protocols: ['long-poll'] })
  })
})

describe('what is sent', () => {
  test.each(['pass', 'hold'] as const)('is posted once while events %s', async (events) => {
    const world = await autoWorld({ weather: { events } })
    const connection = world.connect({ sendUrl: `${world.proxy.url}/in` })
    world.origin.append('one')
    await world.travel(4_000)
    await settle(() => connection.state() === 'connected')
    connection.actor.send({ type: 'send', data: 'hello' })
    await settle(() => world.origin.posted.length > 0)
    expect(world.origin.posted).toEqual(['hello'])
  })

  test('with the request itself is never sent in a second way', async () => {
    const world = await autoWorld({ weather: { events: 'hold' } })
    world.connect({ body: 'a question' })
    await world.travel(8_000)
    expect(world.origin.posted).toEqual(['a question'])
    expect(world.proxy.asked).toEqual(['events'])
  })
})

describe('a transport that is refused', () => {
  test('by what the server answers makes place for the next one in the same dial', async () => {
    const world = await autoWorld()
    world.origin.append('one')
    const connection = world.connect({ url: `${world.proxy.url}/lines`, polling: false })
    await settle(() => connection.seen.length === 1)
    expect(connection).toMatchObject({ protocols: ['ndjson'], seen: ['"one"'] })
    expect(world.proxy.asked).toEqual(['other', 'other'])
    // What one URL answers with says nothing about the others.
    expect(world.memory.recall(world.proxy.url)).toEqual({ 'http-stream': 'allowed' })
  })

  test('on the way is asked for last for an hour', async () => {
    const world = await autoWorld({ weather: { upgrades: 404 } })
    world.origin.append('one')
    const prefer = ['websocket', 'sse'] as const
    const first = world.connect({ prefer })
    await settle(() => first.seen.length === 1)
    expect(world.proxy.asked).toEqual(['upgrade', 'events'])
    const second = world.connect({ prefer })
    await settle(() => second.seen.length === 1)
    expect(world.proxy.asked).toEqual(['upgrade', 'events', 'events'])
    await world.clock.advance(3_600_000)
    const third = world.connect({ prefer })
    await settle(() => third.seen.length === 1)
    expect(world.proxy.asked.slice(3)).toEqual(['upgrade', 'events'])
  })

  test('is the failure of the dial when there is no other', async () => {
    const world = await autoWorld()
    const connection = world.connect({ url: `${world.proxy.url}/lines`, prefer: ['sse'], polling: false })
    await settle(() => connection.state() === 'error')
    expect(connection.actor.getSnapshot().context.failure).toMatchObject({ code: 'unexpected_content_type' })
  })

  test('because the stream is not there takes no other one along', async () => {
    const world = await autoWorld({ polls: 'refused' })
    const connection = world.connect({ url: `${world.proxy.url}/nowhere`, polling: false })
    await settle(() => connection.state() === 'error')
    expect(connection.actor.getSnapshot().context.failure).toMatchObject({ code: 'http_status', status: 404 })
    expect(world.proxy.asked).toEqual(['other'])
  })
})
