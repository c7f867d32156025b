import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket as WsSocket } from 'ws'
import { openSocket } from './socket.node.ts'
import type { SocketRequest, StandardSocketConstructor } from './socket.ts'
import { closeReasonWithin, openSocket as openBrowserSocket } from './socket.ts'
import { webSocket } from './websocket.ts'
import type { WebSocketInput } from './websocket-input.ts'
import {
  abandoned,
  type Cleanup,
  failureOf,
  outgoing,
  readAll,
  readSome,
  recordedRequest,
  socketServer,
  turns,
  until,
} from './websocket-rig.ts'

const cleanups: Cleanup[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(...args: Parameters<typeof socketServer>) {
  const server = await socketServer(...args)
  cleanups.push(server.close)
  return server
}

const silentOwner = { opened: () => {}, message: () => {}, heard: () => {}, failed: () => {}, closed: () => {} }

function requestTo(url: string, part: Partial<SocketRequest> = {}): SocketRequest {
  const { signal } = new AbortController()
  return {
    url: new URL(url),
    protocols: [],
    headers: new Headers(),
    maxMessageBytes: 1000,
    tls: undefined,
    WebSocket: undefined,
    signal,
    ...part,
  }
}

/** Both behave as a browser's socket does: they cannot be paused. The first one is Node's own. */
describe.each<[string, StandardSocketConstructor]>([
  ['the global WebSocket', WebSocket],
  ['ws behind the standard interface', WsSocket],
])('%s', (_name, Constructor) => {
  const dial = (input: WebSocketInput, request = recordedRequest()) =>
    webSocket({ WebSocket: Constructor, ...input }, request)

  test('carries text and binary both ways and hears every message', async () => {
    const { url } = await serve((socket) => socket.on('message', (data, binary) => socket.send(data, { binary })), {
      handleProtocols: () => 'b',
    })
    const request = recordedRequest()
    const link = await dial({ url, protocols: ['a', 'b'] }, request)
    expect(link.protocol).toBe('websocket:b')
    expect(link.ping).toBeUndefined()
    const batch = ['één', new Uint8Array([1, 2])].map(outgoing)
    await link.write?.(batch)
    expect(await Promise.all(batch.map((item) => item.settled))).toEqual([undefined, undefined])
    expect((await readSome(link, 2)).map(({ data }) => data)).toEqual(['één', new Uint8Array([1, 2])])
    expect(request.heardCount()).toBe(3)
    link.close(1000)
    const late = outgoing('late')
    await link.write?.([late])
    expect(await late.settled).toMatchObject({ code: 'send_failed' })
  })

  test('keeps what nobody reads up to its limit, then fails for good, delivering what it kept', async () => {
    const { url, connections } = await serve((socket) => {
      for (let n = 0; n < 50; n++) socket.send(`${n}`.padStart(100, ' '))
    })
    const link = await dial({ url, maxBufferedBytes: 1000 })
    await until(() => connections[0]?.readyState === 3)
    const { items, failure } = await readAll(link)
    expect(failure).toMatchObject({ code: 'overflow', repeatable: false })
    expect(items.map((item) => Number(item.data))).toEqual(Array.from({ length: 11 }, (_, n) => n))
  })

  test('or, with `reconnect`, fails in a way that is tried again', async () => {
    const { url, connections } = await serve((socket) => socket.send('x'.repeat(2000)))
    const link = await dial({ url, maxBufferedBytes: 1000, overflow: 'reconnect' })
    await until(() => connections[0]?.readyState === 3)
    expect((await readAll(link)).failure).toMatchObject({ code: 'overflow', repeatable: true })
  })

  test('or, with `drop-oldest`, keeps the newest and says how many went', async () => {
    const request = recordedRequest()
    const { url } = await serve((socket) => {
      for (let n = 0; n < 50; n++) socket.send(`${n}`.padStart(100, ' '))
    })
    const link = await dial({ url, maxBufferedBytes: 1000, overflow: 'drop-oldest' }, request)
    await until(() => request.heardCount() === 51)
    const messages = await readSome(link, 10)
    expect(messages.map(({ data }) => Number(data))).toEqual(Array.from({ length: 10 }, (_, n) => 40 + n))
    expect(request.gaps).toEqual([{ reason: 'trimmed', lost: 40 }])
    link.close()
  })

  test('bounds a message in UTF-8 bytes', async () => {
    const { url } = await serve((socket) => {
      socket.send('€€€')
      socket.send(Buffer.alloc(9))
      socket.send('€€€€')
    })
    const { items, failure } = await readAll(await dial({ url, maxMessageBytes: 9 }))
    expect(items).toHaveLength(2)
    expect(failure).toMatchObject({ code: 'limit_exceeded' })
  })

  test('maps the end like the other one', async () => {
    const { url } = await serve((socket) => socket.close(4229, 'rate_limited ms=70'))
    expect((await readAll(await dial({ url }))).failure).toMatchObject({ closeCode: 4229, retryAfterMs: 70 })
    const rude = await serve((socket) => socket.terminate())
    expect((await readAll(await dial({ url: rude.url }))).failure).toMatchObject({ code: 'network' })
    const polite = await serve((socket) => socket.close(1000))
    expect((await readAll(await dial({ url: polite.url }))).failure).toBeUndefined()
  })

  test('a refused handshake is `network`: the platform does not say more', async () => {
    const { url } = await serve(undefined, { verifyClient: () => false })
    expect(await failureOf(dial({ url }))).toMatchObject({ code: 'network' })
  })

  test('headers are `unsupported`: no browser can send them', async () => {
    const failure = await failureOf(dial({ url: 'ws://127.0.0.1:9', headers: { authorization: 'Bearer s3cret' } }))
    expect(failure).toMatchObject({ code: 'unsupported' })
    expect(failure.message).not.toContain('s3cret')
  })

  test('giving up at any stage leaves no socket', async () => {
    const { url, connections, open } = await serve()
    const during = recordedRequest()
    const dialling = failureOf(dial({ url }, during))
    await turns(1)
    during.abort()
    expect(await dialling).toMatchObject({ code: 'aborted' })
    const after = recordedRequest()
    const link = await dial({ url }, after)
    const reading = link.read(() => true)
    after.abort()
    await expect(reading).rejects.toMatchObject({ code: 'aborted' })
    await until(() => connections.every((socket) => socket.readyState === 3))
    await abandoned({ open })
  })

  test('waits while its buffer is above the high-water mark', async () => {
    let received = 0
    const { url, connections } = await serve((socket) => {
      socket.pause()
      socket.on('message', (data: Buffer) => {
        received += data.length
      })
    })
    const link = await dial({ url })
    const batch = Array.from({ length: 300 }, () => outgoing('y'.repeat(65_536)))
    const writing = link.write?.(batch)
    await turns(50)
    expect(batch.at(-1)?.times()).toBe(0)
    connections[0]?.resume()
    await writing
    await until(() => received === 300 * 65_536)
    link.close()
  })
})

test('without `ws` Node uses its own WebSocket, and without that it says what to install', async () => {
  const { url, connections } = await serve()
  await openSocket(requestTo(url), silentOwner, async () => undefined)
  expect(connections).toHaveLength(1)
  const own = globalThis.WebSocket
  Reflect.deleteProperty(globalThis, 'WebSocket')
  try {
    const failure = await failureOf(openSocket(requestTo(url), silentOwner, async () => undefined))
    expect(failure).toMatchObject({ code: 'unsupported' })
    expect(failure.message).toContain('"ws" package')
  } finally {
    Object.defineProperty(globalThis, 'WebSocket', { value: own, configurable: true, writable: true })
  }
})

test('the build for browsers opens the global WebSocket', async () => {
  const { url, connections } = await serve()
  await openBrowserSocket(requestTo(url), silentOwner)
  expect(connections).toHaveLength(1)
})

test('a constructor that refuses the URL is `bad_url`', async () => {
  class Refusing extends WebSocket {
    constructor() {
      super('http://[')
    }
  }
  expect(await failureOf(webSocket({ url: 'ws://127.0.0.1:9', WebSocket: Refusing }, recordedRequest()))).toMatchObject(
    { code: 'bad_url' },
  )
})

test('a close reason is cut to 123 bytes of whole characters', () => {
  expect(closeReasonWithin('a'.repeat(200))).toBe('a'.repeat(123))
  expect(closeReasonWithin('€'.repeat(100))).toBe('€'.repeat(41))
  expect(closeReasonWithin('short')).toBe('short')
})
