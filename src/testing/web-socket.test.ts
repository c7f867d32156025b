import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { bareClient, handshakeText } from '../../test/testing/bare-client.ts'
import {
  accept,
  cutAt,
  type Exchange,
  raw,
  refuse,
  type ScriptedServer,
  scriptedServer,
  split,
  webSocketFrame,
} from './server.ts'

let server: ScriptedServer
beforeEach(async () => {
  server = await scriptedServer()
})
afterEach(() => server.close())

interface Heard {
  readonly socket: WebSocket
  readonly messages: (string | Buffer)[]
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly error: Error | null }>
}

function open(...protocols: readonly string[]): Heard {
  const socket = new WebSocket(`${server.socketUrl}/room`, [...protocols])
  const messages: (string | Buffer)[] = []
  let error: Error | null = null
  socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()))
  socket.on('error', (thrown) => {
    error = thrown
  })
  const closed = new Promise<{ code: number; reason: string; error: Error | null }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString(), error })),
  )
  return { socket, messages, closed }
}

async function accepted(client: Heard): Promise<Exchange> {
  const exchange = await (await server.next()).accept()
  while (client.socket.readyState !== WebSocket.OPEN) await turn()
  return exchange
}

test('a held handshake is accepted, and both sides talk in text and bytes', async () => {
  const client = open('chat.v1', 'other')
  const exchange = await accepted(client)
  expect(exchange).toMatchObject({ isWebSocket: true, path: '/room', state: 'answering' })
  expect(client.socket.protocol).toBe('chat.v1')
  await exchange.send('text')
  await exchange.send(Uint8Array.of(1, 2))
  await exchange.send({ data: 'from fields', id: '9' })
  while (client.messages.length < 3) await turn()
  expect(client.messages).toEqual(['text', Buffer.from([1, 2]), 'from fields'])
  client.socket.send('up')
  client.socket.send(Buffer.from([3]))
  await server.until(() => exchange.received.length === 2)
  expect(exchange.received).toEqual(['up', Buffer.from([3])])
})

test('the server closes with a code and a reason', async () => {
  server.script([accept(['last words'], { ending: { code: 4003, reason: 'not you' } })])
  const client = open()
  expect(await client.closed).toMatchObject({ code: 4003, reason: 'not you' })
  expect(client.messages).toEqual(['last words'])
  await server.until(() => server.open === 0)
  expect(server.exchanges[0]).toMatchObject({ ended: 'finished', closeFrame: { code: 4003 } })
})

test('the close frame of a client is recorded', async () => {
  const client = open()
  const exchange = await accepted(client)
  client.socket.close(4999, 'bye')
  await server.until(() => server.open === 0)
  expect(exchange.closeFrame).toEqual({ code: 4999, reason: 'bye' })
  expect((await client.closed).code).toBe(4999)
})

test('a client that terminates is seen to leave', async () => {
  const client = open()
  const exchange = await accepted(client)
  client.socket.terminate()
  await server.until(() => server.open === 0)
  expect(exchange).toMatchObject({ ended: 'left', closeFrame: { code: 1006 } })
})

test('a handshake is refused with a status', async () => {
  server.script([refuse(503, { retryAfter: 3 })])
  expect((await open().closed).error?.message).toContain('503')
})

test('a client that gives up its handshake leaves nothing open', async () => {
  const client = open()
  const exchange = await server.next()
  client.socket.terminate()
  await server.until(() => server.open === 0)
  expect(exchange.state).toBe('over')
  await expect(exchange.accept()).rejects.toThrow('left before')
})

test('a cut tears a frame at every byte', async () => {
  const message = webSocketFrame({ payload: 'hello' })
  for (let at = 0; at <= message.length; at++) {
    server.script([cutAt(at, accept(['hello']), { of: 'body' })])
    const client = bareClient(server.url, handshakeText)
    await client.until(() => client.ended !== null)
    expect(client.ended).toBe('rst')
    const head = client.bytes().indexOf('\r\n\r\n') + 4
    expect(client.bytes().subarray(head).equals(message.subarray(0, at)), `${at} bytes of the frame`).toBe(true)
  }
})

test('a cut may tear the handshake itself', async () => {
  server.script([cutAt(17, accept(), { by: 'finish' })])
  const client = bareClient(server.url, handshakeText)
  await client.until(() => client.ended === 'fin')
  expect(client.bytes().toString()).toBe('HTTP/1.1 101 Switc'.slice(0, 17))
})

test('a split frame is still one message', async () => {
  server.script([split([1], accept(['é€😀'], { ending: 'end' }))])
  const client = open()
  expect((await client.closed).code).toBe(1000)
  expect(client.messages).toEqual(['é€😀'])
})

test('malformed frames reach the client as they are', async () => {
  const faults = {
    'a reserved opcode': webSocketFrame({ opcode: 3 }),
    'a masked frame': webSocketFrame({ masked: true, payload: 'x' }),
    'a reserved bit': webSocketFrame({ reserved: 4, payload: 'x' }),
    'text that is no UTF-8': webSocketFrame({ payload: Uint8Array.of(0xff) }),
    'a length beyond everything': webSocketFrame({ payload: 'x', length: Number.MAX_SAFE_INTEGER }),
    'a fragmented ping': webSocketFrame({ opcode: 9, fin: false }),
  }
  for (const [name, frame] of Object.entries(faults)) {
    const client = open()
    const exchange = await accepted(client)
    await exchange.raw(frame)
    expect((await client.closed).error, name).toBeInstanceOf(Error)
  }
})

test('an opened socket may stall: no pong, no answer to a close', async () => {
  const client = open()
  const exchange = await accepted(client)
  exchange.stall()
  const before = exchange.written
  let pongs = 0
  client.socket.on('pong', () => pongs++)
  client.socket.ping()
  client.socket.send('still heard')
  await server.until(() => exchange.received.length === 1)
  client.socket.close(4001)
  for (let turns = 0; turns < 50; turns++) await turn()
  expect([pongs, exchange.written - before, client.socket.readyState]).toEqual([0, 0, WebSocket.CLOSING])
  client.socket.terminate()
  await server.until(() => server.open === 0)
  expect(exchange).toMatchObject({ ended: 'left', closeFrame: { code: 4001 } })
})

test('something else than a handshake may answer', async () => {
  server.script([raw('SSH-2.0-OpenSSH_9.6\r\n', 'finish')])
  expect((await open().closed).error).toBeInstanceOf(Error)
})

test('frames have the three forms of a length', () => {
  expect([...webSocketFrame({ payload: 'ab' })]).toEqual([0x81, 2, 97, 98])
  expect([...webSocketFrame({ payload: new Uint8Array(200) }).slice(0, 4)]).toEqual([0x81, 126, 0, 200])
  const long = webSocketFrame({ opcode: 2, payload: new Uint8Array(70_000) }).slice(0, 10)
  expect([...long]).toEqual([0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70])
})
