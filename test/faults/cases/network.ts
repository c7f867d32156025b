/**
 * F20 and F49: nobody there, or somebody else.
 *
 * @module
 */

import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { conclude, type Expected } from '../oracle.ts'
import type { FaultRow } from '../row.ts'
import { openWorld } from '../world.ts'
import { bareServer, refusedOrigin, secureServer } from './strange-servers.ts'

/** Dials until the first failure is said, within 10 s of the connection's time. */
async function failsWith(
  row: FaultRow,
  origin: string,
  code: string,
  expected: Expected = { end: 'trying' },
): Promise<void> {
  const world = await openWorld(row, { origin, skipWaits: false })
  world.connect()
  // Whoever never answers is given up by the clock; everybody else has answered by then.
  for (let turns = 0; turns < 200 && world.codes.length === 0; turns++) await turn()
  for (let second = 0; second < 10 && world.codes.length === 0; second++) {
    await world.clock.advance(1_000)
    for (let turns = 0; turns < 50 && world.codes.length === 0; turns++) await turn()
  }
  await world.until(() => world.codes.length > 0)
  expect(world.clock.now()).toBeLessThanOrEqual(10_000)
  expect(world.codes, world.describe()).toEqual([code])
  await conclude(world, expected)
}

/** F20: a name that nobody has (RFC 6761 section 6.4), and a port that nobody opened. */
export async function unreachable(row: FaultRow): Promise<void> {
  const world = await openWorld(row, { origin: 'http://nobody.invalid', skipWaits: false })
  await world.connect().untilStage('waiting')
  await conclude(world, { end: 'trying', codes: ['network'] })
  const refused = await openWorld(row, { origin: await refusedOrigin(), skipWaits: false })
  await refused.connect().untilStage('waiting')
  await conclude(refused, { end: 'trying', codes: ['network'] })
}

/** F20: a certificate that nobody vouches for, and one for another name. Retried, visibly. */
export async function wrongCertificate(row: FaultRow): Promise<void> {
  for (const trust of [false, true]) {
    const secure = await secureServer((_request, response) => response.end(), { value: 'elsewhere.example' })
    const input = trust ? { tls: { ca: secure.certificate } } : {}
    const world = await openWorld(row, { origin: secure.origin, input, skipWaits: false })
    await world.connect().untilStage('waiting')
    await conclude(world, { end: 'trying', codes: ['tls'] })
    await secure.close()
  }
}

/** What may stand on a port instead of a stream server, and what a client calls it. */
const strangers: readonly { readonly code: string; meet(socket: Socket): void }[] = [
  // An echo, a mail server, an SSH server, somebody who hangs up, somebody silent.
  { code: 'network', meet: (socket) => void socket.pipe(socket) },
  { code: 'network', meet: (socket) => void socket.write('220 mail.example ESMTP\r\n') },
  { code: 'network', meet: (socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n') },
  { code: 'network', meet: (socket) => void socket.end() },
  { code: 'connect_timeout', meet: (socket) => void socket.resume() },
]

/** F49: each of them gets a typed error within 10 s. */
export async function wrongServers(row: FaultRow): Promise<void> {
  for (const { code, meet } of strangers) {
    const server = await bareServer(meet)
    await failsWith(row, server.origin, code)
    await server.close()
  }
}

/** F49: TLS spoken to in plain text, and plain text spoken to in TLS. */
export async function wrongSecurity(row: FaultRow): Promise<void> {
  const secure = await secureServer((_request, response) => response.end())
  await failsWith(row, secure.origin.replace('https', 'http'), 'network')
  await secure.close()
  const plain = await bareServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'))
  await failsWith(row, plain.origin.replace('http', 'https'), 'tls')
  await plain.close()
}

/** F49: an HTTP server that knows nothing of WebSockets, and one that answers the handshake wrongly. */
export async function webServerInstead(row: FaultRow): Promise<void> {
  const page = await bareServer((socket) => void socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello'))
  await failsWith(row, page.origin, 'http_status', { end: { told: 'http_status' } })
  await page.close()
  const liar = await bareServer((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n')
    socket.write('sec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n')
  })
  await failsWith(row, liar.origin, 'not_a_stream_server', { end: { told: 'not_a_stream_server' } })
  await liar.close()
}

/** F49: a WebSocket that repeats what it hears is no stream server. */
export async function socketEcho(row: FaultRow): Promise<void> {
  const world = await openWorld(row, {
    attempts: [
      async (exchange) => {
        await exchange.accept()
        await world.until(() => exchange.received.length > 0 || exchange.ended !== null)
        for (const message of exchange.received) await exchange.send(message)
      },
    ],
  })
  await world.connect().untilStage('error')
  await conclude(world, { end: { told: 'not_a_stream_server' }, texts: 0 })
}
