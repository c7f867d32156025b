/**
 * What waits for one viewer. A viewer that does not read is told less, and a viewer that reads nothing at all is let go: what it
 * misses must not pile up in the hub.
 *
 * @module
 */
import type { WebSocket } from 'ws'
import { bounds } from '../protocol/bounds.ts'
import type { AppMessage } from '../protocol/messages.ts'
import { createFifo } from './fifo.ts'
import { newestOf, thin } from './thin.ts'

/** In the socket at a time. The rest waits here, where it can still be thinned. */
const IN_SOCKET = 262_144

/** Messages of a replay that are written as one. */
const CHUNK = 1_000

/** Told by an app at once. */
export interface Batch {
  readonly messages: readonly AppMessage[]
  /** The same as JSON, written once for all viewers. */
  readonly text: string
}

export interface Outlet {
  tell(app: string, batch: Batch): void
  tellGone(app: string): void
  /** Everything of an app from its `hello` on. */
  replay(app: string, messages: readonly AppMessage[]): void
}

/** Limits that tests make smaller. */
export interface OutletBounds {
  readonly viewerBytes: number
}

/** What a viewer was not told of an app, and until when. */
interface Missed {
  readonly count: number
  readonly t: number
}

/** @param tooSlow - called once, when the viewer has so much to catch up with that it had better begin anew */
export function createOutlet(socket: WebSocket, tooSlow: () => void, limits: OutletBounds = bounds): Outlet {
  /** Replays are made into text when their turn comes: the messages are in the hub's memory anyway. */
  const waiting = createFifo<string | { readonly app: string; readonly messages: readonly AppMessage[] }>()
  let weight = 0
  const missed = new Map<string, Missed>()
  const replaying = new Map<string, number>()

  function pump(): void {
    while (socket.readyState === socket.OPEN && socket.bufferedAmount < IN_SOCKET) {
      const text = nextText() ?? missedText()
      if (text === undefined) return
      // Called with an error when the socket has gone; its `close` says the same.
      socket.send(text, () => pump())
    }
  }

  function nextText(): string | undefined {
    const next = waiting.shift()
    if (typeof next === 'string') weight -= next.length
    else if (next !== undefined) finish(next.app)
    return typeof next === 'string' ? next : JSON.stringify(next)
  }

  /** Who has caught up hears what it has missed, also of an app that says nothing more. */
  function missedText(): string | undefined {
    for (const [app, gap] of missed) {
      missed.delete(app)
      return JSON.stringify({ app, messages: [{ kind: 'dropped', ...gap }] })
    }
    return undefined
  }

  function finish(app: string): void {
    const left = (replaying.get(app) ?? 1) - 1
    if (left === 0) replaying.delete(app)
    else replaying.set(app, left)
  }

  function push(text: string): void {
    if (weight > 4 * limits.viewerBytes) {
      waiting.clear()
      weight = 0
      tooSlow()
    } else {
      waiting.push(text)
      weight += text.length
      pump()
    }
  }

  function miss(app: string, messages: readonly AppMessage[]): readonly AppMessage[] {
    const { kept, left } = thin(messages)
    const count = (missed.get(app)?.count ?? 0) + left
    if (count > 0) missed.set(app, { count, t: newestOf(messages) })
    return kept
  }

  return {
    tell(app, batch) {
      const isBehind = weight > limits.viewerBytes
      const kept = isBehind ? miss(app, batch.messages) : batch.messages
      const gap = isBehind ? undefined : missed.get(app)
      if (kept.length === 0) return
      if (gap !== undefined) {
        missed.delete(app)
        push(JSON.stringify({ app, messages: [{ kind: 'dropped', ...gap }] }))
      }
      push(
        isBehind ? JSON.stringify({ app, messages: kept }) : `{"app":${JSON.stringify(app)},"messages":${batch.text}}`,
      )
    },
    tellGone(app) {
      push(JSON.stringify({ app, gone: true }))
    },
    replay(app, messages) {
      // Asked for again before it was sent, it would only be the same twice.
      if (replaying.has(app)) return
      missed.delete(app)
      for (let from = 0; from < messages.length; from += CHUNK) {
        waiting.push({ app, messages: messages.slice(from, from + CHUNK) })
        replaying.set(app, (replaying.get(app) ?? 0) + 1)
      }
      pump()
    },
  }
}
