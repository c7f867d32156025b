/**
 * What an app has told, kept so that a viewer who comes late sees what the first one sees: definitions and the state of each
 * actor at the beginning of a ring, then the ring. Whatever falls out of the ring is folded into the state before it, so that
 * state and ring together always lead to now.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import type { ActorMessage, AppMessage, HealthMessage, StepMessage, TimerMessage } from '../protocol/messages.ts'
import { createRing } from './ring.ts'

/** All machines of an app together, in characters. */
const DEFINITIONS_LENGTH = 32 * bounds.definitionBytes

/** Delayed events of one actor that are still to come. */
const MOST_WAITS = 64

type Hello = Extract<AppMessage, { kind: 'hello' }>

export interface AppHistory {
  /** Keeps the messages. `bytes`: of all of them. Answers `too_many` when the app has more actors or machines than is good. */
  add(messages: readonly AppMessage[], bytes: number): 'kept' | 'too_many'
  /** All of it, `hello` first. */
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
  const before = new Map<string, ActorMessage>()
  const healthBefore = new Map<string, HealthMessage>()
  const living = new Set<string>()
  const ring = createRing(limits.ring, limits.ringBytes, fold)

  function fold(message: AppMessage): void {
    if (message.kind === 'actor') before.set(message.actor, message)
    else if (message.kind === 'health') healthBefore.set(message.actor, message)
    else if (message.kind === 'gone') {
      before.delete(message.actor)
      healthBefore.delete(message.actor)
    } else if (message.kind === 'step' || message.kind === 'timer') {
      const actor = before.get(message.actor)
      if (actor === undefined) return
      before.set(message.actor, message.kind === 'step' ? stepped(actor, message) : scheduled(actor, message))
    }
  }

  function beginAnew(first: Hello): void {
    hello = first
    ring.clear()
    for (const kept of [definitions, before, healthBefore, living]) kept.clear()
    definitionsLength = 0
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
    add(messages, bytes) {
      // Not weighed one by one: that would be to write each of them as JSON once more.
      const each = Math.ceil(bytes / Math.max(1, messages.length))
      for (const message of messages) keep(message, each)
      return living.size > limits.actors || definitionsLength > DEFINITIONS_LENGTH ? 'too_many' : 'kept'
    },
    replay() {
      const start = hello === undefined ? [] : [hello]
      return [...start, ...definitions.values(), ...before.values(), ...healthBefore.values(), ...ring.messages()]
    },
  }
}

function stepped(actor: ActorMessage, { t, value, tags, status }: StepMessage): ActorMessage {
  // Which state a delay belongs to only the machine knows; those that are due have come or never will.
  const waits = actor.waits.filter(({ since, delay }) => since + delay > t)
  return { ...actor, t, value, tags, status, waits }
}

function scheduled(actor: ActorMessage, { t, event, delay, since }: TimerMessage): ActorMessage {
  const others = actor.waits.filter((wait) => wait.event !== event).slice(1 - MOST_WAITS)
  return { ...actor, t, waits: [...others, { event, delay, since }] }
}
