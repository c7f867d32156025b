/**
 * An app's socket: what it says is checked, kept and passed on; what it is asked is sent back. An app that says something wrong is
 * cut off, and nobody else notices.
 *
 * @module
 */
import type { RawData, WebSocket } from 'ws'
import { bounds } from '../protocol/bounds.ts'
import { appBatch } from '../protocol/checks.ts'
import { type AppMessage, INSPECTOR_PROTOCOL, type ViewerMessage } from '../protocol/messages.ts'
import { isStandard, standardSource } from '../protocol/standard.ts'
import { type Batch, batchOf } from './batch.ts'
import { closeSoon, cutSoon } from './farewell.ts'
import type { Kept } from './history.ts'
import { jsonOf } from './json-of.ts'
import { type Closing, closings } from './refusal.ts'
import type { RegisteredApp } from './registry.ts'
import { allowance } from './thin.ts'
import { createWants, type Wants } from './wants.ts'

/** How an app is asked. `wants`: of the viewers, by whatever tells them apart. */
export interface AppLink {
  readonly wants: Wants<object>
  ask(asked: ViewerMessage): void
  tellWatched(by: number): void
}

/** What the door needs of the hub. */
export interface AppRoom {
  /** `undefined`: there are too many. */
  register(name: string, link: AppLink): RegisteredApp<AppLink> | undefined
  /** Keeps it and passes it on. `too_many`: the app tells of more than there is room for. */
  told(key: string, batch: Batch): Kept
  left(key: string): void
  /** Monotonic, in ms. */
  readonly now: () => number
}

/** What an app has said, in messages; `undefined` when it makes no sense. */
type Reader = (value: unknown) => readonly AppMessage[] | undefined

/** What an app speaks is known when it has said something. */
type Speech =
  | { readonly kind: 'silent' }
  | { readonly kind: 'speaking'; readonly read: Reader; readonly app: RegisteredApp<AppLink> }
  | { readonly kind: 'closed' }

/** Takes the socket over until it closes. */
export function admitApp(socket: WebSocket, room: AppRoom): void {
  let speech: Speech = { kind: 'silent' }
  const allowed = allowance(bounds.eventsPerSecond, room.now)

  function hear(data: RawData, isBinary: boolean): void {
    if (speech.kind === 'closed') return
    const text = isBinary ? '' : String(data).trim()
    const value = jsonOf(text)
    const read = speech.kind === 'speaking' ? speech.read : readerFor(value)
    const messages = read(value)
    if (messages === undefined) close(closings.malformed)
    else if (speech.kind === 'speaking') keep(speech.app, messages, read === appBatch ? text : undefined)
    else begin(messages, read)
  }

  /** With the first words, which must be the app's `hello`. */
  function begin(messages: readonly AppMessage[], read: Reader): void {
    const [hello] = messages
    // A standard message of a later type says nothing.
    if (hello === undefined && read !== appBatch) return
    if (hello?.kind !== 'hello') {
      close(closings.malformed)
      return
    }
    const link = read === appBatch ? ourLink(socket) : standardLink((message) => tell([message]))
    const app = room.register(hello.name, link)
    if (app === undefined) {
      close(closings.many)
      return
    }
    speech = { kind: 'speaking', read, app }
    keep(app, messages, undefined)
    // Its greeting, which is all that was read of another version, is enough for a viewer to say what is the matter.
    if (hello.protocol !== INSPECTOR_PROTOCOL) close(closings.version)
  }

  /** `text`: the same as JSON, where there is one. */
  function keep(app: RegisteredApp<AppLink>, messages: readonly AppMessage[], text: string | undefined): void {
    const taken = allowed.take(messages)
    const batch = taken === messages && text !== undefined ? { messages, text } : batchOf(taken)
    if (room.told(app.key, batch) === 'too_many') close(closings.many)
  }

  function tell(messages: readonly AppMessage[]): void {
    if (speech.kind === 'speaking') room.told(speech.app.key, batchOf(messages))
  }

  function close(closing: Closing): void {
    leave()
    closeSoon(socket, closing)
  }

  function leave(): void {
    const left = speech
    speech = { kind: 'closed' }
    if (left.kind === 'speaking') room.left(left.app.key)
  }

  socket.on('message', hear)
  socket.on('close', leave)
  // A broken or oversized frame: `ws` has said so to the peer.
  socket.on('error', () => cutSoon(socket))
}

function readerFor(value: unknown): Reader {
  if (isStandard(value)) return standardSource().take
  // Of another version only the greeting may be expected to be understood.
  if (Array.isArray(value) && isOfOtherVersion(value[0])) return () => appBatch(value.slice(0, 1))
  return appBatch
}

function isOfOtherVersion(first: unknown): boolean {
  const [hello] = appBatch([first]) ?? []
  return hello?.kind === 'hello' && hello.protocol !== INSPECTOR_PROTOCOL
}

function ourLink(socket: WebSocket): AppLink {
  const send = (message: unknown): void => {
    // An app that does not listen misses a question, and the hub its memory.
    if (socket.readyState !== socket.OPEN || socket.bufferedAmount > bounds.batchBytes) return
    socket.send(JSON.stringify(message), () => undefined)
  }
  return { wants: createWants(), ask: send, tellWatched: (by) => send({ kind: 'watched', by }) }
}

/** The standard hears nothing. Its events came with their contents, which nothing has redacted: they were not kept. */
function standardLink(tell: (message: AppMessage) => void): AppLink {
  return {
    wants: createWants(),
    ask(asked) {
      if (asked.kind === 'payload') tell({ kind: 'payload', seq: asked.seq, text: null })
    },
    tellWatched: () => undefined,
  }
}
