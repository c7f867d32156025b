/**
 * The dial of `statewire tail`: the transport the user named, or the one that the first answer names.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Dial, DialRequest, Link } from '../link.ts'
import { type DurableVia, durable } from '../transports/durable.ts'
import type { AnswerHead } from '../transports/http-answer.ts'
import { exchange, underDial } from '../transports/http-dial.ts'
import { httpStream } from '../transports/http-stream.ts'
import { longPoll } from '../transports/long-poll.ts'
import { methodOf } from '../transports/request.ts'
import type { HttpInput } from '../transports/request-input.ts'
import { sse } from '../transports/sse.ts'
import { webSocket } from '../transports/websocket.ts'
import { HEADERS } from '../wire/names.ts'
import { acceptAnything, guessVia } from './guess.ts'
import { handedOver } from './handed-over.ts'
import type { Via } from './options.ts'

/** The connection's input as far as the transports are concerned. */
export interface TailInput extends Omit<HttpInput, 'body'> {
  readonly body?: string | Uint8Array | undefined
  /** `-1`, `now` or an offset, on servers with offsets. */
  readonly from?: string | undefined
  readonly protocols?: readonly string[] | undefined
}

/** What is known of a stream once its first answer has been seen. */
interface Kind {
  readonly via: Via
  /** How a durable stream is carried. */
  readonly carrier?: DurableVia | undefined
}

interface FirstAnswer {
  readonly kind: Kind
  readonly link?: Link | undefined
}

/**
 * A dial for one connection. What it guessed at the first attempt holds for the later ones: a stream does not change its kind, and the
 * page of a captive portal must not make it one of lines.
 *
 * @param named - the transport to use; `undefined` to guess it
 * @param settled - told once, when the transport is known
 */
export function tailDial(named: Via | undefined, settled: (via: Via) => void): Dial<TailInput> {
  let known: Kind | undefined = named === undefined || named === 'durable' ? undefined : { via: named }
  return async (input, request) => {
    if (known !== undefined) return dialAs(known, input, request)
    const first = await firstAnswer(named, input, request)
    // Outside of the look: the second request is not the first one's to end.
    const link = first.link ?? (await dialAs(first.kind, input, request))
    known = first.kind
    settled(known.via)
    return link
  }
}

/** Opens the request and judges the answer; the link that reads it, unless the stream is behind another request. */
function firstAnswer(named: Via | undefined, input: TailInput, request: DialRequest): Promise<FirstAnswer> {
  return underDial(request, async ({ signal }) => {
    const headers = { accept: acceptAnything, 'last-event-id': utf8AsLatin1(request.position) }
    const { answer } = await exchange(input, { attempt: request.attempt, signal, spend: request.spend, headers })
    // Beyond 599 no `Response` can be made of it, and no server means it.
    if (answer.status < 200 || answer.status > 599) {
      throw new TransportError(
        'not_a_stream_server',
        `The server answered with the impossible status ${answer.status}.`,
      )
    }
    const kind: Kind = { via: named ?? guessVia(answer, methodOf(input)), carrier: carrierOf(answer) }
    if (kind.via !== 'durable')
      return { kind, link: await dialAs(kind, { ...input, fetch: handedOver(answer) }, request) }
    // The plain GET of a durable stream is a page of its history.
    answer.body.cancel()
    return { kind }
  })
}

/** The standard wants an event id in UTF-8, in a header that holds bytes as Latin-1 characters (WHATWG HTML section 9.2.3). */
function utf8AsLatin1(position: string | null): string | undefined {
  return position === null ? undefined : Buffer.from(position).toString('latin1')
}

/**
 * NDJSON says of each record what it is and where it stands, but only our servers speak it. Of the base protocol long-polling is the
 * form that names an offset in its headers: @durable-streams/server 0.3 leaves them out of its event streams.
 */
function carrierOf(answer: AnswerHead): DurableVia {
  return answer.header(HEADERS.protocol) === undefined ? 'long-poll' : 'ndjson'
}

function dialAs({ via, carrier }: Kind, input: TailInput, request: DialRequest): Promise<Link> {
  switch (via) {
    case 'websocket':
      return greeted(input, request)
    case 'durable':
      return durable({ ...input, via: carrier }, request)
    case 'sse':
      return sse(input, refuseOffset(input, request))
    case 'long-poll':
      return longPoll({ ...input, startAt: input.from }, request)
    default:
      return httpStream({ ...input, format: via }, refuseOffset(input, request))
  }
}

/** `now` and `-1` mean something on servers with offsets only; elsewhere they would silently mean nothing. */
function refuseOffset({ from }: TailInput, request: DialRequest): DialRequest {
  if (from === undefined) return request
  throw new TransportError(
    'not_a_stream_server',
    'This server has no offsets, so that --from now and --from -1 mean nothing to it.',
  )
}

/** `--data` on a WebSocket is what feeds want to hear first ("subscribe …"), on each new socket. */
async function greeted({ body, ...input }: TailInput, request: DialRequest): Promise<Link> {
  const link = await webSocket(input, request)
  if (body === undefined) return link
  // A failed write shows as the end of the link, which is read next; the promise has nothing to add.
  void link.write?.([{ data: body, settle: () => undefined }]).catch(() => undefined)
  return link
}
