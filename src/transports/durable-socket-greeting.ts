/**
 * How a socket of `statewire.v1.json` begins: it opens, greets and is welcomed (wire.md 2.5). The same for a socket with one stream
 * and for one that many share.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { DialRequest, Link } from '../link.ts'
import type { ClientFrame, WelcomeFrame } from '../wire/frames.ts'
import { PROTOCOL_MAJOR, WEBSOCKET_PROTOCOL } from '../wire/names.ts'
import { type Frame, parseFrame, post, postTogether } from './durable-frames.ts'
import { type DurableInput, frameLimit, wantedHeartbeat } from './durable-input.ts'
import { webSocket } from './websocket.ts'

/** Where the socket is, and what opens it. */
export interface SocketAddress {
  readonly socketUrl: URL
  readonly headers: Headers
  /** A page can set no header of a WebSocket: a bearer token goes into `hello`, the same everywhere. */
  readonly token: string | undefined
}

/** A socket that may be asked for streams. */
export interface Greeted {
  readonly link: Link
  readonly welcome: Frame
}

/**
 * Opens a socket and greets. Rejects as `webSocket` does, and with `not_a_stream_server` and `bad_frame`.
 *
 * @param asked what is wanted at once, when the socket is open: the server takes it when it has welcomed, and a round trip is saved.
 */
export async function openGreeted(
  input: DurableInput,
  request: DialRequest,
  { socketUrl, headers, token }: SocketAddress,
  asked: () => readonly ClientFrame[],
): Promise<Greeted> {
  const link = await dialSocket({ ...input, headers }, request, socketUrl)
  try {
    const pingMs = wantedHeartbeat(request.heartbeatInterval)
    postTogether(link, [{ t: 'hello', v: PROTOCOL_MAJOR, agent: 'statewire', pingMs, token }, ...asked()])
    return { link, welcome: await greeting(link) }
  } catch (thrown) {
    link.close()
    throw thrown
  }
}

async function dialSocket(input: DurableInput, request: DialRequest, url: URL): Promise<Link> {
  const { headers, query, tls, maxBufferedBytes, WebSocket } = input
  const options = { headers, query, tls, maxBufferedBytes, WebSocket, maxMessageBytes: frameLimit(input) }
  try {
    // A cut costs nothing where there are positions, so that a reader who is too slow is simply resumed.
    return await webSocket({ ...options, url, protocols: WEBSOCKET_PROTOCOL, overflow: 'reconnect' }, request)
  } catch (thrown) {
    const otherServer =
      thrown instanceof TransportError && thrown.code === 'unsupported' && request.signal.aborted === false
    if (!otherServer || WebSocket !== undefined) throw thrown
    throw new TransportError('not_a_stream_server', `The server does not speak ${WEBSOCKET_PROTOCOL}.`, {
      cause: thrown,
    })
  }
}

/** An echo server, or a stream of something else, shows itself by the first thing it says. */
async function greeting(link: Link): Promise<Frame> {
  const other = new TransportError(
    'not_a_stream_server',
    'The server did not answer the greeting as a stream server does.',
  )
  let first: Frame
  try {
    first = await frameFor(link, parseFrame, (frame) => frame.t !== 'ping' && frame.t !== 'bye')
  } catch (thrown) {
    throw thrown instanceof TransportError && thrown.code === 'bad_frame' ? other : thrown
  }
  if (first.t !== ('welcome' satisfies WelcomeFrame['t'])) throw other
  return first
}

/** Waits for one frame. Others may come before it (a `ping`), and the server may hang up instead. */
export async function frameFor(
  link: Link,
  parse: typeof parseFrame,
  wanted: (frame: Frame) => boolean,
): Promise<Frame> {
  let found: Frame | undefined
  await link.read((item) => {
    const frame = parse(item)
    if (wanted(frame)) found = frame
    return found === undefined
  })
  if (found !== undefined) return found
  throw new TransportError('interrupted', 'The server closed the connection before the stream was open.')
}

/** Answers pings. A flood of them is answered one at a time: what the socket cannot take off must not pile up. */
export function createPong(link: Link): (ping: Frame) => void {
  let state: 'idle' | 'answering' = 'idle'
  return ({ k }) => {
    if (state === 'answering') return
    state = 'answering'
    const key = typeof k === 'string' || typeof k === 'number' ? k : undefined
    post(link, { t: 'pong', k: key }, () => {
      state = 'idle'
    })
  }
}
