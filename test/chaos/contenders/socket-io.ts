/**
 * Socket.IO: as it comes, with connection state recovery, and with that and retries.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Server, type ServerOptions } from 'socket.io'
import { io } from 'socket.io-client'
import type { Contender, ContenderClient, ContenderServer, Ears } from '../contender.ts'
import type { ChaosRecord } from '../record.ts'

export interface SocketIoOptions {
  /** Its documentation's name for missing nothing: `connectionStateRecovery`. */
  readonly recovery: boolean
  /** Its documentation's name for at least once: `retries` and `ackTimeout`. */
  readonly retries: boolean
}

/** How long a client may be away, which is the example in the documentation. In ms. */
const RECOVERY = { maxDisconnectionDuration: 2 * 60 * 1_000, skipMiddlewares: true }

/** A dead connection is noticed as fast as by ours: 1 s of silence and 1 s for the answer. */
const LIVENESS: Partial<ServerOptions> = { pingInterval: 1_000, pingTimeout: 1_000 }

/** The record is sent again after so long without an acknowledgement, in ms. */
const ACK_TIMEOUT = 1_000

/** How long the first connection is waited for, in ms. */
const FIRST_CONNECT = 10_000

export function socketIo(name: string, { recovery, retries }: SocketIoOptions): Contender {
  return {
    name: `socket.io, ${name}`,
    reads: true,
    writes: true,
    echoes: false,
    watchful: true,
    serve: (stored) => serve(stored, recovery),
    connect: (url, ears) => connect(url, ears, retries),
  }
}

async function serve(stored: (value: unknown) => void, recovery: boolean): Promise<ContenderServer> {
  const http = createServer()
  const server = new Server(http, { ...LIVENESS, ...(recovery && { connectionStateRecovery: RECOVERY }) })
  server.on('connection', (socket) => {
    socket.on('record', (record: unknown, acknowledge?: () => void) => {
      stored(record)
      acknowledge?.()
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.')
  return {
    port: address.port,
    reports: [],
    async write(records) {
      for (const record of records) server.emit('record', record)
    },
    close: () => server.close(),
  }
}

async function connect(url: string, ears: Ears, retries: boolean): Promise<ContenderClient> {
  const socket = io(url, {
    // What it upgrades to anyway; between two cuts there is no time for an upgrade.
    transports: ['websocket'],
    // As short as ours.
    reconnectionDelay: 5,
    reconnectionDelayMax: 50,
    // A connection that is closed in its handshake is only noticed by this; 20 s if not set.
    timeout: 2_000,
    // More often than it will be needed, so that it is not this number that fails.
    ...(retries && { retries: 1_000, ackTimeout: ACK_TIMEOUT }),
  })
  socket.on('record', (record: unknown) => ears.read(record))
  socket.io.on('reconnect_failed', () => ears.died('down', 'It stopped reconnecting.'))
  // What is broadcast before it has connected for the first time nobody promises it.
  const connected = new Promise<void>((resolve) => socket.once('connect', resolve))
  await Promise.race([connected, wait(FIRST_CONNECT, undefined, { ref: false })])
  return {
    send: (record) => (retries ? confirmed(socket, record) : Promise.resolve(socket.emit('record', record))),
    close() {
      socket.close()
    },
  }
}

interface Emitting {
  emit(event: string, record: ChaosRecord, confirm: (error: Error | null) => void): unknown
}

function confirmed(socket: Emitting, record: ChaosRecord): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.emit('record', record, (error) => (error ? reject(error) : resolve()))
  })
}
