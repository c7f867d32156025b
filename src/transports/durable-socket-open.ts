/**
 * A channel of a socket that others use, too: the one that is there, or a new one.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { DialRequest } from '../link.ts'
import type { ClientFrame } from '../wire/frames.ts'
import { type Frame, post, subscribeFrame, type Wanted } from './durable-frames.ts'
import { type DurableInput, frameLimit, wantedHeartbeat } from './durable-input.ts'
import { SharedSocket } from './durable-socket.ts'
import type { Channel } from './durable-socket-channel.ts'
import { openGreeted, type SocketAddress } from './durable-socket-greeting.ts'
import { SocketPool } from './durable-socket-pool.ts'

export { routedFrame } from './durable-socket-channel.ts'

/** A channel that has asked for its stream, over a socket that was welcomed. */
export interface OpenedChannel {
  readonly channel: Channel
  readonly welcome: Frame
  /** The number of its `sub`. */
  readonly id: number
  /** That of the next one. */
  nextId(): number
}

/** Rejects as the dial of the socket does, and with `bad_option` and `aborted`. */
export async function openChannel(
  input: DurableInput,
  request: DialRequest,
  address: SocketAddress,
  wanted: Wanted,
): Promise<OpenedChannel> {
  const { stream } = wanted
  const pool = input.sockets
  if (!(pool instanceof SocketPool))
    throw new TransportError('bad_option', 'Option sockets must be made by createSocketPool.')
  const key = keyOf(pool, input, request, address)
  while (!request.signal.aborted) {
    const there = socketFor(pool, key, stream)
    const socket = there ?? newSocket(pool, key, input, request, address)
    const channel = socket.join(stream, request)
    const ask = (): ClientFrame => subscribeFrame(socket.nextId(channel), wanted)
    // Whoever else comes must first be told whether there is room.
    if (there === undefined) socket.greetWith(channel, ask)
    try {
      const { welcome } = await unlessAborted(socket.greeted, request.signal)
      await unlessAborted(socket.vacated(stream), request.signal)
      if (socket.hasRoomFor(channel)) {
        if (there !== undefined) post(channel.link(), ask())
        return { channel, welcome, id: channel.id, nextId: () => socket.nextId(channel) }
      }
    } catch (thrown) {
      channel.close()
      throw thrown
    }
    channel.close()
  }
  throw aborted()
}

function socketFor(pool: SocketPool, key: string, stream: string): SharedSocket | undefined {
  for (const socket of [...pool.socketsOf(key)]) if (socket.offers(stream)) return socket
  return undefined
}

/** Dialled for the first who asks, and not his alone: it outlives his attempt. */
function newSocket(
  pool: SocketPool,
  key: string,
  input: DurableInput,
  request: DialRequest,
  address: SocketAddress,
): SharedSocket {
  const whole = { ...request, position: null, gap: () => {} }
  return new SharedSocket({
    key,
    pool,
    open: (part, asked) => openGreeted(input, { ...whole, ...part }, address, asked),
  })
}

/** Whatever the server or the platform could treat differently keeps sockets apart. */
function keyOf(pool: SocketPool, input: DurableInput, request: DialRequest, address: SocketAddress): string {
  const { query = {}, tls = {}, maxBufferedBytes, WebSocket } = input
  return JSON.stringify([
    address.socketUrl.href,
    address.token ?? null,
    [...address.headers],
    Object.entries(query).sort(),
    Object.entries(tls)
      .sort()
      .map(([name, value]) => [name, pool.nameOf(value)]),
    pool.nameOf(WebSocket),
    wantedHeartbeat(request.heartbeatInterval) ?? null,
    [maxBufferedBytes ?? null, frameLimit(input)],
  ])
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(aborted())
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function aborted(): TransportError {
  return new TransportError('aborted', 'The attempt was given up.')
}
