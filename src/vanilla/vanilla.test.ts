import { expect, expectTypeOf, inject, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openRoom, type RoomClient, roomName } from '../../test/rigs/room-client.ts'
import { byQuery } from '../positions.ts'
import type { Transport } from '../transport/create-transport.ts'
import {
  DurableTransport,
  HTTPStreamTransport,
  json,
  LongPollTransport,
  type Payload,
  SSETransport,
  WebSocketTransport,
} from '../vanilla.ts'

const quick = { backoff: { base: 1, cap: 1 } }

interface Line {
  readonly position: number
  readonly data: string
}
// Positions are read before the codec: a line is still text here.
const positions = byQuery('from', ({ data }) => String((JSON.parse(String(data)) as Line).position))

interface Row {
  readonly name: string
  make(room: RoomClient): Transport<unknown, string>
  /** What a test sees of `message.data`, where that is not the text itself. */
  readonly textOf?: (data: unknown) => string
  /** Without positions a cut loses what comes before the next link is up. */
  readonly resumes?: false
  /** An answer at a time: nothing is open between two of them. */
  readonly polls?: true
}

const rows: readonly Row[] = [
  {
    name: 'SSETransport',
    make: ({ url }) => new SSETransport({ ...quick, url: `${url}/sse`, sendUrl: `${url}/in` }),
  },
  {
    name: 'WebSocketTransport',
    make: ({ socketUrl }) => new WebSocketTransport({ ...quick, url: `${socketUrl}/ws` }),
    resumes: false,
  },
  {
    name: 'HTTPStreamTransport',
    make: ({ url }) =>
      new HTTPStreamTransport({ ...quick, url: `${url}/ndjson`, sendUrl: `${url}/in`, format: 'ndjson', positions }),
    textOf: (data) => (data as Line).data,
  },
  {
    name: 'DurableTransport',
    make: ({ url }) => new DurableTransport({ ...quick, url: `${url}/v1/stream/log`, via: 'sse' }),
  },
  {
    name: 'LongPollTransport',
    make: ({ url }) =>
      new LongPollTransport({ ...quick, url: `${url}/long-poll?page=20`, sendUrl: `${url}/in`, holdAfter: 20 }),
    polls: true,
  },
]

function opened({ make, textOf = String }: Row) {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  const transport = make(room)
  onTestFinished(() => transport.close())
  const heard: string[] = []
  transport.on('event', ({ data }) => heard.push(textOf(data)))
  return { room, transport, heard }
}

test.each(rows)('$name: connects, hears, sends, and leaves nothing open on the server', async (row) => {
  const { heard, room, transport } = opened(row)
  expect(transport.getState()).toBe('idle')
  expect((await room.until(() => true)).requests).toEqual([])

  await room.order({ append: ['one', 'two'] })
  await transport.connect()
  expect(transport.getState()).toBe('connected')
  await expect.poll(() => heard).toEqual(['one', 'two'])
  if (row.polls === undefined) await room.until(({ open }) => open.length === 1)

  await transport.send('hello')
  await room.until(({ received }) => received.some(({ body }) => body.includes('hello')))

  transport.close()
  expect(transport.getState()).toBe('closed')
  await room.until(({ open }) => open.length === 0)
})

test.each(rows.filter(({ resumes }) => resumes !== false))('$name: a cut costs no message', async (row) => {
  const { heard, room, transport } = opened(row)
  const reconnected = new Promise((resolve) => transport.once('reconnecting', resolve))
  await room.order({ append: ['one', 'two'] })
  await transport.connect()
  await expect.poll(() => heard).toEqual(['one', 'two'])
  await room.until(({ open }) => open.length === 1)
  await room.order({ cut: true, append: ['three'] })
  await reconnected
  await expect.poll(() => heard).toEqual(['one', 'two', 'three'])
})

test.each(rows)('$name: is iterated until it is closed', async (row) => {
  const { room, transport } = opened(row)
  const read: string[] = []
  const reading = (async () => {
    for await (const { data } of transport) {
      read.push((row.textOf ?? String)(data))
      if (read.length === 2) transport.close()
    }
  })()
  await transport.connect()
  await room.order({ append: ['one', 'two'] })
  await reading
  expect(read).toEqual(['one', 'two'])
})

test.each(rows)('$name: a handler that was taken off hears nothing, and emit reaches those that are left', (row) => {
  const { transport } = opened(row)
  const states: string[] = []
  const left = (): void => void states.push('left')
  const taken = (): void => void states.push('taken')
  transport.on('connecting', left)
  transport.on('connecting', taken)
  transport.off('connecting', taken)
  transport.emit('connecting', { attempt: 1 })
  expect(states).toEqual(['left'])
})

test('a class can be extended, and says at once what is wrong with its configuration', () => {
  class Room extends WebSocketTransport<unknown, { text: string }> {
    constructor(name: string) {
      super({ url: `ws://127.0.0.1:9/${name}`, codec: json })
    }
    say(text: string): Promise<void> {
      return this.send({ text })
    }
  }
  expect(new Room('1')).toBeInstanceOf(WebSocketTransport)
  expect(new Room('1').getState()).toBe('idle')
  const bad = (make: () => unknown, code: string) => expect(make).toThrow(expect.objectContaining({ code }))
  bad(() => new SSETransport({ url: '' }), 'bad_url')
  // @ts-expect-error there is no connection without an address
  bad(() => new SSETransport({}), 'bad_url')
  // @ts-expect-error that is an option of event streams and not a number
  bad(() => new SSETransport({ url: '/', connectTimeout: 'soon' }), 'bad_option')
})

test('what a class receives is known: by default, from its codec, from its schema', () => {
  const events = () => new SSETransport({ url: '/' })
  const prices = () => new SSETransport({ url: '/', codec: json, incoming: z.object({ price: z.number() }) })
  expectTypeOf(events).returns.toEqualTypeOf<SSETransport<string, Payload>>()
  expectTypeOf(prices).returns.toExtend<AsyncIterable<{ readonly data: { price: number } }>>()
  const wrong = (): void => {
    // @ts-expect-error there is no such event
    events().on('message', () => {})
    // @ts-expect-error a price is a number
    prices().on('event', ({ data }) => data.price.trim())
    // @ts-expect-error a socket has no request body
    new WebSocketTransport({ url: '/', body: '' })
  }
  expect(wrong).toBeTypeOf('function')
})
