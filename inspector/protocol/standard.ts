/**
 * The messages of `@statelyai/inspect` in the words of our protocol, so that an app that has it can be looked at unchanged: as
 * version 0.7 tells of XState 5, an event and the snapshot it led to, and both in one `@xstate.transition`, as XState 6 has it.
 *
 * What they do not say stays unsaid: the transitions taken are `null` and inferred by who draws them, there are no timers. The
 * contents of events and contexts, which they do carry, go no further: nothing has redacted them.
 *
 * @module
 */
import { isObject } from '../../src/tabs/shapes.ts'
import { bounds } from './bounds.ts'
import { type ActorStatus, type AppMessage, INSPECTOR_PROTOCOL, type LogicKind } from './messages.ts'
import { json, NAME_LENGTH, text } from './shapes.ts'

/** A machine's configuration that is not too large to be drawn. */
const isDefinition = text(bounds.definitionBytes, 'bytes')

/** What is known of one app that speaks the standard protocol: one for each socket or port. */
export interface StandardSource {
  /** What the message says in ours, nothing for a type that came later; `undefined` when it is none of the standard's. */
  take(message: unknown): readonly AppMessage[] | undefined
}

const knownTypes = ['@xstate.actor', '@xstate.event', '@xstate.snapshot', '@xstate.transition'] as const

interface StandardMessage {
  readonly type: (typeof knownTypes)[number]
  readonly sessionId: string
  readonly createdAt: number
  readonly rest: Readonly<Record<string, unknown>>
}

/** The event an actor has last taken. */
interface LastEvent {
  readonly seq: number
  readonly type: string
}

/** Whether the value looks like a message of the standard protocol: ours have no `_version`. */
export function isStandard(value: unknown): boolean {
  return isObject(value) && typeof value._version === 'string'
}

/**
 * Starts to follow an app. The first message makes its `hello`, by the name of the first actor.
 *
 * @example
 * const source = standardSource()
 * for (const message of source.take(JSON.parse(text)) ?? []) session.apply({ app: 'page#1', messages: [message] })
 */
export function standardSource(): StandardSource {
  let epoch: number | undefined
  let newest = 0
  let seq = 0
  const definitions = new Set<string>()
  const actors = new Map<string, LastEvent | undefined>()

  function* told({ type, sessionId, createdAt, rest }: StandardMessage): Generator<AppMessage> {
    if (epoch === undefined) {
      epoch = createdAt
      const name = type === '@xstate.actor' ? textOf(rest.name) : sessionId
      yield { kind: 'hello', protocol: INSPECTOR_PROTOCOL, name, runtime: 'other', epoch }
    }
    // The standard takes the wall clock, which may be set back.
    newest = Math.max(newest, createdAt - epoch)
    if (type === '@xstate.actor') yield* actorTold(sessionId, rest)
    else if (type === '@xstate.event') yield* eventTold(sessionId, typeOf(rest.event), rest.sourceId)
    else if (type === '@xstate.snapshot') yield* snapshotTold(sessionId, rest)
    else yield* transitionTold(sessionId, rest)
  }

  function* actorTold(actor: string, { name, parentId, snapshot, definition }: StandardMessage['rest']) {
    const logic: LogicKind = isObject(snapshot) && 'value' in snapshot ? 'machine' : 'other'
    const hash = logic === 'machine' && isDefinition(definition) ? hashOf(String(definition)) : null
    if (hash !== null && !definitions.has(hash)) {
      definitions.add(hash)
      yield { kind: 'definition', hash, json: String(definition) } as const
    }
    actors.set(actor, undefined)
    const parent = typeof parentId === 'string' ? clip(parentId) : null
    const facts = { parent, name: textOf(name) || actor, logic, definition: hash, waits: [] }
    yield { kind: 'actor', t: newest, actor, ...facts, ...stateOf(snapshot) } as const
  }

  function* eventTold(actor: string, type: string, source: unknown) {
    if (!actors.has(actor)) yield* actorTold(actor, {})
    actors.set(actor, { seq: ++seq, type })
    yield {
      kind: 'event',
      seq,
      t: newest,
      actor,
      source: typeof source === 'string' ? clip(source) : null,
      type,
    } as const
  }

  function* snapshotTold(actor: string, { event, snapshot }: StandardMessage['rest']) {
    if (!actors.has(actor)) yield* actorTold(actor, { snapshot })
    const type = typeOf(event)
    // Told by hand (`inspector.snapshot(…)`), a snapshot may have no event before it.
    if (actors.get(actor)?.type !== type) yield* eventTold(actor, type, undefined)
    const because = actors.get(actor)?.seq ?? 0
    const state = stateOf(snapshot)
    yield { kind: 'step', seq: ++seq, t: newest, actor, because, taken: null, ...state } as const
    if (state.status === 'active') return
    actors.delete(actor)
    yield { kind: 'gone', t: newest, actor, status: state.status } as const
  }

  function* transitionTold(actor: string, rest: StandardMessage['rest']) {
    if (!actors.has(actor)) yield* actorTold(actor, { snapshot: rest.snapshot })
    yield* eventTold(actor, typeOf(rest.event), rest.sourceId)
    yield* snapshotTold(actor, rest)
  }

  return {
    take(message) {
      const read = standardMessage(message)
      if (read !== undefined) return [...told(read)]
      return isStandard(message) && isLaterType(message) ? [] : undefined
    },
  }
}

function standardMessage(value: unknown): StandardMessage | undefined {
  if (!isObject(value) || typeof value._version !== 'string') return undefined
  const { type, sessionId, createdAt } = value
  if (!isKnownType(type)) return undefined
  // A string of digits, as the package writes it.
  if (typeof sessionId !== 'string' || typeof createdAt !== 'string' || !/^\d{1,15}$/.test(createdAt)) return undefined
  return { type, sessionId: clip(sessionId), createdAt: Number(createdAt), rest: value }
}

function isLaterType(message: unknown): boolean {
  const type = isObject(message) ? message.type : undefined
  return typeof type === 'string' && type.startsWith('@xstate.') && !isKnownType(type)
}

function isKnownType(type: unknown): type is StandardMessage['type'] {
  return knownTypes.some((known) => known === type)
}

function stateOf(snapshot: unknown): { status: ActorStatus; value: unknown; tags: readonly string[] } {
  const { status, value, tags } = isObject(snapshot) ? snapshot : {}
  return {
    status: status === 'done' || status === 'error' || status === 'stopped' ? status : 'active',
    value: json(value) ? value : null,
    tags: Array.isArray(tags) ? tags.slice(0, 64).map(textOf) : [],
  }
}

function typeOf(event: unknown): string {
  return isObject(event) ? textOf(event.type) : ''
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? clip(value) : ''
}

function clip(name: string): string {
  return name.length > NAME_LENGTH ? name.slice(0, NAME_LENGTH) : name
}

/** FNV-1a, twice with other seeds: two machines of one app must not be taken for each other; nobody gains from making them. */
function hashOf(definition: string): string {
  return [0x811c9dc5, 0x01000193].map((seed) => fnv(definition, seed).toString(16).padStart(8, '0')).join('')
}

function fnv(definition: string, seed: number): number {
  let hash = seed
  for (let index = 0; index < definition.length; index += 1) {
    hash = Math.imul(hash ^ definition.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
