/**
 * A durable stream over SSE, NDJSON or long-polling: the plain dials, with the protocol's query, and its answers checked.
 *
 * @module
 */
import { openHttp } from '#http'
import { longestDelay } from '../connection/backoff.ts'
import { TransportError } from '../errors.ts'
import type { DialRequest, Link } from '../link.ts'
import { HEADERS, type LiveMode, NDJSON_TYPE, QUERY, SSE_TYPE } from '../wire/names.ts'
import { FROM_NOW, FROM_START, formatOffset, parseOffset } from '../wire/offset.ts'
import { eventTranslator } from './durable-events.ts'
import { gapError, type Reset, resetOf } from './durable-gap.ts'
import { type DurableInput, frameLimit, wantedHeartbeat } from './durable-input.ts'
import { lineTranslator } from './durable-lines.ts'
import { durableLink, type Translator } from './durable-link.ts'
import { pageTranslator } from './durable-pages.ts'
import { partOf } from './durable-parts.ts'
import { createTracker, type Place, type Tracker } from './durable-position.ts'
import { type AnswerHead, arrivedType, mediaType } from './http-answer.ts'
import { prepareRequest } from './request.ts'
import type { HttpInput } from './request-input.ts'
import { payFor } from './spend.ts'

/** An open stream, or what the server said about a position that it cannot serve. */
export type Opened = { readonly link: Link } | { readonly reset: Reset }

/** What the read's answers have told beside their bodies. */
interface Heard {
  reset: Reset | undefined
  /** The offset that a streaming read begins behind, and that of the end of a page. */
  base: string | undefined
  upToDate: boolean
  /** The body is JSON: its elements are the records. */
  json: boolean
  base64: boolean
}

/**
 * Requests on their way at once. A browser opens six connections to a host over HTTP/1.1, the read has one of them, and another
 * tab wants one, too.
 */
const APPENDS_AT_ONCE = 4

const eventStreams = partOf(() => import('./sse.ts'))
const lineStreams = partOf(() => import('./http-stream.ts'))
const polls = partOf(() => import('./long-poll.ts'))
const appends = partOf(() => import('./durable-append.ts'))

type Carry = (input: HttpInput, request: DialRequest, offset: string, known: boolean) => Promise<Link>

/** Opens a durable stream over HTTP. Rejects with what the plain dials reject with, and `not_a_stream_server`. */
export async function openOverHttp(
  mode: LiveMode,
  input: DurableInput,
  request: DialRequest,
  place: Place,
): Promise<Opened> {
  const heard: Heard = { reset: undefined, base: undefined, upToDate: false, json: false, base64: false }
  const polling = mode === 'long-poll'
  const { offset, known } = polling ? await beginPolling(input, request, place.offset) : { ...place, known: false }
  const read = readInput(mode, input, request, heard)
  try {
    const carrier = await carriers[mode](read, { ...request, position: null }, offset, known)
    const exact = polling && heard.base !== undefined && !heard.json ? exactly(place) : undefined
    if (exact !== undefined) {
      carrier.close()
      payFor(request.spend, 'The page was not asked for again')
      return await openOverHttp(mode, input, request, exact)
    }
    const tracker = createTracker(baseOf(offset, polling ? undefined : heard.base), place.skip)
    const translator = translatorFor(mode, input, tracker, heard)
    const start = tracker.position === request.position ? undefined : tracker.position
    return { link: linkOver(carrier, translator, input, start) }
  } catch (thrown) {
    if (heard.reset !== undefined) return { reset: heard.reset }
    throw thrown
  }
}

const carriers: Readonly<Record<LiveMode, Carry>> = {
  async sse(input, request, offset) {
    const { sse } = await eventStreams()
    // `retry:` spreads native EventSources, which have no jitter of their own. Ours has, and is spread by `drainInMs`:
    // as a floor it would make every lone cut last 1 to 3 s.
    const patient = { ...request, retryFloor: () => {} }
    return sse({ ...input, query: { ...input.query, [QUERY.offset]: offset } }, patient)
  },
  async ndjson(input, request, offset) {
    const { httpStream } = await lineStreams()
    return httpStream({ ...input, format: 'ndjson', query: { ...input.query, [QUERY.offset]: offset } }, request)
  },
  async 'long-poll'(input, request, offset, known) {
    const { longPoll } = await polls()
    // A stream that is known to be there may be waited for in the link as well as in the dial. Else the first request catches up: it
    // is answered at once, also where nothing has come meanwhile, and says whether the place can be served at all.
    const live = { [QUERY.live]: 'long-poll' }
    const start = known
      ? { query: { ...input.query, ...live }, holdAfter: 1 }
      : { waitingQuery: live, holdAfter: longestDelay }
    return longPoll({ ...input, startAt: offset, ...start }, request)
  },
}

function translatorFor(
  mode: LiveMode,
  { records = 'json', maxMessageBytes = 0 }: DurableInput,
  tracker: Tracker,
  heard: Heard,
): Translator {
  if (mode === 'ndjson') return lineTranslator(tracker)
  if (mode === 'long-poll') {
    return pageTranslator(tracker, () => ({ next: heard.base, counted: heard.json, upToDate: heard.upToDate }))
  }
  return eventTranslator(tracker, heard.base64 ? 'base64' : records, maxMessageBytes)
}

/** A mark is a place only at one moment: counted from `now`, the next attempt would count from another one. */
function baseOf(offset: string, said: string | undefined): string | undefined {
  if (offset === FROM_NOW) return said
  return offset === FROM_START ? (said ?? offset) : offset
}

/** The request of a read. The app's `until` and the limit of a record are ours to watch: the carrier sees only frames. */
function readInput(mode: LiveMode, input: DurableInput, request: DialRequest, heard: Heard): HttpInput {
  const { until: _until, via: _via, from: _from, onGap: _onGap, refetch: _refetch, ...options } = input
  const { producer: _producer, resume: _resume, records: _records, ...rest } = options
  const { maxBufferedBytes: _maxBufferedBytes, WebSocket: _WebSocket, ...http } = rest
  const heartbeat = wantedHeartbeat(request.heartbeatInterval)
  const pulse = heartbeat === undefined ? {} : { [QUERY.heartbeat]: String(Math.ceil(heartbeat / 1000)) }
  return {
    ...http,
    maxMessageBytes: frameLimit(input),
    query: { ...input.query, ...(mode !== 'long-poll' && { [QUERY.live]: mode }), ...pulse },
    async onAnswer(answer) {
      await input.onAnswer?.(answer)
      heard.reset = await resetOf(answer)
      if (heard.reset !== undefined) throw gapError(heard.reset)
      checkServer(answer, mode)
      heard.base = answer.header(HEADERS.nextOffset)
      heard.upToDate = answer.header(HEADERS.upToDate) === 'true'
      heard.json = /[/+]json$/.test(mediaType(answer))
      heard.base64 = answer.header(HEADERS.sseDataEncoding) === 'base64'
    },
  }
}

/** A proxy that strips unknown headers, or another server altogether: without them there is no position (wire.md F12). */
function checkServer(answer: AnswerHead, mode: LiveMode): void {
  if (answer.status !== 200 && answer.status !== 204) return
  const type = mediaType(answer)
  // A portal's page is told apart below, where it can be retried.
  if (type === 'text/html') return
  // The reference server of the base protocol sends no headers of its own with an event stream: its first event tells.
  if (mode === 'sse' && type === SSE_TYPE) return
  const known = answer.header(HEADERS.protocol) !== undefined || answer.header(HEADERS.nextOffset) !== undefined
  // NDJSON is our extension: a server without it ignores the wish and answers with a page.
  if (known && (mode !== 'ndjson' || type === NDJSON_TYPE)) return
  const sentence = known
    ? 'This stream server does not offer NDJSON; use via "sse" or "long-poll".'
    : 'The answer has no stream headers: not a stream server, or a proxy removed them.'
  const contentType = arrivedType(answer, mode === 'ndjson' ? NDJSON_TYPE : undefined)
  throw new TransportError('not_a_stream_server', sentence, { status: answer.status, contentType })
}

/**
 * The place as an offset, where offsets number the records. A page of text or bytes is one piece: none of its records can be left out,
 * so that those which are known must not be asked for.
 */
function exactly({ offset, skip }: Place): Place | undefined {
  const parts = skip === 0 ? null : parseOffset(offset)
  return parts === null ? undefined : { offset: formatOffset({ ...parts, seq: parts.seq + skip }), skip: 0 }
}

/** What a single request has told about where to begin. */
interface Beginning {
  readonly offset: string
  /** The server has answered for this stream already. */
  readonly known: boolean
}

/**
 * Long-polling from a mark needs one request of its own before it starts. A page tells only the offset behind it, so that a place in
 * the middle of the first one needs the offset before it (HEAD tells both ends).
 */
async function beginPolling(input: DurableInput, request: DialRequest, offset: string): Promise<Beginning> {
  if (offset !== FROM_START && offset !== FROM_NOW) return { offset, known: false }
  const { url, headers, query, fetch, tls, protocol, redirect, credentials, mode } = input
  const options = {
    url,
    headers,
    fetch,
    tls,
    protocol,
    redirect,
    ...(credentials && { credentials }),
    ...(mode && { mode }),
  }
  const { attempt, signal } = request
  const { spend } = request
  // The dial has paid for the poll only: whoever refuses that at once would get two requests for each.
  payFor(spend, 'The stream was not asked for its ends')
  const plan = { attempt, signal, spend, query: { ...query, [QUERY.offset]: offset } }
  const answer = await openHttp({ ...(await prepareRequest(options, plan)), method: 'HEAD' })
  request.heard()
  answer.body.cancel()
  if (answer.status !== 200) return { offset, known: false }
  checkServer(answer, 'long-poll')
  const place = answer.header(offset === FROM_NOW ? HEADERS.nextOffset : HEADERS.earliestOffset)
  // A portal's page answers a HEAD as well: only a poll can tell what it is.
  return { offset: place ?? offset, known: answer.header(HEADERS.nextOffset) !== undefined }
}

/** Appends go to the stream itself. */
function linkOver(carrier: Link, translator: Translator, input: DurableInput, start: string | undefined): Link {
  const life = new AbortController()
  return durableLink({
    carrier,
    translator,
    start,
    until: input.until,
    // Loaded with the first append: most connections that receive over HTTP never send.
    append: async (append) => (await appends()).appendOverHttp(input, append, life.signal),
    appendsAtOnce: APPENDS_AT_ONCE,
    release: () => life.abort(),
  })
}
