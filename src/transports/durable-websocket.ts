/**
 * A durable stream over WebSocket: `hello`, `welcome`, `sub`, `subok`, and then records (wire.md 2.5).
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { AppendAnswer, DialRequest, Link } from '../link.ts'
import type { WelcomeFrame } from '../wire/frames.ts'
import { PROTOCOL_MAJOR, STREAM_MOUNT, WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../wire/names.ts'
import { formatOffset, parseOffset } from '../wire/offset.ts'
import type { appendOverHttp } from './durable-append.ts'
import { type Frame, frameBytesOf, parseFrame, post, refusedSubscription, subscribed } from './durable-frames.ts'
import { type Reset, readReset } from './durable-gap.ts'
import type { Opened } from './durable-http.ts'
import { type DurableInput, frameLimit, wantedHeartbeat } from './durable-input.ts'
import { durableLink } from './durable-link.ts'
import { loaded } from './durable-parts.ts'
import { createTracker, type Place } from './durable-position.ts'
import { createPublisher, MOST_UNANSWERED } from './durable-publisher.ts'
import { subscriptionTranslator } from './durable-subscription.ts'
import { addHeaders, resolveHeaders } from './request-headers.ts'
import { resolveUrl } from './request-url.ts'
import { webSocket } from './websocket.ts'

/** One subscription per connection, so one number is enough to begin with. */
const FIRST_ID = 1

/** Opens a durable stream over WebSocket. Rejects as `webSocket` does, and with `not_a_stream_server` and `bad_frame`. */
export async function openOverWebSocket(input: DurableInput, request: DialRequest, place: Place): Promise<Opened> {
  const { socketUrl, stream } = addresses(input.url)
  const { headers, token } = await credential(input, request)
  const link = await dialSocket({ ...input, headers }, request, socketUrl)
  try {
    const pingMs = wantedHeartbeat(request.heartbeatInterval)
    post(link, { t: 'hello', v: PROTOCOL_MAJOR, agent: 'statewire', pingMs, token })
    const welcome = await greeting(link)
    post(link, { t: 'sub', id: FIRST_ID, s: stream, o: place.offset })
    const answer = await frameFor(link, (frame) => frame.id === FIRST_ID && ['subok', 'reset', 'err'].includes(frame.t))
    if (answer.t === 'err') throw refusedSubscription(answer)
    const reset = resetIn(answer, place)
    if (reset === undefined) return { link: subscriptionLink(input, request, place, { link, stream, welcome, answer }) }
    link.close(1000)
    return { reset }
  } catch (thrown) {
    link.close()
    throw thrown
  }
}

/** A page can set no header of a WebSocket: a bearer token goes into `hello`, the same everywhere. */
async function credential(
  input: DurableInput,
  { attempt }: DialRequest,
): Promise<{ headers: Headers; token: string | undefined }> {
  const headers = new Headers()
  addHeaders(headers, await resolveHeaders(input.headers, { attempt }))
  const token = /^bearer +(.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (token !== undefined) headers.delete('authorization')
  return { headers, token }
}

/** The socket and the stream's name there: both stand in the URL of the stream. */
function addresses(address: string | URL): { socketUrl: URL; stream: string } {
  const url = resolveUrl(address)
  const mount = url.pathname.indexOf(STREAM_MOUNT)
  if (mount < 0) throw new TransportError('bad_url', `The URL of a stream has ${STREAM_MOUNT} in its path.`)
  const stream = decoded(url.pathname.slice(mount + STREAM_MOUNT.length))
  url.pathname = url.pathname.slice(0, mount) + WEBSOCKET_PATH
  return { socketUrl: url, stream }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new TransportError('bad_url', 'The path of the stream cannot be decoded.')
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
    first = await frameFor(link, (frame) => frame.t !== 'ping' && frame.t !== 'bye')
  } catch (thrown) {
    throw thrown instanceof TransportError && thrown.code === 'bad_frame' ? other : thrown
  }
  if (first.t !== ('welcome' satisfies WelcomeFrame['t'])) throw other
  return first
}

/** Waits for one frame. Others may come before it (a `ping`), and the server may hang up instead. */
async function frameFor(link: Link, wanted: (frame: Frame) => boolean): Promise<Frame> {
  let found: Frame | undefined
  await link.read((item) => {
    const frame = parseFrame(item)
    if (wanted(frame)) found = frame
    return found === undefined
  })
  if (found !== undefined) return found
  throw new TransportError('interrupted', 'The server closed the connection before the stream was open.')
}

/** What the answer says about the place that was asked for; `undefined` when it can be served. */
function resetIn(answer: Frame, { offset, skip }: Place): Reset | undefined {
  const { t, why, lost, earliest, tail } = answer
  if (t === 'reset') return readReset(why, lost, earliest)
  const parts = parseOffset(offset)
  if (parts === null) return undefined
  // A server that serves another generation than the one asked for, and does not say so, has lost the position all the same.
  if (parts.gen !== subscribed(answer).gen) return readReset('generation', null, undefined)
  // Fewer records than are known behind the offset: whoever skipped those that are known would leave out the next ones.
  if (typeof tail === 'number' && tail < parts.seq + skip) return readReset('truncated', null, undefined)
  return undefined
}

interface Session {
  readonly link: Link
  readonly stream: string
  readonly welcome: Frame
  readonly answer: Frame
}

function subscriptionLink(input: DurableInput, request: DialRequest, place: Place, session: Session): Link {
  const { link, stream, welcome, answer } = session
  const { gen, term, from } = subscribed(answer)
  const mark = parseOffset(place.offset) === null
  const tracker = createTracker(mark ? formatOffset({ gen, term, seq: from }) : place.offset, place.skip)
  const life = new AbortController()
  const publisher = createPublisher({
    stream,
    records: input.records ?? 'json',
    frameBytes: frameBytesOf(welcome),
    transmit: (frame, sent) => void link.write?.([{ data: frame, settle: sent }]),
    appendLarge: (append) => appendLarge(input, append, life.signal),
  })
  const translator = subscriptionTranslator({
    link,
    stream,
    tracker,
    publisher,
    id: FIRST_ID,
    opened: answer,
    asked: place.offset,
  })
  return durableLink({
    carrier: link,
    translator,
    start: tracker.position === request.position ? undefined : tracker.position,
    until: input.until,
    append: (append) => publisher.append(append),
    appendsAtOnce: MOST_UNANSWERED,
    awaitsAnswer: () => publisher.awaits,
    ping: () => post(link, { t: 'ping' }),
    release() {
      publisher.close()
      life.abort()
    },
  })
}

/** What no frame holds goes as a request: its number keeps it in its place among the frames. */
async function appendLarge(...what: Parameters<typeof appendOverHttp>): Promise<AppendAnswer> {
  return (await loaded(import('./durable-append.ts'))).appendOverHttp(...what)
}
