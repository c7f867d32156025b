/**
 * The state of each actor where a ring begins: what falls out of the ring is folded into it, so that state and ring together
 * always lead to now.
 *
 * @module
 */
import type {
  ActorMessage,
  AppMessage,
  CancelledMessage,
  HealthMessage,
  StepMessage,
  TimerMessage,
} from '../protocol/messages.ts'

/** Delayed events of one actor that are still to come. */
const MOST_WAITS = 64

export interface Beginning {
  /** Roughly, in bytes. */
  readonly weight: number
  /** `bytes`: what the message weighs. */
  fold(message: AppMessage, bytes: number): void
  /** Each living actor, then how each was. */
  messages(): readonly AppMessage[]
  clear(): void
}

interface Weighed<Message> {
  readonly message: Message
  readonly bytes: number
}

export function createBeginning(): Beginning {
  const states = new Map<string, Weighed<ActorMessage>>()
  const healths = new Map<string, Weighed<HealthMessage>>()
  let weight = 0

  function put<Message>(kept: Map<string, Weighed<Message>>, actor: string, message: Message, bytes: number): void {
    weight += bytes - (kept.get(actor)?.bytes ?? 0)
    kept.set(actor, { message, bytes })
  }

  function forget(kept: Map<string, Weighed<unknown>>, actor: string): void {
    weight -= kept.get(actor)?.bytes ?? 0
    kept.delete(actor)
  }

  return {
    get weight() {
      return weight
    },
    fold(message, bytes) {
      switch (message.kind) {
        case 'actor':
          return put(states, message.actor, message, bytes)
        case 'health':
          return put(healths, message.actor, message, bytes)
        case 'gone':
          forget(states, message.actor)
          return forget(healths, message.actor)
        case 'step':
        case 'timer':
        case 'cancelled': {
          const known = states.get(message.actor)
          if (known === undefined) return
          // A step brings a value of its own; a wait is small beside what it is added to.
          const weighs = message.kind === 'step' ? Math.max(bytes, known.bytes) : known.bytes
          put(states, message.actor, after(known.message, message), weighs)
        }
      }
    },
    messages: () => [...states.values(), ...healths.values()].map(({ message }) => message),
    clear() {
      states.clear()
      healths.clear()
      weight = 0
    },
  }
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
