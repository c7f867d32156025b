/**
 * What an app has told, kept so that a viewer who comes late sees what the first one sees: definitions and the state of each
 * actor at the beginning of a ring, then the ring. Whatever falls out of the ring is folded into the state before it, so that
 * state and ring together always lead to now.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import type { AppMessage } from '../protocol/messages.ts'
import { type Batch, batchOf, bytesOf, messagesOf } from './batch.ts'
import { createBeginning } from './beginning.ts'
import { createRing } from './ring.ts'

/** All machines of an app together, in bytes. */
const DEFINITIONS_WEIGHT = 32 * bounds.definitionBytes

/** What keeping a machine takes beside its text, in bytes: a hundred thousand empty ones are not nothing. */
const DEFINITION_ENTRY = 128

/** So many texts a full ring is at least, so that little is lost with each that falls out. */
const TEXTS_IN_RING = 64

type Hello = Extract<AppMessage, { kind: 'hello' }>
type Definition = Extract<AppMessage, { kind: 'definition' }>

/** `too_many`: the app has more actors or machines than is good. */
export type Kept = 'kept' | 'too_many'

export interface AppHistory {
  /** Of all that is kept, in bytes. */
  readonly weight: number
  add(batch: Batch): Kept
  /** Lets the oldest messages go until this is the weight, as far as that goes: definitions and states stay. */
  shorten(weight: number): void
  /** All of it as texts of batches, `hello` first; where it was shortened, it says so. */
  replay(): readonly string[]
}

/** Limits that tests make smaller. */
export interface HistoryBounds {
  readonly ring: number
  readonly ringBytes: number
  readonly actors: number
}

/** Begins with an app's `hello`; another one begins anew. */
export function appHistory(limits: HistoryBounds = bounds): AppHistory {
  let hello: Hello | undefined
  const definitions = new Map<string, Definition>()
  let definitionsWeight = 0
  const living = new Set<string>()
  const beginning = createBeginning()
  const ring = createRing(limits.ring, limits.ringBytes, (text) => beginning.fold(messagesOf(text)))
  const together = Math.max(1, Math.floor(limits.ring / TEXTS_IN_RING))
  let shortened = 0

  function beginAnew(first: Hello): void {
    hello = first
    for (const kept of [ring, beginning, definitions, living]) kept.clear()
    definitionsWeight = 0
    shortened = 0
  }

  function weight(): number {
    return definitionsWeight + beginning.weight + ring.weight
  }

  function define(definition: Definition): void {
    const { hash, json } = definition
    if (definitions.has(hash)) return
    definitions.set(hash, definition)
    definitionsWeight += bytesOf(hash) + bytesOf(json) + DEFINITION_ENTRY
  }

  /** Those that the ring is for; the others are kept elsewhere, or not at all. */
  function forRing(messages: readonly AppMessage[]): readonly AppMessage[] {
    let rest: AppMessage[] = []
    for (const message of messages) {
      switch (message.kind) {
        case 'hello':
          beginAnew(message)
          rest = []
          continue
        case 'definition':
          define(message)
          continue
        // Answers to who asks now.
        case 'payload':
        case 'context':
          continue
        case 'actor':
          living.add(message.actor)
          break
        case 'gone':
          living.delete(message.actor)
      }
      rest.push(message)
    }
    return rest
  }

  return {
    get weight() {
      return weight()
    },
    add({ messages, text }) {
      const rest = forRing(messages)
      if (rest.length === messages.length && rest.length <= together) {
        if (rest.length > 0) ring.push(text, rest.length)
      } else {
        for (let from = 0; from < rest.length; from += together) {
          const some = rest.slice(from, from + together)
          ring.push(batchOf(some).text, some.length)
        }
      }
      return living.size > limits.actors || definitionsWeight > DEFINITIONS_WEIGHT ? 'too_many' : 'kept'
    },
    shorten(most) {
      while (weight() > most && ring.length > 0) shortened += ring.evict()
    },
    replay() {
      const first = [...(hello === undefined ? [] : [hello]), ...definitions.values()]
      const rest = ring.texts()
      const gap = { kind: 'dropped', t: oldestOf(rest[0]), count: shortened } as const
      return [
        ...first.map((message) => batchOf([message]).text),
        ...beginning.texts(),
        ...(shortened === 0 ? [] : [batchOf([gap]).text]),
        ...rest,
      ]
    },
  }
}

/** The first instant that the messages speak of; 0 when none does. */
function oldestOf(text = '[]'): number {
  const first = messagesOf(text).find((message) => 't' in message)
  return first !== undefined && 't' in first ? first.t : 0
}
