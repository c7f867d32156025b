/**
 * What an app has told, kept so that a viewer who comes late sees what the first one sees: definitions and the state of each
 * actor at the beginning of a ring, then the ring. Whatever falls out of the ring is folded into the state before it, so that
 * state and ring together always lead to now.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import type { AppMessage } from '../protocol/messages.ts'
import { createBeginning } from './beginning.ts'
import { createRing } from './ring.ts'

/** All machines of an app together, in characters. */
const DEFINITIONS_LENGTH = 32 * bounds.definitionBytes

type Hello = Extract<AppMessage, { kind: 'hello' }>

/** `too_many`: the app has more actors or machines than is good. */
export type Kept = 'kept' | 'too_many'

export interface AppHistory {
  /** Of all that is kept, in bytes. */
  readonly weight: number
  /** Keeps the messages. `bytes`: of all of them. */
  add(messages: readonly AppMessage[], bytes: number): Kept
  /** Lets the oldest messages go until this is the weight, as far as that goes: definitions and states stay. */
  shorten(weight: number): void
  /** All of it, `hello` first; where it was shortened, it says so. */
  replay(): readonly AppMessage[]
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
  const definitions = new Map<string, Extract<AppMessage, { kind: 'definition' }>>()
  let definitionsLength = 0
  const living = new Set<string>()
  const beginning = createBeginning()
  const ring = createRing(limits.ring, limits.ringBytes, beginning.fold)
  let shortened = 0

  function beginAnew(first: Hello): void {
    hello = first
    for (const kept of [ring, beginning, definitions, living]) kept.clear()
    definitionsLength = 0
    shortened = 0
  }

  function weight(): number {
    return definitionsLength + beginning.weight + ring.weight
  }

  function keep(message: AppMessage, bytes: number): void {
    switch (message.kind) {
      case 'hello':
        beginAnew(message)
        return
      case 'definition':
        if (definitions.has(message.hash)) return
        definitions.set(message.hash, message)
        definitionsLength += message.json.length
        return
      // Answers to who asks now.
      case 'payload':
      case 'context':
        return
      case 'actor':
        living.add(message.actor)
        break
      case 'gone':
        living.delete(message.actor)
    }
    ring.push(message, bytes)
  }

  return {
    get weight() {
      return weight()
    },
    add(messages, bytes) {
      // Not weighed one by one: that would be to write each of them as JSON once more.
      const each = Math.ceil(bytes / Math.max(1, messages.length))
      for (const message of messages) keep(message, each)
      return living.size > limits.actors || definitionsLength > DEFINITIONS_LENGTH ? 'too_many' : 'kept'
    },
    shorten(most) {
      for (; weight() > most && ring.length > 0; shortened += 1) ring.evict()
    },
    replay() {
      const start = hello === undefined ? [] : [hello]
      const rest = ring.messages()
      const gap = shortened === 0 ? [] : [{ kind: 'dropped', t: oldestOf(rest), count: shortened } as const]
      return [...start, ...definitions.values(), ...beginning.messages(), ...gap, ...rest]
    },
  }
}

/** The first instant that the messages speak of; 0 when none does. */
function oldestOf(messages: readonly AppMessage[]): number {
  const first = messages.find((message) => 't' in message)
  return first !== undefined && 't' in first ? first.t : 0
}
