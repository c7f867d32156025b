import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket as WsSocket } from 'ws'
import type { Message } from '../link.ts'
import { webSocket } from './websocket.ts'
import type { WebSocketInput } from './websocket-input.ts'
import { readAll, readSome, recordedRequest, socketServer, until } from './websocket-rig.ts'

/** A server that answers `ping` with `pong`, and says `news` when asked for it. */
async function answering() {
  const got: unknown[] = []
  const server = await socketServer((socket) =>
    socket.on('message', (data, isBinary) => {
      got.push(isBinary ? [...(data as Buffer)] : String(data))
      if (String(data).startsWith('ping')) socket.send('pong')
      if (String(data) === 'ask') socket.send('news')
    }),
  )
  onTestFinished(server.close)
  return { ...server, got }
}

const pong = ({ data }: Message): boolean => data === 'pong'

describe.each<[string, Partial<WebSocketInput>]>([
  ['ws', {}],
  ['the global WebSocket, which has no ping of its own', { WebSocket }],
])('an application ping over %s', (_name, platform) => {
  test('is answered; the answer is heard and never handed over', async () => {
    const { url, got } = await answering()
    const request = recordedRequest()
    const link = await webSocket({ url, ping: 'ping', pong, ...platform }, request)
    onTestFinished(() => link.close())
    const before = request.heardCount()
    link.ping?.()
    await until(() => request.heardCount() > before)
    const messages = readSome(link, 1)
    await link.write?.([{ data: 'ask', settle() {} }])
    expect((await messages).map(({ data }) => data)).toEqual(['news'])
    expect(got).toEqual(['ping', 'ask'])
  })

  test('is heard while nobody reads, and takes no place among what is kept', async () => {
    const { url } = await answering()
    const request = recordedRequest()
    const link = await webSocket({ url, ping: () => 'ping', pong, maxBufferedBytes: 64, ...platform }, request)
    onTestFinished(() => link.close())
    const before = request.heardCount()
    for (let n = 0; n < 20; n++) link.ping?.()
    await until(() => request.heardCount() >= before + (platform.WebSocket ? 20 : 1))
    const messages = readSome(link, 1)
    await link.write?.([{ data: 'ask', settle() {} }])
    expect((await messages).map(({ data }) => data)).toEqual(['news'])
  })

  test('may be bytes, and made anew each time', async () => {
    const { url, got } = await answering()
    let next = 0
    const link = await webSocket({ url, ping: () => new Uint8Array([next++]), ...platform }, recordedRequest())
    link.ping?.()
    link.ping?.()
    await until(() => got.length === 2)
    expect(got).toEqual([[0], [1]])
    link.close()
    link.ping?.()
  })

  test.each<[string, Partial<WebSocketInput>, string]>([
    [
      'a ping that throws',
      {
        ping: () => {
          throw new Error('token=canary')
        },
      },
      'internal',
    ],
    ['a ping of another kind', { ping: () => 5 as unknown as string }, 'encode_failed'],
    [
      'a pong that throws',
      {
        ping: 'ping',
        pong: () => {
          throw new Error('token=canary')
        },
      },
      'internal',
    ],
  ])('%s ends the link with a typed error and throws nothing where nobody catches', async (_what, input, code) => {
    const { url } = await answering()
    const link = await webSocket({ url, ...input, ...platform }, recordedRequest())
    link.ping?.()
    const { failure } = await readAll(link)
    expect(failure).toMatchObject({ name: 'TransportError', code })
    expect(String(failure)).not.toContain('canary')
  })
})

test('without one, a standard socket has no ping and ws sends a ping frame', async () => {
  const { url, connections } = await answering()
  const standard = await webSocket({ url, WebSocket: WsSocket }, recordedRequest())
  expect(standard.ping).toBeUndefined()
  const link = await webSocket({ url }, recordedRequest())
  const pinged = new Promise((resolve) => connections[1]?.on('ping', () => resolve(true)))
  link.ping?.()
  expect(await pinged).toBe(true)
  for (const open of [standard, link]) open.close()
})
