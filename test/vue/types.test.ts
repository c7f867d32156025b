import { expect, expectTypeOf, test } from 'vitest'
import { type ComputedRef, reactive, ref } from 'vue'
import * as z from 'zod/mini'
import type { ConnectionState, Message, TransportError } from '../../src/index.ts'
import { json } from '../../src/index.ts'
import { TransportManager } from '../../src/manager/transport-manager.ts'
import {
  transportPlugin,
  useDurable,
  useHTTPStream,
  useMessages,
  useSSE,
  useTransport,
  useWebSocket,
} from '../../src/vue/index.ts'

const price = z.object({ symbol: z.string(), price: z.number() })
interface Price {
  symbol: string
  price: number
}
const url = 'https://example.com/prices'
const options = { manager: new TransportManager(), connect: false }

test('what is received has the type of its schema, however the configuration is given', () => {
  const config = { url, codec: json, incoming: price }
  const given = [
    useSSE(config, options),
    useSSE(() => config, options),
    useSSE(ref(config), options),
    useTransport('sse', config, options),
  ]
  const lists = given.map((prices) => useMessages(prices))
  expectTypeOf(lists).toEqualTypeOf<ComputedRef<readonly Message<Price>[]>[]>()
  expect(lists.map(({ value }) => value)).toEqual([[], [], [], []])
  for (const { stop } of given) stop()
})

test('a list of what is selected has the type of that', () => {
  const prices = useSSE({ url, codec: json, incoming: price }, options)
  const figures = useMessages(prices, { select: ({ data }) => (data.symbol === 'A' ? data.price : undefined) })
  expectTypeOf(figures).toEqualTypeOf<ComputedRef<readonly number[]>>()
  expect(figures.value).toEqual([])
  prices.stop()
})

test('what is sent has the type of its schema', () => {
  const socket = useWebSocket({ url, codec: json, outgoing: price }, options)
  expectTypeOf(socket.send).parameter(0).toEqualTypeOf<Price>()
  socket.stop()
})

test('state, error and connection read as what they are', () => {
  const { connection, error, state, stop } = useDurable({ url }, options)
  expectTypeOf(state).toEqualTypeOf<ComputedRef<ConnectionState>>()
  expectTypeOf(error).toEqualTypeOf<ComputedRef<TransportError | null>>()
  expectTypeOf(connection.value.getSnapshot().context.attempt).toEqualTypeOf<number>()
  expect([state.value, error.value]).toEqual(['idle', null])
  stop()
})

test('wrong usage does not compile', () => {
  const attempts = [
    // @ts-expect-error: no such transport
    () => useTransport('pigeon', { url }, options),
    // @ts-expect-error: a connection needs a URL
    () => useSSE({}, options),
    // @ts-expect-error: the getter forgets the URL
    () => useSSE(() => ({ key: 'prices' }), options),
    // @ts-expect-error: an option of another transport
    () => useWebSocket({ url, format: 'ndjson' }, options),
    // @ts-expect-error: no such format
    () => useHTTPStream({ url, format: 'xml' }, options),
    // @ts-expect-error: no such option
    () => useSSE({ url }, { ...options, keepAlive: true }),
    // @ts-expect-error: no such policy
    () => useSSE({ url }, { ...options, whenDeactivated: 'close' }),
    // @ts-expect-error: a price is no text
    () => useMessages(useSSE({ url, incoming: price }, options), { select: ({ data }) => data.trim() }),
    // @ts-expect-error: that is no transport
    () => useMessages(ref([])),
    // @ts-expect-error: that is no manager
    () => transportPlugin('https://example.com/'),
    // @ts-expect-error: a state is read, not set
    () => (useSSE({ url }, options).state.value = 'connected'),
    // @ts-expect-error: a price has a number
    () => useWebSocket({ url, outgoing: price }, options).send({ symbol: 'A', price: '1' }),
  ]
  expect(attempts).toHaveLength(12)
})

test('a reactive configuration is accepted as it is', () => {
  const socket = useWebSocket(reactive({ url, codec: json, incoming: price }), options)
  expectTypeOf(useMessages(socket).value).toEqualTypeOf<readonly Message<Price>[]>()
  socket.stop()
})
