/**
 * A session as a file: what an app has told, all of it or of some time, definitions once, to be opened again by anybody without a server.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import { type AppMessage, INSPECTOR_PROTOCOL } from '../protocol/messages.ts'
import { between, type Span } from './cutting.ts'
import { incoming } from './incoming.ts'
import { isInstant, isJson } from './reading.ts'
import { removedIn } from './removed.ts'
import type { Session } from './session.ts'

/** Says what kind of file it is to whoever opens one. */
const format = 'statewire recording'
const version = 1

/** What is kept of an app, twice: its messages, and what must be said beside them. */
const mostMessages = 3 * bounds.ring + bounds.actors

export interface Recording {
  readonly format: typeof format
  readonly version: typeof version
  /** Of the messages, as the app said it. */
  readonly protocol: number
  /** The app's name. */
  readonly app: string
  /** The wall clock at `t` 0, in ms since 1970. */
  readonly epoch: number
  /** How long it is, as `t`. */
  readonly span: Span
  /** How many messages are missing: the app left them out, or the viewer had let them go. */
  readonly dropped: number
  /** How many texts in it have a part that the app has taken out. */
  readonly redacted: number
  /** The names under which those parts stood, as far as they have some; at most a hundred. */
  readonly removed: readonly string[]
  readonly messages: readonly AppMessage[]
}

/** Why a text was not opened, in a sentence for whoever dropped the file. */
export interface Refused {
  readonly refused: string
}

export function isRefused<Result extends object>(result: Result | Refused): result is Refused {
  return 'refused' in result
}

/** From the first to the last of them; nothing is as long as a moment. */
function spanOf(messages: readonly AppMessage[]): Span {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const message of messages) {
    if (!('t' in message)) continue
    from = Math.min(from, message.t)
    to = Math.max(to, message.t)
  }
  return from <= to ? { from, to } : { from: 0, to: 0 }
}

/**
 * What is kept of an app, as the text of a file.
 *
 * @param span default everything. The file begins with how the app was then.
 * @example
 * download(`${name}.statewire.json`, record(session, app))
 */
export function record(session: Session, app: string, span?: Span): string {
  const view = session.apps.find(({ key }) => key === app)
  const kept = session.told(app)
  const { messages, dropped } =
    span === undefined ? { messages: kept, dropped: view?.dropped ?? 0 } : between(session, app, span)
  const recording: Recording = {
    format,
    version,
    protocol: INSPECTOR_PROTOCOL,
    app: view?.name ?? app,
    epoch: view?.epoch ?? 0,
    span: span ?? spanOf(messages),
    dropped,
    ...removedIn(messages),
    messages,
  }
  return JSON.stringify(recording)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0
}

/** As the file says, if it makes sense: a silence at either end has no message. */
function spanIn(given: unknown, messages: readonly AppMessage[]): Span {
  const told = spanOf(messages)
  if (!isJson(given) || !isInstant(given.from) || !isInstant(given.to)) return told
  return given.from <= given.to ? { from: given.from, to: given.to } : told
}

/**
 * Reads the text of a file that somebody has given us. Messages that are malformed are left out.
 *
 * @example
 * const recording = openRecording(await file.text())
 * if (isRefused(recording)) complain(recording.refused)
 * else select(session.open(recording))
 */
export function openRecording(text: string): Recording | Refused {
  if (text.length > 2 * bounds.ringBytes) return { refused: 'This file is too large for a recording.' }
  const given = parsed(text)
  if (!isJson(given) || given.format !== format) return { refused: 'This file is not a recording of the inspector.' }
  if (given.version !== version) {
    return {
      refused: `This recording has version ${String(given.version).slice(0, 20)}; this inspector reads version 1.`,
    }
  }
  if (given.protocol !== INSPECTOR_PROTOCOL || !Array.isArray(given.messages)) {
    return { refused: 'This recording was made by another version of the inspector.' }
  }
  const messages = given.messages.slice(0, mostMessages).flatMap((message) => incoming(message) ?? [])
  const said = messages.find((message) => message.kind === 'hello')
  const app = said?.name ?? (typeof given.app === 'string' ? given.app.slice(0, 200) : 'recording')
  const left = given.messages.length - messages.length
  return {
    format,
    version,
    protocol: INSPECTOR_PROTOCOL,
    app,
    epoch: said?.epoch ?? 0,
    span: spanIn(given.span, messages),
    dropped: count(given.dropped) + left,
    ...removedIn(messages),
    messages,
  }
}
