/**
 * The state of each actor where a ring begins: what falls out of the ring is folded into it, so that state and ring together
 * always lead to now.
 *
 * @module
 */
import type { ActorMessage, AppMessage, CancelledMessage, StepMessage, TimerMessage } from '../protocol/messages.ts'
import { batchOf, bytesOf, messagesOf } from './batch.ts'

/** Delayed events of one actor that are still to come. */
const MOST_WAITS = 64

export interface Beginning {
  /** Of all that is kept, in bytes. */
  readonly weight: number
  fold(messages: readonly AppMessage[]): void
  /** Each living actor, then how each was: as texts of batches. */
  texts(): readonly string[]
  clear(): void
}

export function createBeginning(): Beginning {
  const states = new Map<string, string>()
  const healths = new Map<string, string>()
  let weight = 0

  function put(kept: Map<string, string>, actor: string, message: AppMessage): void {
    const { text } = batchOf([message])
    weight += bytesOf(text) - bytesOf(kept.get(actor) ?? '')
    kept.set(actor, text)
  }

  function forget(kept: Map<string, string>, actor: string): void {
    weight -= bytesOf(kept.get(actor) ?? '')
    kept.delete(actor)
  }

  return {
    get weight() {
      return weight
    },
    fold(messages) {
      // Read and written once each, however many steps there are.
      const changed = new Map<string, ActorMessage>()
      for (const message of messages) {
        switch (message.kind) {
          case 'actor':
            changed.set(message.actor, message)
            break
          case 'health':
            // Nobody counts those who were never introduced.
            if (changed.has(message.actor) || states.has(message.actor)) put(healths, message.actor, message)
            break
          case 'gone':
            changed.delete(message.actor)
            forget(states, message.actor)
            forget(healths, message.actor)
            break
          case 'step':
          case 'timer':
          case 'cancelled': {
            const known = changed.get(message.actor) ?? actorIn(states.get(message.actor))
            if (known !== undefined) changed.set(message.actor, after(known, message))
          }
        }
      }
      for (const [actor, state] of changed) put(states, actor, state)
    },
    texts: () => [...states.values(), ...healths.values()],
    clear() {
      states.clear()
      healths.clear()
      weight = 0
    },
  }
}

function actorIn(text: string | undefined): ActorMessage | undefined {
  const [message] = text === undefined ? [] : messagesOf(text)
  return message?.kind === 'actor' ? message : undefined
}

function after(actor: ActorMessage, message: StepMessage | TimerMessage | CancelledMessage): ActorMessage {
  const { t } = message
  if (message.kind === 'step') {
    const { value, tags, status } = message
    // Of those that nobody cancelled: what was due has come.
    const waits = actor.waits.filter(({ since, delay }) => since + delay > t)
    return { ...actor, t, value, tags, status, waits }
  }
  const others = actor.waits.filter(({ event }) => event !== message.event)
  if (message.kind === 'cancelled') return { ...actor, t, waits: others }
  const { event, delay, since } = message
  return { ...actor, t, waits: [...others.slice(1 - MOST_WAITS), { event, delay, since }] }
}
