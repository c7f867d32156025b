/**
 * What waits for one viewer. A viewer that does not read is told less, and a viewer that reads nothing at all is let go: what it
 * misses must not pile up in the hub.
 *
 * @module
 */
import type { WebSocket } from 'ws'
import { bounds } from '../protocol/bounds.ts'
import type { AppMessage } from '../protocol/messages.ts'
import { type Batch, joined } from './batch.ts'
import { createFifo } from './fifo.ts'
import { newestOf, thin } from './thin.ts'

/** In the socket at a time. The rest waits here, where it can still be thinned. */
const IN_SOCKET = 262_144

export interface Outlet {
  tell(app: string, batch: Batch): void
  tellGone(app: string): void
  /** Everything of an app from its `hello` on, as texts of batches. */
  replay(app: string, texts: readonly string[]): void
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
  /** Replays are joined when their turn comes: the texts are in the hub's memory anyway. */
  const waiting = createFifo<string | { readonly app: string; readonly texts: readonly string[] }>()
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
    if (next === undefined) return undefined
    if (typeof next !== 'string') {
      finish(next.app)
      return telling(next.app, joined(next.texts))
    }
    weight -= next.length
    return next
  }

  /** Who has caught up hears what it has missed, also of an app that says nothing more. */
  function missedText(): string | undefined {
    for (const [app, gap] of missed) {
      missed.delete(app)
      return telling(app, JSON.stringify([{ kind: 'dropped', ...gap }]))
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
        push(telling(app, JSON.stringify([{ kind: 'dropped', ...gap }])))
      }
      push(telling(app, isBehind ? JSON.stringify(kept) : batch.text))
    },
    tellGone(app) {
      push(JSON.stringify({ app, gone: true }))
    },
    replay(app, texts) {
      // Asked for again before it was sent, it would only be the same twice.
      if (replaying.has(app)) return
      missed.delete(app)
      for (const some of groups(texts)) {
        waiting.push({ app, texts: some })
        replaying.set(app, (replaying.get(app) ?? 0) + 1)
      }
      pump()
    },
  }
}

/** As the socket hears it. `messages`: a batch's text. */
function telling(app: string, messages: string): string {
  return `{"app":${JSON.stringify(app)},"messages":${messages}}`
}

/** Texts that are written as one. */
function* groups(texts: readonly string[]): Iterable<readonly string[]> {
  let group: string[] = []
  let length = 0
  for (const text of texts) {
    group.push(text)
    length += text.length
    if (length < IN_SOCKET) continue
    yield group
    group = []
    length = 0
  }
  if (group.length > 0) yield group
}
