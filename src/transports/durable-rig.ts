/**
 * A scripted server of `statewire.v1.json`, for the tests of durable streams over WebSocket.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import type { WebSocket as WsSocket } from 'ws'
import type { Link } from '../link.ts'
import { WEBSOCKET_PROTOCOL } from '../wire/names.ts'
import { formatOffset } from '../wire/offset.ts'
import { durable } from './durable.ts'
import type { DurableInput } from './durable-input.ts'
import { type RecordedRequest, recordedRequest, socketServer } from './websocket-rig.ts'

const GEN = '0192f0a1b2c3d4e5'
export const at = (seq: number, term = 1) => formatOffset({ gen: GEN, term, seq })
export const WELCOME = {
  t: 'welcome',
  v: 1,
  conn: 'c',
  pingMs: 5000,
  limits: { frameBytes: 65_536, subscriptions: 1, records: 1000, unacknowledged: 64 },
}
export const SUBOK = { t: 'subok', id: 1, a: 7, gen: GEN, term: 1, from: 0, tail: 9, closed: false }

export interface Peer {
  readonly socket: WsSocket
  /** Every frame the client has sent. */
  readonly frames: Record<string, unknown>[]
  send(...frames: unknown[]): void
}

/** A server that greets, answers `sub` with what `script` says, and then leaves the stage to the test. */
export async function scripted(
  answers: (frame: Record<string, unknown>, peer: Peer) => void,
  options: Partial<DurableInput> = {},
) {
  const peers: Peer[] = []
  const server = await socketServer(
    (socket) => {
      const peer: Peer = {
        socket,
        frames: [],
        send: (...frames) => {
          for (const frame of frames) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
        },
      }
      peers.push(peer)
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as Record<string, unknown>
        peer.frames.push(frame)
        answers(frame, peer)
      })
    },
    { handleProtocols: (offered) => (offered.has(WEBSOCKET_PROTOCOL) ? WEBSOCKET_PROTOCOL : false) },
  )
  onTestFinished(() => server.close())
  const input: DurableInput = {
    url: `${server.url.replace('ws:', 'http:')}app/v1/stream/rooms/4%32`,
    via: 'websocket',
    ...options,
  }
  return { server, peers, input }
}

export const polite =
  (subok: unknown = SUBOK, ...after: unknown[]) =>
  ({ t }: Record<string, unknown>, peer: Peer) => {
    if (t === 'hello') peer.send(WELCOME)
    if (t === 'sub') peer.send(subok, ...after)
  }

/** A client that has subscribed, and its peer. */
export async function dialled(
  answers: Parameters<typeof scripted>[0],
  request: RecordedRequest = recordedRequest(),
  options: Partial<DurableInput> = {},
) {
  const script = await scripted(answers, options)
  const link: Link = await durable(script.input, request)
  const peer = script.peers[0]
  if (peer === undefined) throw new Error('Nobody connected.')
  return { ...script, link, peer, request }
}
