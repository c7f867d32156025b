/**
 * The dial of type `auto`: the first transport that this runtime has and this server speaks.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Dial, DialRequest, Link } from '../link.ts'
import type { DurableVia } from '../transports/durable-input.ts'
import { loaded } from '../transports/durable-parts.ts'
import { historyOf, MISSED, REFUSED, UNFIT, verdictOn } from '../transports/ladder-evidence.ts'
import { resolveUrl } from '../transports/request-url.ts'
import { payFor } from '../transports/spend.ts'
import type { AutoInput, Candidate } from './auto-input.ts'
import { openPolled } from './auto-polled.ts'
import { pollInput } from './auto-polling.ts'
import { candidatesOf, runtimeOf } from './selection.ts'
import { sharedSelection } from './selection-memory.ts'

/** The names under which the ladder of carriers keeps what it has met. */
const viaOf: Readonly<Record<Candidate, DurableVia>> = {
  websocket: 'websocket',
  sse: 'sse',
  'http-stream': 'ndjson',
  'long-poll': 'long-poll',
}

/**
 * Opens the first transport that opens. One that is refused, by the server or on the way, makes place for the next one within the
 * same dial; a failure of the network or a word about the stream fails the dial. Streams that a proxy holds back are polled instead.
 */
export const autoDial: Dial<AutoInput> = async (input, request) => {
  const { origin } = resolveUrl(input.url)
  const memory = input.memory ?? sharedSelection
  const history = historyOf(input)
  const fit = candidatesOf(input, runtimeOf(input), memory.recall(origin)).filter((one) => history.isFit(viaOf[one]))
  const isOut = (candidate: Candidate): boolean => history.isOut(viaOf[candidate])
  // What has failed this connection is its last resort.
  const order = [...fit.filter((candidate) => !isOut(candidate)), ...fit.filter(isOut)]
  let refusal = new TransportError('unsupported', 'None of the transports can be used here.')
  let paid = true
  for (const candidate of order) {
    if (!paid) payFor(request.spend, 'The next transport was not tried')
    paid = false
    try {
      const link = await open(candidate, input, request)
      memory.note(origin, candidate, 'allowed')
      return link
    } catch (thrown) {
      const failure = asTransportError(thrown)
      const verdict = verdictOn(viaOf[candidate], failure, false)
      // Browsers hide why a handshake failed. Over HTTP no answer is a server that is away, whatever it is asked.
      if (verdict === 'missed' && candidate === 'websocket') history.note('websocket', MISSED)
      if (verdict === 'missed' || verdict === 'said') throw failure
      history.note(viaOf[candidate], verdict === 'unfit' ? UNFIT : REFUSED)
      // What a URL answers with is its own affair; what cannot pass at all is the origin's.
      if (verdict === 'refused' && failure.code !== 'unexpected_content_type') memory.note(origin, candidate, 'refused')
      paid = verdict === 'unfit'
      refusal = failure
    }
  }
  throw refusal
}

async function open(candidate: Candidate, input: AutoInput, request: DialRequest): Promise<Link> {
  switch (candidate) {
    case 'websocket': {
      const { webSocket } = await loaded(import('../transports/websocket.ts'))
      return webSocket(input, request)
    }
    case 'long-poll': {
      const { longPoll } = await loaded(import('../transports/long-poll.ts'))
      return longPoll(pollInput(input), request)
    }
    case 'sse': {
      const { sse } = await loaded(import('../transports/sse.ts'))
      return openPolled('sse', sse, input, request)
    }
    default: {
      const { httpStream } = await loaded(import('../transports/http-stream.ts'))
      return openPolled('ndjson', httpStream, input, request)
    }
  }
}
