import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket as WsSocket } from 'ws'
import type { Message } from '../link.ts'
import { webSocket } from './websocket.ts'
import type { Overflow, WebSocketInput } from './websocket-input.ts'
import { readAll, readSome, recordedRequest, socketServer, turns, until } from './websocket-rig.ts'

async function serve(...args: Parameters<typeof socketServer>) {
  const server = await socketServer(...args)
  onTestFinished(server.close)
  return server
}

const hundred = (n: number): string => `${n}`.padStart(100, ' ')
const numbers = (messages: readonly { readonly data?: unknown }[]): number[] => messages.map(({ data }) => Number(data))
const upTo = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n)

/** What the server has said when it says `count` messages to a link that nobody reads. */
async function unread(input: Partial<WebSocketInput>, count: number) {
  const gaps: { readonly after: number; readonly lost: number | null }[] = []
  const seen: Message[] = []
  const request = recordedRequest({ gap: ({ lost }) => void gaps.push({ after: seen.length, lost }) })
  const { url, connections } = await serve((socket) => {
    for (let n = 0; n < count; n++) socket.send(hundred(n))
  })
  const link = await webSocket({ url, maxBufferedBytes: 1000, ...input }, request)
  onTestFinished(() => link.close())
  const heardAll = new Promise((resolve) => connections[0]?.on('pong', resolve))
  // A pong is sent when everything before its ping was taken off the socket.
  connections[0]?.ping()
  await heardAll
  const read = async (many: number): Promise<void> => {
    const more = (message: Message): boolean => seen.push(message) % many !== 0
    await link.read((item) => more(item as Message))
  }
  return { link, gaps, seen, read, socket: connections[0] }
}

describe.each<[string, Partial<WebSocketInput>]>([
  ['ws, which can pause', {}],
  ['the global WebSocket, which cannot', { WebSocket }],
])('%s: what is thrown away is said at its place', (_name, platform) => {
  test('drop-oldest keeps the newest', async () => {
    const { gaps, read, seen } = await unread({ ...platform, overflow: 'drop-oldest' }, 50)
    await read(10)
    expect(numbers(seen)).toEqual(upTo(40, 49))
    expect(gaps).toEqual([{ after: 0, lost: 40 }])
  })

  test('drop-newest keeps the oldest, and takes nothing in until they were read', async () => {
    const { gaps, read, seen, socket } = await unread({ ...platform, overflow: 'drop-newest' }, 50)
    await read(5)
    expect(gaps).toEqual([])
    socket?.send(hundred(50))
    const heard = new Promise((resolve) => socket?.once('pong', resolve))
    socket?.ping()
    await heard
    await read(10)
    expect(numbers(seen)).toEqual(upTo(0, 9))
    expect(gaps).toEqual([{ after: 10, lost: 41 }])
    socket?.send(hundred(51))
    await read(11)
    expect(numbers(seen).at(-1)).toBe(51)
  })

  test('latest keeps the last', async () => {
    const { gaps, read, seen } = await unread({ ...platform, overflow: 'latest' }, 50)
    await read(1)
    expect(numbers(seen)).toEqual([49])
    expect(gaps).toEqual([{ after: 0, lost: 49 }])
  })
})

describe('a socket that cannot be paused', () => {
  test.each<[Overflow | undefined, string | null, boolean]>([
    [undefined, null, false],
    [undefined, '7', true],
    ['block', null, false],
    ['block', '7', true],
    ['error', '7', false],
    ['reconnect', null, true],
  ])('with %s and position %s is tried again at its limit: %s', async (overflow, position, repeatable) => {
    const { url, connections } = await serve((socket) => {
      for (let n = 0; n < 50; n++) socket.send(hundred(n))
    })
    const input = { url, maxBufferedBytes: 1000, overflow, WebSocket: WsSocket }
    const link = await webSocket(input, recordedRequest({ position }))
    await until(() => connections[0]?.readyState === 3)
    const { items, failure } = await readAll(link)
    expect(failure).toMatchObject({ code: 'overflow', repeatable })
    expect(numbers(items)).toEqual(upTo(0, 10))
  })

  test('is not filled with empty messages', async () => {
    const { url, connections } = await serve((socket) => {
      for (let n = 0; n < 100; n++) socket.send('')
    })
    const link = await webSocket({ url, maxBufferedBytes: 1000, WebSocket }, recordedRequest())
    await until(() => connections[0]?.readyState === 3)
    const { items, failure } = await readAll(link)
    expect(failure).toMatchObject({ code: 'overflow' })
    expect(items.length).toBeLessThan(40)
  })
})

test.each<Overflow>(['block', 'error', 'reconnect'])(
  '%s: a socket that can be paused loses nothing',
  async (overflow) => {
    const total = 20_000
    const { url, connections } = await serve((socket) => {
      for (let n = 0; n < total; n++) socket.send(hundred(n))
      socket.close(1000)
    })
    const link = await webSocket({ url, overflow, maxBufferedBytes: 1000 }, recordedRequest())
    const first = await readSome(link, 10)
    await until(() => connections[0]?.bufferedAmount === 0 || connections[0]?.readyState !== 1)
    const { items, failure } = await readAll(link)
    expect(failure).toBeUndefined()
    expect(numbers([...first, ...items])).toEqual(upTo(0, total - 1))
  },
)

test('a slow reader stops and starts the socket once for many messages, not for each', async () => {
  const pauses: string[] = []
  const { pause, resume } = WsSocket.prototype
  WsSocket.prototype.pause = function (this: WsSocket) {
    pauses.push('pause')
    pause.call(this)
  }
  WsSocket.prototype.resume = function (this: WsSocket) {
    pauses.push('resume')
    resume.call(this)
  }
  onTestFinished(() => {
    Object.assign(WsSocket.prototype, { pause, resume })
  })
  const total = 10_000
  const { url } = await serve((socket) => {
    for (let n = 0; n < total; n++) socket.send(hundred(n))
  })
  const link = await webSocket({ url }, recordedRequest())
  const seen: unknown[] = []
  while (seen.length < total) {
    await link.read((item) => seen.push(item.data) < 0)
    await turns(1)
  }
  expect(numbers(seen.map((data) => ({ data })))).toEqual(upTo(0, total - 1))
  // A million bytes in steps of at least 32 KiB.
  expect(pauses.length).toBeLessThan(80)
  expect(pauses.length).toBeGreaterThan(1)
  link.close()
})
