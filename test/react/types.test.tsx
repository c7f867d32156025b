import { expect, expectTypeOf, test } from 'vitest'
import { json } from '../../src/core.ts'
import type { Message } from '../../src/link.ts'
import {
  TransportProvider,
  useDurable,
  useHTTPStream,
  useMessages,
  useSSE,
  useTransport,
  useWebSocket,
} from '../../src/react/index.ts'

interface Price {
  readonly symbol: string
}
const price = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => ({ value: value as Price }),
  },
} as const

/** Never called: the compiler is the test, over `npm run check`. */
function Checked() {
  const feed = useSSE({ url: '/sse' })
  expectTypeOf(feed.state).toEqualTypeOf<'idle' | 'connecting' | 'connected' | 'reconnecting' | 'error' | 'closed'>()
  expectTypeOf(useMessages(feed)).toEqualTypeOf<readonly Message<string>[]>()
  expectTypeOf(useMessages(feed, { limit: 5, select: ({ data }) => data.length })).toEqualTypeOf<readonly number[]>()
  expectTypeOf(useMessages(feed, { select: ({ data }) => (data === '' ? undefined : data) })).toEqualTypeOf<
    readonly string[]
  >()

  const prices = useSSE({ url: '/prices', codec: json, incoming: price })
  expectTypeOf(useMessages(prices)).toEqualTypeOf<readonly Message<Price>[]>()
  const room = useDurable<Price, Price>({ url: '/v1/stream/room' })
  expectTypeOf(room.send).parameter(0).toEqualTypeOf<Price>()
  expectTypeOf(useMessages(useHTTPStream({ url: '/lines', format: 'ndjson' }))).toEqualTypeOf<
    readonly Message<unknown>[]
  >()
  useTransport('long-poll', { url: new URL('https://example.com'), key: 'a', connect: false, throwOnError: true })

  // @ts-expect-error A URL is needed.
  useSSE({})
  // @ts-expect-error That is not how the option is spelt.
  useSSE({ url: '/', conect: false })
  // @ts-expect-error No transport has this name.
  useTransport('carrier-pigeon', { url: '/' })
  // @ts-expect-error An option of another protocol.
  useWebSocket({ url: '/', method: 'POST' })
  // @ts-expect-error A WebSocket without a codec sends text and bytes.
  void useWebSocket({ url: '/' }).send({ text: 'hello' })
  // @ts-expect-error Not what this stream holds.
  void room.send({ text: 'hello' })
  // @ts-expect-error Prices are no text.
  useMessages(prices, { select: ({ data }) => data.length })
  // @ts-expect-error The state is no source of messages.
  useMessages(feed.state)
  // @ts-expect-error A manager is an object that manages.
  return <TransportProvider manager={{}} />
}

test('wrong usage does not compile', () => {
  expect(Checked).toBeTypeOf('function')
})
