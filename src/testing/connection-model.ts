/**
 * The chart as a graph: pure, without actors, with the facts that the data plane would fold in chosen by each event.
 *
 * @module
 */
import { type ActorLogic, getNextTransitions } from 'xstate'
import { type ConnectionSnapshot, connectionMachine } from '../../machines/connection.ts'
import type { ConnectionContext, ConnectionEvent } from '../../machines/connection-types.ts'
import { longestDelay } from '../connection/backoff.ts'
import type { Surroundings } from '../connection/environment-source.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { heldBackFor, surroundingsAfter } from './environment.ts'
import { eventsIn, invokedIn, type ModelEvent, type ProtocolTraits } from './model-events.ts'

export type ModelLogic = ActorLogic<ConnectionSnapshot, ConnectionEvent, ConnectionInput>

type Scope = Parameters<typeof connectionMachine.transition>[2]

/** Which parts of its surroundings a connection was given. */
export interface Around {
  readonly environment: boolean
  readonly pool: boolean
}

export function aroundOf({ environment, pool }: ConnectionInput): Around {
  return { environment: typeof environment === 'object', pool: pool !== undefined }
}

/**
 * The chart as it ships; only what flows into its context from outside comes with the event. Guards are never replaced: a new
 * guard over these facts is traversed without a change here.
 */
export function connectionModel(around: Around): ModelLogic {
  return Object.create(connectionMachine, {
    transition: {
      value: (snapshot: ConnectionSnapshot, event: ModelEvent, scope: Scope) => {
        const seen = around.environment ? surroundingsAfter(event.type) : {}
        return connectionMachine.transition(folded(snapshot, event, seen), event as ConnectionEvent, scope)
      },
    },
  }) as ModelLogic
}

function folded(snapshot: ConnectionSnapshot, event: ModelEvent, seen: Partial<Surroundings> = {}): ConnectionSnapshot {
  const { context } = snapshot
  const facts = {
    ...heardBy(snapshot, event),
    admission: admissionAfter(context, event),
    queued: emptied.has(event.type) ? 0 : (event.queued ?? context.queued),
  }
  return Object.assign(Object.create(Object.getPrototypeOf(snapshot)), snapshot, {
    context: { ...context, ...facts, ...seen },
  })
}

/** What leaves nothing to send; no outbox is in a snapshot that is restored. */
const emptied: ReadonlySet<string> = new Set(['outbox.drained', 'restored'])

function admissionAfter({ admission }: ConnectionContext, { admitted, type }: ModelEvent): number {
  if (type.startsWith('breaker.')) return type === 'breaker.opened' ? heldBackFor : 0
  if (admitted === undefined) return admission
  return admitted ? 0 : heldBackFor
}

/** Who has paused does not listen, so nothing can be made of what he does not hear. */
function heardBy({ context }: ConnectionSnapshot, { silent, type }: ModelEvent): Partial<ConnectionContext> {
  if (type.startsWith('xstate.done.actor.')) return { silence: 0, answered: false }
  if (!type.startsWith('xstate.after.')) return {}
  const mute = silent === true && context.flow === 'flowing'
  return { silence: mute ? context.silence + delayOf(context, type) : 0, answered: !mute }
}

/** The events of timers that outlive the state they were set in, and the chart's names for their delays. */
const longTimers: Readonly<Record<string, string>> = {
  'total.expired': 'totalTimeout',
  'close.expired': 'closeTimeout',
}

/** The milliseconds of a timer's event, as the chart's own named delay answers for this context. */
export function delayOf(context: ConnectionContext, type: string): number {
  const name = longTimers[type] ?? /^xstate\.after\.([^.]+)\./.exec(type)?.[1] ?? ''
  const delays: Record<string, unknown> = connectionMachine.implementations.delays
  const delay = delays[name] ?? Number(name)
  const milliseconds: unknown = typeof delay === 'function' ? delay({ context, event: { type } }, undefined) : delay
  if (typeof milliseconds === 'number' && milliseconds >= 0) return milliseconds
  throw new Error(`The chart has no delay for ${type}.`)
}

/** The events that can happen here and change something or are taken by a transition. */
export function possibleEvents(snapshot: ConnectionSnapshot, traits: ProtocolTraits, around: Around): ModelEvent[] {
  const own = eventsIn(snapshot, traits)
  const known = new Set(own.map(({ type }) => type))
  const hints = around.environment && listens(snapshot) ? environmentTypes.filter((type) => !known.has(type)) : []
  return [...own, ...hints.map((type) => ({ type }))]
    .filter((event) => mayHappen(snapshot, event, around))
    .flatMap((event) => (event.type.startsWith('xstate.after.') ? timerVariants(snapshot, event) : [event]))
    .flatMap((event) => (around.pool ? admissionVariants(snapshot, event) : [event]))
}

const environmentTypes = ['network.online', 'network.offline', 'page.visible', 'page.hidden', 'page.wake']

/** A connection hears of its surroundings only while it works. */
function listens(snapshot: ConnectionSnapshot): boolean {
  return snapshot.matches('connected') || snapshot.matches('reconnecting')
}

function mayHappen(snapshot: ConnectionSnapshot, event: ModelEvent, around: Around): boolean {
  const { type } = event
  const { context } = snapshot
  // Only a snapshot that is restored brings it about: another actor, which is the test's own to create.
  if (type === 'restored') return false
  if (type.startsWith('breaker.')) return around.pool
  if (type === 'outbox.drained') return context.ending !== null
  // Who has paused before the link was open does not read it, and so does not learn how it ends: over HTTP a 204 is such an end
  // too. Without a link, `link.lost` is the chart's own word for a time-out.
  if (type.startsWith('link.')) return hasLink(snapshot) && context.flow === 'flowing'
  if (event.failure === 'done') return context.flow === 'flowing'
  return !isTimer(type) || isFirst(snapshot, type)
}

function isTimer(type: string): boolean {
  return type.startsWith('xstate.after.') || type.endsWith('.expired')
}

/** Of several timers the shortest fires first, and nothing else of this state can be waited for. */
function isFirst(snapshot: ConnectionSnapshot, type: string): boolean {
  const { context } = snapshot
  const timers = getNextTransitions(snapshot)
    .map(({ eventType }) => eventType)
    .filter((eventType) => isTimer(eventType) && isSet(context, eventType))
  return isSet(context, type) && delayOf(context, type) <= Math.min(...timers.map((timer) => delayOf(context, timer)))
}

function isSet({ ending, settings }: ConnectionContext, type: string): boolean {
  if (type === 'total.expired') return settings.totalTimeout < longestDelay
  return type !== 'close.expired' || ending !== null
}

/** Silence is the world's choice; where it makes no difference to the chart there is nothing to choose. */
function timerVariants(snapshot: ConnectionSnapshot, event: ModelEvent): ModelEvent[] {
  return hasLink(snapshot)
    ? different(snapshot, event, { ...event, silent: true }, { ...event, silent: false })
    : [event]
}

/** Whether the pool lets a request go is the world's choice as well. */
function admissionVariants(snapshot: ConnectionSnapshot, event: ModelEvent): ModelEvent[] {
  return different(snapshot, event, { ...event, admitted: true }, { ...event, admitted: false })
}

function different(snapshot: ConnectionSnapshot, event: ModelEvent, one: ModelEvent, other: ModelEvent): ModelEvent[] {
  return taken(snapshot, one) === taken(snapshot, other) ? [event] : [one, other]
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
  const { attempt, credential, ending, network, page, settings } = snapshot.context
  const limited = settings.maxAttempts < Number.MAX_SAFE_INTEGER
  const failures = limited ? Math.min(attempt, settings.maxAttempts + 1) : 0
  const draining = snapshot.status === 'active' && ending !== null ? ['draining'] : []
  return JSON.stringify([
    snapshot.value,
    credential,
    failures,
    ...(listens(snapshot) ? [network, page] : []),
    ...draining,
  ])
}
