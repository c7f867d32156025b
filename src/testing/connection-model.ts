/**
 * The chart as a graph: pure, without actors, with the facts that the data plane would fold in chosen by each event.
 *
 * @module
 */
import { type ActorLogic, getNextTransitions } from 'xstate'
import { type ConnectionSnapshot, connectionMachine } from '../../machines/connection.ts'
import type { ConnectionContext, ConnectionEvent } from '../../machines/connection-types.ts'
import type { Surroundings } from '../connection/environment-source.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { surroundingsAfter } from './environment.ts'
import { eventsIn, invokedIn, type ModelEvent, type ProtocolTraits } from './model-events.ts'

export type ModelLogic = ActorLogic<ConnectionSnapshot, ConnectionEvent, ConnectionInput>

type Scope = Parameters<typeof connectionMachine.transition>[2]

/**
 * The chart as it ships; only what flows into its context from outside comes with the event. Guards are never replaced: a new
 * guard over these facts is traversed without a change here. `around`: whether the connection has an environment to ask.
 */
export function connectionModel(around: boolean): ModelLogic {
  return Object.create(connectionMachine, {
    transition: {
      value: (snapshot: ConnectionSnapshot, event: ModelEvent, scope: Scope) => {
        const seen = around ? surroundingsAfter(event.type) : {}
        return connectionMachine.transition(folded(snapshot, event, seen), event as ConnectionEvent, scope)
      },
    },
  }) as ModelLogic
}

function folded(snapshot: ConnectionSnapshot, event: ModelEvent, seen: Partial<Surroundings> = {}): ConnectionSnapshot {
  const context = { ...snapshot.context, ...heardBy(snapshot, event), ...seen }
  return Object.assign(Object.create(Object.getPrototypeOf(snapshot)), snapshot, { context })
}

/** Who has paused does not listen, so nothing can be made of what he does not hear. */
function heardBy({ context }: ConnectionSnapshot, { silent, type }: ModelEvent): Partial<ConnectionContext> {
  if (type.startsWith('xstate.done.actor.')) return { silence: 0, answered: false }
  if (!type.startsWith('xstate.after.')) return {}
  const mute = silent === true && context.flow === 'flowing'
  return { silence: mute ? context.silence + delayOf(context, type) : 0, answered: !mute }
}

/** The milliseconds of an `xstate.after.…` event, as the chart's own named delay answers for this context. */
export function delayOf(context: ConnectionContext, type: string): number {
  const [, name = ''] = /^xstate\.after\.([^.]+)\./.exec(type) ?? []
  const delays: Record<string, unknown> = connectionMachine.implementations.delays
  const delay = delays[name] ?? Number(name)
  const milliseconds: unknown = typeof delay === 'function' ? delay({ context, event: { type } }, undefined) : delay
  if (typeof milliseconds === 'number' && milliseconds >= 0) return milliseconds
  throw new Error(`The chart has no delay for ${type}.`)
}

/** The events that can happen here and change something or are taken by a transition. */
export function possibleEvents(snapshot: ConnectionSnapshot, traits: ProtocolTraits, around: boolean): ModelEvent[] {
  const own = eventsIn(snapshot, traits)
  const known = new Set(own.map(({ type }) => type))
  const hints = around && listens(snapshot) ? environmentTypes.filter((type) => !known.has(type)) : []
  return [...own, ...hints.map((type) => ({ type }))]
    .filter((event) => mayFire(snapshot, event))
    .flatMap((event) => (event.type.startsWith('xstate.after.') ? timerVariants(snapshot, event) : [event]))
}

const environmentTypes = ['network.online', 'network.offline', 'page.visible', 'page.hidden', 'page.wake']

/** A connection hears of its surroundings only while it works. */
function listens(snapshot: ConnectionSnapshot): boolean {
  return snapshot.matches('connected') || snapshot.matches('reconnecting')
}

/**
 * Of several timers the shortest fires first, and nothing else of this state can be waited for. Who has paused before the link
 * was open does not read it, and so does not learn how it ends. Without a link, `link.lost` is the chart's own word for a time-out.
 */
function mayFire(snapshot: ConnectionSnapshot, { type }: ModelEvent): boolean {
  if (type.startsWith('link.')) return hasLink(snapshot) && snapshot.context.flow === 'flowing'
  if (!type.startsWith('xstate.after.')) return true
  const timers = getNextTransitions(snapshot).flatMap(({ eventType }) =>
    eventType.startsWith('xstate.after.') ? [delayOf(snapshot.context, eventType)] : [],
  )
  return delayOf(snapshot.context, type) <= Math.min(...timers)
}

/** Silence is the world's choice; where it makes no difference to the chart there is nothing to choose. */
function timerVariants(snapshot: ConnectionSnapshot, event: ModelEvent): ModelEvent[] {
  if (!hasLink(snapshot)) return [event]
  const [silent, heard] = [true, false].map((choice) => ({ ...event, silent: choice }))
  if (silent === undefined || heard === undefined) return [event]
  return taken(snapshot, silent) === taken(snapshot, heard) ? [event] : [silent, heard]
}

function hasLink(snapshot: ConnectionSnapshot): boolean {
  return [...invokedIn(snapshot).values()].includes('link')
}

/** Which branches of the event's transitions would be taken. */
function taken(snapshot: ConnectionSnapshot, event: ModelEvent): string {
  const branches = connectionMachine.getTransitionData(folded(snapshot, event), event as ConnectionEvent)
  return branches.map(({ target }) => target?.map(({ id }) => id).join() ?? '').join(';')
}

/**
 * What distinguishes one state of the model from another: counters only as far as a guard looks at them, or a machine that may
 * retry for ever would have no end of states; the surroundings only while the connection listens to them.
 */
export function keyOf(snapshot: ConnectionSnapshot): string {
  const { attempt, credential, network, page, settings } = snapshot.context
  const limited = settings.maxAttempts < Number.MAX_SAFE_INTEGER
  const failures = limited ? Math.min(attempt, settings.maxAttempts + 1) : 0
  return JSON.stringify([snapshot.value, credential, failures, ...(listens(snapshot) ? [network, page] : [])])
}
