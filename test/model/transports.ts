/**
 * The four transports: how each is dialled, what can happen to it, and its other end.
 *
 * @module
 */
import type { Codec } from '../../src/codecs/codec.ts'
import { connection } from '../../src/connection/connection.ts'
import type { Dial, Message } from '../../src/link.ts'
import type { ConnectionPeer } from '../../src/testing/drive.ts'
import type { ProtocolTraits } from '../../src/testing/index.ts'
import { protocols } from '../../src/testing/model-events.ts'
import { type Exchange, peerOf, type ScriptedServer } from '../../src/testing/server.ts'
import { httpStream } from '../../src/transports/http-stream.ts'
import { longPoll } from '../../src/transports/long-poll.ts'
import { sse } from '../../src/transports/sse.ts'
import { webSocket } from '../../src/transports/websocket.ts'
import { pollingPeerOf } from './polling-peer.ts'

export interface Transport {
  readonly traits: ProtocolTraits
  readonly logic: (codec: Codec) => ReturnType<typeof connection<{ readonly url: string }>>
  readonly urlOf: (server: ScriptedServer) => string
  readonly peerOf: (server: ScriptedServer) => ConnectionPeer
  /** The transitions that nothing can bring about here. */
  readonly cannot: readonly string[]
}

/**
 * Over HTTP no answer to a dial is the end (a 204 opens a link that ends at once, or is an empty page), and nobody can be asked for
 * a sign of life: who is watched by nothing cannot be doubted, and one look at the page is no reason to. An overdue heartbeat that
 * no timer has noticed takes a computer that slept (test/simulation/liveness.test.ts).
 */
const unaskable = [
  'connecting: error.actor.dial [over] → closed',
  'connected.liveness.unheard: page.visible [overdue] → connected.liveness.probing',
  'connected.liveness.unwatched: page.wake [probeable] → connected.liveness.probing',
  'connected.liveness.unwatched: page.visible [overdue] → connected.liveness.probing',
  'connected.liveness.unwatched: network.online [probeable] → connected.liveness.probing',
  'connected.liveness.unwatched: network.offline [probeable] → connected.liveness.probing',
  'connected.liveness.alive: page.visible [overdue] → connected.liveness.probing',
  'reconnecting.dialing: error.actor.redial [over] → closed',
]

/** Posts stand beside the link and are answered at once. */
function isRead({ method }: Exchange): boolean {
  return method === 'GET'
}

/** An event stream has no end of its own (it is interrupted), so that its last event is agreed on. */
const lastWord = 'That was all.'

function logicOf<Input extends { readonly url: string }>(dial: Dial<Input>, also: Omit<Input, 'url'>) {
  const dialled: Dial<{ readonly url: string }> = (input, request) => dial({ ...input, ...also } as Input, request)
  return (codec: Codec) => connection(dialled, { codec }) as ReturnType<Transport['logic']>
}

export const sseTransport: Transport = {
  traits: protocols.http,
  cannot: unaskable,
  logic: logicOf(sse, { until: ({ data }: Message) => data === lastWord }),
  urlOf: ({ url }) => url,
  peerOf(server) {
    const peer = peerOf(server, isRead)
    return { ...peer, end: () => peer.say(lastWord) }
  },
}

export const httpStreamTransport: Transport = {
  traits: protocols.http,
  cannot: unaskable,
  logic: logicOf(httpStream, {}),
  urlOf: ({ url }) => url,
  peerOf: (server) => peerOf(server, isRead),
}

export const webSocketTransport: Transport = {
  traits: protocols.websocket,
  cannot: [],
  logic: logicOf(webSocket, {}),
  urlOf: ({ socketUrl }) => socketUrl,
  peerOf: (server) => peerOf(server),
}

export const longPollTransport: Transport = {
  traits: protocols['long-poll'],
  cannot: unaskable,
  // A first answer that is held back counts as connected after a second; here the dial is over with its answer.
  logic: logicOf(longPoll, { holdAfter: 2 ** 31 - 1 }),
  urlOf: ({ url }) => url,
  peerOf: pollingPeerOf,
}
