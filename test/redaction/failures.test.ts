/**
 * What goes wrong on our own side: what the app gave cannot work, what it was asked throws, a message cannot be read or sent.
 *
 * @module
 */
import { describe, expect, inject, it } from 'vitest'
import {
  binary,
  connection,
  createTransport,
  durable,
  durableConnection,
  json,
  type Schema,
  sendOver,
  sse,
  sseConnection,
  TransportError,
  webSocket,
  webSocketConnection,
} from '../../src/index.ts'
import { formatOffset } from '../../src/wire/offset.ts'
import type { RoomClient } from '../rigs/room-client.ts'
import type { AnyLogic } from '../transports/rows.ts'
import { freshRoom } from '../transports/session.ts'
import { nextUncaught } from '../uncaught.ts'
import type { Canaries } from './canaries.ts'
import { secretInput, withQuery } from './secret-input.ts'
import { isCommon } from './surfaces.ts'
import { connectWatched, watch } from './watched.ts'

const any = (logic: unknown): AnyLogic => logic as AnyLogic
const sseLogic = any(sseConnection)
const socketLogic = any(webSocketConnection)

/** Throws what an app's own code throws: a sentence with everything in it. */
const throwing = (canaries: Canaries) => (): never => {
  throw new Error(`No luck with ${canaries.thrown} and ${canaries.authorize}.`)
}

interface Case {
  readonly name: string
  readonly logic: AnyLogic
  readonly code: TransportError['code']
  input(canaries: Canaries, room: RoomClient): Record<string, unknown>
}

const atSse = (room: RoomClient): string => `${room.url}/sse`

const fatal: readonly Case[] = [
  {
    name: 'a user name and a password in the URL',
    logic: sseLogic,
    code: 'bad_url',
    input: ({ query, userInfo }) => ({ url: `https://me:${userInfo}@example.com/?token=${query}` }),
  },
  {
    name: 'a user name in the URL of a WebSocket',
    logic: socketLogic,
    code: 'bad_url',
    input: ({ query, userInfo }) => ({ url: `wss://${userInfo}@example.com/?token=${query}` }),
  },
  {
    name: 'text that is no URL',
    logic: sseLogic,
    code: 'bad_url',
    input: ({ query }) => ({ url: `http://not a host/?token=${query}` }),
  },
  {
    name: 'the URL of no stream',
    logic: any(durableConnection),
    code: 'bad_url',
    input: ({ query }) => ({ url: `http://127.0.0.1/?token=${query}`, via: 'websocket' }),
  },
  {
    name: 'a header value with a line break',
    logic: sseLogic,
    code: 'bad_header',
    input: ({ header }, room) => ({ url: atSse(room), headers: { authorization: `Bearer ${header}\r\nx: y` } }),
  },
  {
    name: 'a whole header line as a name',
    logic: sseLogic,
    code: 'bad_header',
    input: ({ header }, room) => ({ url: atSse(room), headers: { [`authorization: ${header}`]: 'x' } }),
  },
  {
    name: 'a header of the handshake',
    logic: socketLogic,
    code: 'bad_header',
    input: ({ header }, room) => ({ url: `${room.socketUrl}/ws`, headers: { 'sec-websocket-key': header } }),
  },
  {
    name: 'a method nobody knows',
    logic: sseLogic,
    code: 'bad_option',
    input: ({ body }, room) => ({ url: atSse(room), method: `${body} x` }),
  },
  {
    name: 'a start that is no position',
    logic: any(durableConnection),
    code: 'bad_option',
    input: ({ position }, room) => ({ url: `${room.url}/v1/stream/log`, from: `${position} \n` }),
  },
  {
    name: 'a body that cannot be written as JSON',
    logic: sseLogic,
    code: 'encode_failed',
    input: ({ body }, room) => ({ url: atSse(room), body: { [body]: 1n } }),
  },
  {
    name: 'a header function that throws',
    logic: sseLogic,
    code: 'authorize_failed',
    input: (canaries, room) => ({ url: atSse(room), headers: throwing(canaries) }),
  },
  {
    name: 'a header function of a WebSocket that throws',
    logic: socketLogic,
    code: 'authorize_failed',
    input: (canaries, room) => ({ url: `${room.socketUrl}/ws`, headers: throwing(canaries) }),
  },
  {
    name: 'an onAnswer that throws',
    logic: sseLogic,
    code: 'internal',
    input: (canaries, room) => ({ url: atSse(room), onAnswer: throwing(canaries) }),
  },
  {
    name: 'an until that throws',
    logic: sseLogic,
    code: 'internal',
    input: (canaries, room) => ({ url: atSse(room), until: throwing(canaries) }),
  },
  {
    name: 'a sub-protocol the server does not speak',
    logic: socketLogic,
    code: 'unsupported',
    input: ({ subProtocol }, room) => ({ url: `${room.socketUrl}/ws`, protocols: [`bearer.${subProtocol}`] }),
  },
  {
    name: 'a position of another stream',
    logic: any(durableConnection),
    code: 'gap',
    input: (_, room) => ({
      url: `${room.url}/v1/stream/log`,
      position: formatOffset({ gen: 'ffffffffffffffff', term: 1, seq: 7 }),
    }),
  },
]

describe('a connection that comes to rest', () => {
  it.each(fatal)('keeps every secret after $name', async ({ logic, code, input }) => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom({ append: [canaries.payloadIn] })
    const watched = connectWatched({ canaries, surfaces }, logic, {
      ...secretInput(canaries),
      ...input(canaries, room),
    })
    await watched.until('error')
    expect(watched.actor.getSnapshot().context.failure?.code).toBe(code)
    await watched.finish()
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })

  it('keeps the token of an authorize that fails', async () => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom({ faults: [{ kind: 'refuse', status: 401 }] })
    const authorize = async (): Promise<never> => throwing(canaries)()
    const watched = connectWatched({ canaries, surfaces }, sseLogic, { url: atSse(room), authorize })
    await watched.until('error')
    expect(watched.actor.getSnapshot().context.failure?.code).toBe('authorize_failed')
    await watched.finish()
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })

  it.each([sseLogic, socketLogic])('keeps a client key that TLS cannot read', async (logic) => {
    const { canaries, surfaces } = watch()
    const key = `-----BEGIN PRIVATE KEY-----\n${canaries.tlsKey}\n-----END PRIVATE KEY-----`
    const url = withQuery(`${inject('rigTlsUrl')}/room/tls/sse`, canaries)
    const watched = connectWatched({ canaries, surfaces }, logic, { url, tls: { key, cert: key }, maxAttempts: 1 })
    await watched.until('error', 'reconnecting')
    await watched.finish()
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })
})

/** Refuses everything, and says what it was: in the sentence, or as the key at fault. */
function telltale(where: 'sentence' | 'key'): Schema<unknown, unknown> {
  const validate = (value: unknown) => {
    const told = JSON.stringify(value)
    return { issues: [where === 'key' ? { message: 'Unknown key.', path: [told] } : { message: `Refused ${told}.` }] }
  }
  return { '~standard': { version: 1, vendor: 'telltale', validate } }
}

const schemaOf = { incoming: telltale('sentence') }
const keySchemaOf = { incoming: telltale('key') }

describe('a message', () => {
  it.each([
    { name: 'is no JSON', path: 'sse', logic: any(connection(sse, { codec: json })), code: 'decode_failed' },
    { name: 'is refused by its schema', path: 'sse', logic: any(connection(sse, schemaOf)), code: 'schema_refused' },
    {
      name: 'has a key that is refused',
      path: 'sse',
      logic: any(connection(sse, keySchemaOf)),
      code: 'schema_refused',
    },
    {
      name: 'is refused over a durable stream',
      path: 'v1/stream/log',
      logic: any(connection(durable, schemaOf)),
      code: 'schema_refused',
    },
  ])('stays a secret when it $name', async ({ logic, path, code }) => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom({ append: [`{"${canaries.payloadIn}`] })
    const watched = connectWatched({ canaries, surfaces }, logic, { url: `${room.url}/${path}` })
    const refused = new Promise<TransportError>((resolve) => watched.actor.on('error', ({ error }) => resolve(error)))
    expect((await refused).code).toBe(code)
    await watched.finish()
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })

  it.each([
    { name: 'is no text', logic: socketLogic, data: (secret: string): unknown => ({ secret }), code: 'encode_failed' },
    { name: 'does not fit', logic: socketLogic, data: (secret: string) => secret.repeat(40), code: 'outbox_full' },
    {
      name: 'is refused by its schema',
      logic: any(connection(webSocket, { outgoing: telltale('sentence') })),
      data: String,
      code: 'schema_refused',
    },
    {
      name: 'has a key that is refused',
      logic: any(connection(webSocket, { outgoing: telltale('key') })),
      data: String,
      code: 'schema_refused',
    },
    {
      name: 'cannot be made bytes',
      logic: any(connection(webSocket, { codec: binary })),
      data: (secret: string): unknown => [secret],
      code: 'encode_failed',
    },
  ])('that is sent stays a secret when it $name', async ({ logic, data, code }) => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom()
    const input = { url: `${room.socketUrl}/ws`, outbox: { bytes: 1_000 } }
    const watched = connectWatched({ canaries, surfaces }, logic, input)
    await watched.until('connected')
    const failure = await sendOver(watched.actor, data(canaries.payloadOut)).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    surfaces.hear('rejection', failure)
    await watched.finish()
    const late = await sendOver(watched.actor, canaries.payloadOut).catch((error: unknown) => error)
    expect(late).toMatchObject({ code: 'send_refused' })
    surfaces.hear('rejection', late)
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })

  it('that a server refuses stays a secret, and so does what the server says', async () => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom({
      sendFaults: [{ kind: 'refuse', status: 422, headers: { 'x-why': canaries.serverHeader } }],
    })
    const input = { url: atSse(room), sendUrl: withQuery(`${room.url}/in`, canaries), ...secretInput(canaries) }
    const watched = connectWatched({ canaries, surfaces }, sseLogic, input)
    await watched.until('connected')
    const failure = await sendOver(watched.actor, canaries.payloadOut).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TransportError)
    surfaces.hear('rejection', failure)
    await watched.finish()
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })

  it('stays a secret when a listener throws; what the listener threw goes to its own app, and only there', async () => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom({ append: [canaries.payloadIn] })
    const own = new Error(canaries.thrown)
    const uncaught = nextUncaught()
    const watched = connectWatched({ canaries, surfaces }, sseLogic, { url: atSse(room) })
    watched.actor.on('message', () => {
      throw own
    })
    expect(await uncaught).toBe(own)
    await watched.finish()
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })
})

it('keeps what a configuration holds when createTransport refuses it', () => {
  const { canaries, surfaces } = watch()
  const wrong: object[] = [
    { url: '', headers: { authorization: canaries.header } },
    { url: 'http://127.0.0.1', authorize: canaries.authorize },
    { url: 'http://127.0.0.1', position: [canaries.position] },
    { url: { [canaries.query]: canaries.query } },
  ]
  for (const config of wrong) {
    try {
      createTransport('sse', config as { url: string })
    } catch (error) {
      surfaces.hear('thrown', error)
    }
  }
  expect(surfaces.count('thrown')).toBeGreaterThanOrEqual(wrong.length)
  expect(surfaces.leaks(canaries)).toEqual([])
})
