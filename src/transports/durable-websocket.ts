/**
 * A durable stream over WebSocket: `hello`, `welcome`, `sub`, `subok`, and then records (wire.md 2.5).
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { AppendAnswer, DialRequest, Link } from '../link.ts'
import { STREAM_MOUNT, WEBSOCKET_PATH } from '../wire/names.ts'
import { formatOffset, parseOffset } from '../wire/offset.ts'
import type { appendOverHttp } from './durable-append.ts'
import {
  type Frame,
  frameBytesOf,
  parseFrame,
  post,
  refusedSubscription,
  subscribed,
  subscribeFrame,
  type Wanted,
} from './durable-frames.ts'
import { type Reset, readReset } from './durable-gap.ts'
import type { Opened } from './durable-http.ts'
import type { DurableInput } from './durable-input.ts'
import { durableLink } from './durable-link.ts'
import { loaded, partOf } from './durable-parts.ts'
import { createTracker, type Place } from './durable-position.ts'
import { createPublisher, MOST_UNANSWERED } from './durable-publisher.ts'
import { frameFor, openGreeted, type SocketAddress } from './durable-socket-greeting.ts'
import { type SubscriptionOptions, subscriptionTranslator } from './durable-subscription.ts'
import { addHeaders, resolveHeaders } from './request-headers.ts'
import { resolveUrl } from './request-url.ts'

/** The first `sub` of a socket of its own. */
const FIRST_ID = 1

/** Appends on their way over a shared socket: the server reads no further than 64, and that is for all of them. */
const MOST_UNANSWERED_SHARED = 16

const sharedSockets = partOf(() => import('./durable-socket-open.ts'))

/** A connection that has asked for the stream: a socket of its own, or a channel of one that others use, too. */
interface Carrier extends Pick<SubscriptionOptions, 'link' | 'parse' | 'id' | 'nextId'> {
  readonly welcome: Frame
  readonly appendsAtOnce: number
  /** How reading begins again when the carrier had to stop it. */
  onRoom?(again: () => void): void
}

/** Opens a durable stream over WebSocket. Rejects as `webSocket` does, and with `not_a_stream_server` and `bad_frame`. */
export async function openOverWebSocket(input: DurableInput, request: DialRequest, place: Place): Promise<Opened> {
  const { socketUrl, stream } = addresses(input.url)
  const address = { socketUrl, ...(await credential(input, request)) }
  const open = input.sockets === undefined ? ownSocket : sharedSocket
  const carrier = await open(input, request, address, { stream, offset: place.offset })
  const { id, link, parse } = carrier
  try {
    const answer = await frameFor(
      link,
      parse,
      (frame) => frame.id === id && ['subok', 'reset', 'err'].includes(frame.t),
    )
    if (answer.t === 'err') throw refusedSubscription(answer)
    const reset = resetIn(answer, place)
    if (reset === undefined) return { link: subscriptionLink(input, request, place, { carrier, stream, answer }) }
    link.close(1000)
    return { reset }
  } catch (thrown) {
    link.close()
    throw thrown
  }
}

async function ownSocket(
  input: DurableInput,
  request: DialRequest,
  address: SocketAddress,
  wanted: Wanted,
): Promise<Carrier> {
  const greeted = await openGreeted(input, request, address, () => [subscribeFrame(FIRST_ID, wanted)])
  let next = FIRST_ID + 1
  return { ...greeted, parse: parseFrame, id: FIRST_ID, nextId: () => next++, appendsAtOnce: MOST_UNANSWERED }
}

async function sharedSocket(
  input: DurableInput,
  request: DialRequest,
  address: SocketAddress,
  wanted: Wanted,
): Promise<Carrier> {
  const { openChannel, routedFrame } = await sharedSockets()
  const { channel, ...opened } = await openChannel(input, request, address, wanted)
  return {
    ...opened,
    link: channel.link(),
    parse: routedFrame,
    appendsAtOnce: MOST_UNANSWERED_SHARED,
    onRoom: (again) => channel.onRoom(again),
  }
}

/** A bearer token leaves the headers: no page can set any of a WebSocket. */
async function credential(input: DurableInput, { attempt }: DialRequest): Promise<Omit<SocketAddress, 'socketUrl'>> {
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
  readonly carrier: Carrier
  readonly stream: string
  /** What answered the `sub`. */
  readonly answer: Frame
}

function subscriptionLink(input: DurableInput, request: DialRequest, place: Place, session: Session): Link {
  const { carrier, stream, answer } = session
  const { id, link, parse, welcome, nextId } = carrier
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
    parse,
    stream,
    tracker,
    publisher,
    id,
    nextId,
    opened: answer,
    asked: place.offset,
  })
  carrier.onRoom?.(translator.again)
  return durableLink({
    carrier: link,
    translator,
    start: tracker.position === request.position ? undefined : tracker.position,
    until: input.until,
    append: (append) => publisher.append(append),
    appendsAtOnce: carrier.appendsAtOnce,
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
