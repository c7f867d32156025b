/**
 * Whether something that came over a socket, a port or out of a file is what the protocol says. By hand: the page carries it too,
 * and an app may tell ten thousand messages a second.
 *
 * Strict: a field more, a field less, a wrong type or a text beyond its bound refuses the whole, and with it whoever said it.
 *
 * @module
 */
import { bounds } from './bounds.ts'
import type { AppMessage } from './messages.ts'
import {
  type Check,
  count,
  json,
  list,
  NAME_LENGTH,
  name,
  number,
  oneKind,
  oneOf,
  orNull,
  shape,
  text,
} from './shapes.ts'

export { asked, viewerMessage } from './viewer-checks.ts'

const content = text(bounds.textLength)
const status = oneOf('active', 'done', 'error', 'stopped')
const tags = list(name, bounds.inList)
const wait = { event: name, delay: number, since: number }

const connection = shape({ url: orNull(name), protocol: orNull(name), maxAttempts: orNull(count) })

const failure = shape({ code: text(64), message: content })

/** Of logic without a value; JSON leaves out what is `undefined`. */
const value = { value: (part: unknown): boolean => part === undefined || json(part) }

const isAppMessage = oneKind({
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
      waits: list(shape(wait), bounds.inList),
    },
    { ...value, connection },
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
      taken: orNull(list(text(2 * NAME_LENGTH), bounds.inList)),
      tags,
      status,
    },
    value,
  ),
  timer: shape({ kind: text(5), t: number, actor: name, ...wait }),
  cancelled: shape({ kind: text(9), t: number, actor: name, event: name }),
  settled: shape({ kind: text(7), t: number, actor: name, seq: count, failure: orNull(text(64)) }),
  frame: shape(
    {
      kind: text(5),
      seq: count,
      t: number,
      actor: name,
      direction: oneOf('in', 'out'),
      what: oneOf('message', 'send', 'gap', 'error'),
      bytes: count,
      position: orNull(content),
      text: orNull(content),
    },
    { sequence: count },
  ),
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
} satisfies Record<AppMessage['kind'], Check>)

/**
 * The value as a batch of an app, or `undefined` when any of its messages is not right. At most `bounds.ring` messages; the bytes
 * are the business of the socket they came over.
 */
export function appBatch(value: unknown): readonly AppMessage[] | undefined {
  return isBatch(value) ? value : undefined
}

function isBatch(value: unknown): value is readonly AppMessage[] {
  return Array.isArray(value) && value.length <= bounds.ring && value.every(isAppMessage)
}
