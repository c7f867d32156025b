/**
 * A viewer's socket. Its first message is `{"token": …}`: a token in the address would end in logs, and a browser cannot send a
 * header with a WebSocket. Until then it is told nothing.
 *
 * @module
 */
import type { RawData, WebSocket } from 'ws'
import type { Clock } from '../../src/server/clock.ts'
import { asked } from '../protocol/checks.ts'
import type { Asked } from '../protocol/messages.ts'
import { closeSoon, cutSoon } from './farewell.ts'
import { jsonOf } from './json-of.ts'
import { createOutlet, type Outlet } from './outlet.ts'
import { type Closing, closings } from './refusal.ts'
import { isToken } from './tokens.ts'

/** How long a viewer may take to show its token, in ms. */
const TOKEN_WITHIN = 5_000

/** More questions in a second than anybody at a page asks. */
const QUESTIONS_PER_SECOND = 200

export interface Viewer {
  readonly outlet: Outlet
}

/** What the door needs of the hub. */
export interface ViewerRoom {
  readonly token: string
  /** `false`: there are too many. */
  join(viewer: Viewer): boolean
  asks(viewer: Viewer, question: Asked): void
  leave(viewer: Viewer): void
  readonly clock: Clock
}

type Standing =
  | { readonly kind: 'stranger'; readonly deadline: unknown }
  | { readonly kind: 'viewer'; readonly viewer: Viewer }
  | { readonly kind: 'closed' }

/** Takes the socket over until it closes. */
export function admitViewer(socket: WebSocket, room: ViewerRoom): void {
  const { clock } = room
  const deadline = clock.setTimeout(() => close(closings.token), TOKEN_WITHIN)
  let standing: Standing = { kind: 'stranger', deadline }
  let second = Number.NEGATIVE_INFINITY
  let questions = 0

  function hear(data: RawData, isBinary: boolean): void {
    if (standing.kind === 'closed') return
    const value = isBinary ? undefined : jsonOf(String(data))
    if (isFlooding()) close(closings.many)
    else if (standing.kind === 'stranger') introduce(value)
    else ask(standing.viewer, asked(value))
  }

  function introduce(value: unknown): void {
    const token: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'token') : undefined
    if (!isToken(room.token, token)) {
      close(closings.token)
      return
    }
    clock.clearTimeout(deadline)
    const viewer = { outlet: createOutlet(socket, () => close(closings.slow)) }
    standing = { kind: 'viewer', viewer }
    if (!room.join(viewer)) close(closings.many)
  }

  function ask(viewer: Viewer, question: Asked | undefined): void {
    if (question === undefined) close(closings.malformed)
    else room.asks(viewer, question)
  }

  function isFlooding(): boolean {
    if (clock.now() - second >= 1_000) {
      second = clock.now()
      questions = 0
    }
    questions += 1
    return questions > QUESTIONS_PER_SECOND
  }

  function close(closing: Closing): void {
    leave()
    closeSoon(socket, closing)
  }

  function leave(): void {
    const left = standing
    standing = { kind: 'closed' }
    clock.clearTimeout(deadline)
    if (left.kind === 'viewer') room.leave(left.viewer)
  }

  socket.on('message', hear)
  socket.on('close', leave)
  // A broken or oversized frame: `ws` has said so to the peer.
  socket.on('error', () => cutSoon(socket))
}
