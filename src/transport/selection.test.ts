import { describe, expect, test } from 'vitest'
import { createActor } from 'xstate'
import { startServer } from '../server/testing/rig.ts'
import { settle } from '../testing/settle.ts'
import { lazyDials } from './loaders.ts'
import { logicOf } from './logic-of.ts'
import { candidatesOf, runtimeOf, selectTransport, transportOf } from './selection.ts'
import { createSelectionMemory, type SelectionStorage } from './selection-memory.ts'

/** A storage is not a memory yet. */
const localStorageLike = { getItem: () => null, setItem: () => {} }

const everything = { webSocket: true, streams: true }

describe('the URL', () => {
  test.each(['ws://example.com/feed', 'wss://example.com/v1/ws'])('%s is a WebSocket', (url) => {
    expect(selectTransport({ url })).toEqual({ type: 'websocket', dial: lazyDials.websocket, config: { url } })
  })

  test('below /v1/stream/ is a durable stream over the best carrier', () => {
    const url = 'https://example.com/app/v1/stream/rooms/42'
    expect(selectTransport({ url })).toEqual({ type: 'durable', dial: lazyDials.durable, config: { url, via: 'auto' } })
    expect(selectTransport({ url, prefer: ['http-stream', 'sse'] }).config).toMatchObject({
      via: ['ndjson', 'sse', 'websocket', 'long-poll'],
    })
  })

  test('of anything else, and of a POST, is found out by one and the same dial', () => {
    const events = selectTransport({ url: 'https://example.com/events' })
    const posted = selectTransport({ url: 'https://example.com/v1/stream/rooms/42', body: 'x' })
    expect(events.type).toBe('sse')
    expect(posted.dial).toBe(events.dial)
    expect(Object.values(lazyDials)).not.toContain(events.dial)
  })

  test('leads to a real stream server, whose records arrive as they were written', async () => {
    const { server, at } = await startServer()
    const room = server.stream('rooms/42')
    room.append({ text: 'hello' })
    const { type, dial, config } = selectTransport({ url: at('rooms/42') })
    const actor = createActor(logicOf(type, dial, config), { input: config })
    const seen: unknown[] = []
    const protocols: string[] = []
    actor.on('message', ({ message }) => seen.push(message.data))
    actor.on('connected', ({ protocol }) => protocols.push(protocol))
    actor.start()
    actor.send({ type: 'connect' })
    await settle(() => seen.length === 1)
    actor.send({ type: 'close' })
    expect(seen).toEqual([{ text: 'hello' }])
    expect(protocols).toEqual(['durable:websocket:statewire.v1.json'])
  })
})

describe('the order', () => {
  test('is that of the transports where nothing is known, without a socket nobody asked for', () => {
    expect(candidatesOf({}, everything, {})).toEqual(['sse', 'http-stream', 'long-poll'])
  })

  test('is the caller’s, but what the origin refused comes last', () => {
    const prefer = ['websocket', 'long-poll', 'sse'] as const
    expect(candidatesOf({ prefer }, everything, { sse: 'allowed' })).toEqual(prefer)
    expect(candidatesOf({ prefer }, everything, { websocket: 'refused' })).toEqual(['long-poll', 'sse', 'websocket'])
  })

  test('begins with what the origin allowed where the caller has no wish', () => {
    expect(candidatesOf({}, everything, { 'http-stream': 'allowed' })).toEqual(['http-stream', 'sse', 'long-poll'])
  })

  test('leaves out what the runtime lacks', () => {
    const prefer = ['websocket', 'sse', 'http-stream', 'long-poll'] as const
    expect(candidatesOf({ prefer }, { webSocket: false, streams: false }, {})).toEqual(['long-poll'])
    expect(candidatesOf({ prefer: ['websocket'] }, { webSocket: false, streams: true }, {})).toEqual([])
  })

  test('of a request that may not be made twice is one transport', () => {
    expect(candidatesOf({ body: 'x' }, everything, {})).toEqual(['sse'])
    expect(candidatesOf({ method: 'POST', prefer: ['long-poll', 'http-stream', 'sse'] }, everything, {})).toEqual([
      'http-stream',
    ])
  })

  test('can only be made of transports that exist', () => {
    const url = 'https://example.com/events'
    for (const prefer of [[], ['carrier-pigeon'], 'sse', null]) {
      expect(() => selectTransport({ url, prefer: prefer as [] })).toThrow(
        expect.objectContaining({ code: 'bad_option', message: expect.stringContaining('long-poll') }),
      )
    }
  })
})

test('options of the choice that cannot work are refused by name, before anything is opened', () => {
  const url = 'https://example.com/events'
  const wrong: [string, object][] = [
    ['polling', { polling: true }],
    ['polling', { polling: null }],
    ['memory', { memory: localStorageLike }],
  ]
  for (const [name, options] of wrong) {
    expect(() => transportOf('auto', { url, ...options })).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }),
    )
  }
})

test('a transport that is named is what it is, whatever its URL', () => {
  const config = { url: 'https://example.com/v1/stream/rooms/42' }
  expect(transportOf('sse', config)).toEqual({ type: 'sse', dial: lazyDials.sse, config })
  expect(transportOf('auto', config).type).toBe('durable')
})

describe('the runtime', () => {
  test('of Node has sockets and streams, unless the caller knows better', () => {
    expect(runtimeOf({})).toEqual(everything)
    expect(runtimeOf({ runtime: { streams: false } })).toEqual({ webSocket: true, streams: false })
  })
})

describe('the memory', () => {
  const origin = 'https://example.com'

  test('keeps what an origin allowed or refused for an hour, from its last note on', () => {
    let now = 1_000
    const memory = createSelectionMemory({ now: () => now })
    memory.note(origin, 'sse', 'allowed')
    now += 1_800_000
    memory.note(origin, 'websocket', 'refused')
    expect(memory.recall(origin)).toEqual({ sse: 'allowed', websocket: 'refused' })
    expect(memory.recall('https://other.example')).toEqual({})
    now += 1_800_000
    expect(memory.recall(origin)).toEqual({ websocket: 'refused' })
    now += 1_800_000
    expect(memory.recall(origin)).toEqual({})
  })

  test('lives in the storage it is given', () => {
    const items = new Map<string, string>()
    const storage: SelectionStorage = {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
    }
    createSelectionMemory({ storage }).note(origin, 'sse', 'allowed')
    expect(createSelectionMemory({ storage }).recall(origin)).toEqual({ sse: 'allowed' })
    expect([...items.keys()]).toEqual([`statewire:transports:${origin}`])
  })

  test.each([
    ['is no JSON', '{'],
    ['is null', 'null'],
    ['holds other things', '{"sse":7,"websocket":{"experience":"loved","until":2000},"long-poll":null}'],
    ['was written by a clock far ahead', '{"sse":{"experience":"refused","until":9e15}}'],
  ])('takes a storage that %s for an empty one', (_, stored) => {
    const memory = createSelectionMemory({ storage: { getItem: () => stored, setItem: () => {} }, now: () => 1_000 })
    expect(memory.recall(origin)).toEqual({})
  })

  test('bears a storage that is forbidden or full', () => {
    const forbidden = (): never => {
      throw new Error('Denied.')
    }
    const memory = createSelectionMemory({ storage: { getItem: forbidden, setItem: forbidden } })
    memory.note(origin, 'sse', 'allowed')
    expect(memory.recall(origin)).toEqual({})
  })

  test('of a process holds a hundred origins, and forgets the one that was noted longest ago', () => {
    const memory = createSelectionMemory()
    for (let index = 0; index <= 100; index++) memory.note(`https://${index}.example`, 'sse', 'allowed')
    expect(memory.recall('https://0.example')).toEqual({})
    expect(memory.recall('https://1.example')).toEqual({ sse: 'allowed' })
  })
})
