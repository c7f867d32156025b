/**
 * Whether something that came over a socket, a port or out of a file is what the protocol says. By hand: the page carries it too,
 * and an app may tell ten thousand messages a second.
 *
 * Strict: a field more, a field less, a wrong type or a text beyond its bound refuses the whole, and with it whoever said it.
 *
 * @module
 */
import { bounds } from './bounds.ts'
import type { AppMessage, Asked, ViewerMessage } from './messages.ts'
import { type Check, json, list, number, oneOf, orNull, shape, text, wholeNumber } from './shapes.ts'

/** Ids, names, event types and tags. Nobody reads longer ones, and each may stand in a message of every event. */
export const NAME_LENGTH = 1_024

/** The transitions of one step; the tags, the delayed events of one actor. */
const MOST_IN_LIST = 256

const name = text(NAME_LENGTH)
const content = text(bounds.textLength)
const status = oneOf('active', 'done', 'error', 'stopped')
const tags = list(name, MOST_IN_LIST)
const wait = { event: name, delay: number, since: number }
const count = wholeNumber(Number.MAX_SAFE_INTEGER)

const failure = shape({ code: text(64), message: content })

/** Of logic without a value; JSON leaves out what is `undefined`. */
const value = { value: (part: unknown): boolean => part === undefined || json(part) }

const appMessages: Readonly<Record<AppMessage['kind'], Check>> = {
  hello: shape({
    kind: text(5),
    protocol: count,
    name,
    runtime: oneOf('node', 'browser', 'other'),
    epoch: number,
  }),
  actor: shape(
    {
      kind: text(5),
      t: number,
      actor: name,
      parent: orNull(name),
      name,
      logic: oneOf('machine', 'promise', 'callback', 'observable', 'transition', 'other'),
      definition: orNull(name),
      status,
      tags,
      waits: list(shape(wait), MOST_IN_LIST),
    },
    value,
  ),
  definition: shape({ kind: text(10), hash: name, json: text(bounds.definitionBytes, 'bytes') }),
  event: shape({ kind: text(5), seq: count, t: number, actor: name, source: orNull(name), type: name }),
  step: shape(
    {
      kind: text(4),
      seq: count,
      t: number,
      actor: name,
      because: count,
      taken: orNull(list(text(2 * NAME_LENGTH), MOST_IN_LIST)),
      tags,
      status,
    },
    value,
  ),
  timer: shape({ kind: text(5), t: number, actor: name, ...wait }),
  frame: shape({
    kind: text(5),
    seq: count,
    t: number,
    actor: name,
    direction: oneOf('in', 'out'),
    what: oneOf('message', 'send', 'gap', 'error'),
    bytes: count,
    position: orNull(content),
    text: orNull(content),
  }),
  health: shape({
    kind: text(6),
    t: number,
    actor: name,
    received: count,
    sent: count,
    queued: count,
    attempt: count,
    silence: number,
    position: orNull(content),
    failure: orNull(failure),
  }),
  gone: shape({ kind: text(4), t: number, actor: name, status }),
  dropped: shape({ kind: text(7), t: number, count }),
  payload: shape({ kind: text(7), seq: count, text: orNull(content) }),
  context: shape({ kind: text(7), t: number, actor: name, text: content }),
}

const viewerMessages: Readonly<Record<ViewerMessage['kind'], Check>> = {
  sync: shape({ kind: text(4) }),
  want: shape({ kind: text(4), contextOf: orNull(name), texts: oneOf(true, false) }),
  payload: shape({ kind: text(7), seq: count }),
}

/**
 * The value as a batch of an app, or `undefined` when any of its messages is not right. At most `bounds.ring` messages; the bytes
 * are the business of the socket they came over.
 */
export function appBatch(value: unknown): readonly AppMessage[] | undefined {
  return isBatch(value) ? value : undefined
}

/** The value as a question of a viewer, or `undefined`. */
export function viewerMessage(value: unknown): ViewerMessage | undefined {
  return isViewerMessage(value) ? value : undefined
}

/** The value as a question to one of the apps of a hub, or `undefined`. */
export function asked(value: unknown): Asked | undefined {
  return isAsked(value) ? value : undefined
}

const isAskedShape = shape({ app: text(2 * NAME_LENGTH), asked: isViewerMessage })

function isAsked(value: unknown): value is Asked {
  return isAskedShape(value)
}

function isBatch(value: unknown): value is readonly AppMessage[] {
  return Array.isArray(value) && value.length <= bounds.ring && value.every((item) => isOf(appMessages, item))
}

function isViewerMessage(value: unknown): value is ViewerMessage {
  return isOf(viewerMessages, value)
}

function isOf(checks: Readonly<Record<string, Check>>, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  const { kind } = value
  return typeof kind === 'string' && Object.hasOwn(checks, kind) && checks[kind]?.(value) === true
}
