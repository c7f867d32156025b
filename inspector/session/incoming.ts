/**
 * Messages of an app, read field by field: what comes out has the shape that its type promises, whoever sent it.
 *
 * @module
 */
import { type TransportErrorCode, transportErrorCodes } from '../../src/errors.ts'
import { bounds } from '../protocol/bounds.ts'
import type { AppMessage, ConnectionFacts, HealthMessage } from '../protocol/messages.ts'
import type { Json } from './reading.ts'
import {
  isCount,
  isInstant,
  isJson,
  isName,
  logicOf,
  nameOr,
  stateValue,
  statusOr,
  tagsOf,
  waitOf,
  waitsOf,
} from './reading.ts'

export type Hello = Extract<AppMessage, { kind: 'hello' }>

/** What has its place in time. */
export type Entrance = Extract<AppMessage, { readonly t: number }>

type Kind<Name extends AppMessage['kind']> = Extract<AppMessage, { kind: Name }>

/** Three hundred years: no clock that was started by anybody shows more. */
const latest = 1e13

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, bounds.textLength) : null
}

function hello({ protocol, name, runtime, epoch }: Json): Hello | undefined {
  if (!isName(name) || !isInstant(epoch) || !isCount(protocol)) return undefined
  return {
    kind: 'hello',
    protocol,
    name,
    runtime: runtime === 'node' || runtime === 'browser' ? runtime : 'other',
    epoch,
  }
}

function connectionOf(value: unknown): ConnectionFacts | undefined {
  if (!isJson(value)) return undefined
  const { url, protocol, maxAttempts } = value
  return {
    url: nameOr(url, null),
    protocol: nameOr(protocol, null),
    maxAttempts: isCount(maxAttempts) ? maxAttempts : null,
  }
}

function actor(t: number, actor: string, message: Json): Kind<'actor'> {
  const connection = connectionOf(message.connection)
  return {
    kind: 'actor',
    t,
    actor,
    parent: nameOr(message.parent, null),
    name: nameOr(message.name, actor),
    logic: logicOf(message.logic),
    definition: nameOr(message.definition, null),
    status: statusOr(message.status, 'active'),
    value: stateValue(message.value),
    tags: tagsOf(message.tags),
    waits: waitsOf(message.waits),
    ...(connection !== undefined && { connection }),
  }
}

function event(t: number, actor: string, { seq, source, type }: Json): Kind<'event'> | undefined {
  if (!isCount(seq) || !isName(type)) return undefined
  return { kind: 'event', seq, t, actor, source: nameOr(source, null), type }
}

function step(t: number, actor: string, message: Json): Kind<'step'> | undefined {
  const { seq, because, taken } = message
  if (!isCount(seq)) return undefined
  return {
    kind: 'step',
    seq,
    t,
    actor,
    because: isCount(because) ? because : 0,
    taken: Array.isArray(taken) ? taken.filter(isName).slice(0, bounds.inList) : null,
    value: stateValue(message.value),
    tags: tagsOf(message.tags),
    status: statusOr(message.status, 'active'),
  }
}

function frame(t: number, actor: string, message: Json): Kind<'frame'> | undefined {
  const { seq, direction, what, bytes, position, text, sequence } = message
  if (!isCount(seq) || (direction !== 'in' && direction !== 'out')) return undefined
  if (what !== 'message' && what !== 'send' && what !== 'gap' && what !== 'error') return undefined
  const known = { bytes: isCount(bytes) ? bytes : 0, position: nameOr(position, null), text: textOf(text) }
  const numbered = isCount(sequence) && { sequence }
  return { kind: 'frame', seq, t, actor, direction, what, ...known, ...numbered }
}

function codeOf(value: unknown): TransportErrorCode | undefined {
  return transportErrorCodes.find((known) => known === value)
}

function settled(t: number, actor: string, { seq, failure }: Json): Kind<'settled'> | undefined {
  if (!isCount(seq)) return undefined
  // A code of another version is still a failure.
  return { kind: 'settled', t, actor, seq, failure: failure === null ? null : (codeOf(failure) ?? 'send_failed') }
}

function failureOf(value: unknown): HealthMessage['failure'] {
  if (!isJson(value) || typeof value.message !== 'string') return null
  const code = codeOf(value.code)
  return code === undefined ? null : { code, message: value.message.slice(0, bounds.textLength) }
}

function health(t: number, actor: string, message: Json): HealthMessage {
  const count = (value: unknown): number => (isCount(value) ? value : 0)
  return {
    kind: 'health',
    t,
    actor,
    received: count(message.received),
    sent: count(message.sent),
    queued: count(message.queued),
    attempt: count(message.attempt),
    silence: isInstant(message.silence) ? Math.max(0, message.silence) : 0,
    position: nameOr(message.position, null),
    failure: failureOf(message.failure),
  }
}

type OfActor = Extract<AppMessage, { readonly t: number; readonly actor: string }>

/** A kind that is told of actors does not compile until it can be read. */
const readers: {
  readonly [Name in OfActor['kind']]: (t: number, actor: string, message: Json) => Kind<Name> | undefined
} = {
  actor,
  event,
  step,
  frame,
  settled,
  health,
  timer(t, actor, message) {
    const wait = waitOf(message)
    return wait && { kind: 'timer', t, actor, ...wait }
  },
  cancelled: (t, actor, { event }) => (isName(event) ? { kind: 'cancelled', t, actor, event } : undefined),
  gone: (t, actor, { status }) => ({ kind: 'gone', t, actor, status: statusOr(status, 'stopped') }),
  context: (t, actor, { text }) => ({ kind: 'context', t, actor, text: textOf(text) ?? '' }),
}

/** A map, in which a stranger's `constructor` is nothing. */
const readersByKind: ReadonlyMap<unknown, (typeof readers)[OfActor['kind']]> = new Map(Object.entries(readers))

/** `undefined` for what is not a message, or of a kind that is not known. */
export function incoming(message: unknown): AppMessage | undefined {
  if (!isJson(message)) return undefined
  const { kind, t, actor: id, text, seq, hash, json, count } = message
  if (kind === 'hello') return hello(message)
  if (kind === 'definition') return isName(hash) && typeof json === 'string' ? { kind, hash, json } : undefined
  if (kind === 'payload') return isCount(seq) ? { kind, seq, text: textOf(text) } : undefined
  if (!isInstant(t) || Math.abs(t) > latest) return undefined
  if (kind === 'dropped') return isCount(count) ? { kind, t, count } : undefined
  return isName(id) ? readersByKind.get(kind)?.(t, id, message) : undefined
}
