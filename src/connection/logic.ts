/**
 * The chart with a data plane around it: ordinary XState actor logic that can be started, invoked, spawned, provided,
 * inspected and traversed like the machine it is, and that hands messages past the machine.
 *
 * @module
 */
import type { Actor, AnyActorRef, EventObject, Snapshot, StateMachine } from 'xstate'
import { type ConnectionMachine, type ConnectionSnapshot, stateOf } from '../../machines/connection.ts'
import { mayRepeat } from '../../machines/connection-decisions.ts'
import type { ConnectionContext, ConnectionEmitted, ConnectionEvent } from '../../machines/connection-types.ts'
import { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { reachOf } from './classification.ts'
import type { Clock } from './clock.ts'
import { concealInput, discreet, type WithInput } from './discretion.ts'
import { DataPlane, type PlaneOptions, type Translation } from './plane.ts'
import { findPlane, planeOf, register } from './planes.ts'
import type { SendOptions } from './send-queue.ts'
import type { ConnectionInput, Repeatable } from './settings.ts'

/**
 * Connection logic as XState sees it: the chart's own type with this protocol's input, messages and sendable data.
 */
export type ConnectionLogic<Input, Received = unknown, Sent = unknown> =
  ConnectionMachine extends StateMachine<
    infer Context,
    infer _Event,
    infer Children,
    infer Source,
    infer Action,
    infer Guard,
    infer Delay,
    infer Value,
    infer Tag,
    infer _Input,
    infer Output,
    infer _Emitted,
    infer Meta,
    infer Schema
  >
    ? StateMachine<
        Context,
        ConnectionEvent<Sent>,
        Children,
        Source,
        Action,
        Guard,
        Delay,
        Value,
        Tag,
        Input & ConnectionInput,
        Output,
        ConnectionEmitted<Received>,
        Meta,
        Schema
      >
    : never

/** An actor running connection logic. */
export type ConnectionActor<Input = object, Received = unknown, Sent = unknown> = Actor<
  ConnectionLogic<Input, Received, Sent>
>

/** How a protocol's messages are translated, and whether its request may be repeated. */
export interface PlaneFactory {
  /** Made for each actor: an encrypting codec counts. */
  readonly translation: (input: object) => Translation
  readonly repeatable: (input: object) => Repeatable
  readonly queue: PlaneOptions['queue']
  /** What the connection's own options are where the input does not say. */
  readonly defaults: (input: object) => ConnectionInput
}

type Scope = Parameters<ConnectionMachine['transition']>[2]

/** Snapshots remember their plane, so that a persisted one carries the position of this moment, not of the last event. */
const planeOfSnapshot = new WeakMap<object, DataPlane>()

/** Wraps the chart. The prototype is the machine, so `instanceof`, `config`, `root` and the rest still hold. */
export function withDataPlane(machine: ConnectionMachine, factory: PlaneFactory): ConnectionMachine {
  const remember = (snapshot: ConnectionSnapshot, plane: DataPlane | undefined): ConnectionSnapshot => {
    if (plane !== undefined) planeOfSnapshot.set(snapshot, plane)
    return snapshot
  }
  return Object.create(machine, {
    provide: {
      value: (implementations: Parameters<ConnectionMachine['provide']>[0]) =>
        withDataPlane(machine.provide(implementations) as ConnectionMachine, factory),
    },
    getInitialSnapshot: {
      value(scope: Scope, given: ConnectionInput = {}) {
        concealInput(scope.self, given)
        const input = withDefaults(factory, given)
        const plane = createPlane(scope, input, input.position ?? null, factory)
        const repeatable = factory.repeatable(input)
        const settled = repeatable === true ? input : { ...input, repeatable }
        return remember(machine.getInitialSnapshot(scope, settled as ConnectionInput), plane)
      },
    },
    restoreSnapshot: {
      value(persisted: Snapshot<unknown>, scope: Scope) {
        const snapshot = revived(machine.restoreSnapshot(interrupted(persisted), scope))
        const given = (scope.self as unknown as WithInput<ConnectionInput>).options.input ?? {}
        concealInput(scope.self, given)
        return remember(snapshot, createPlane(scope, withDefaults(factory, given), snapshot.context.position, factory))
      },
    },
    getPersistedSnapshot: {
      value(snapshot: ConnectionSnapshot, options?: unknown) {
        const persisted = machine.getPersistedSnapshot(folded(snapshot, planeOfSnapshot.get(snapshot)), options)
        // A dial or a link cannot be woken up again; the chart starts fresh ones.
        return { ...persisted, children: {} }
      },
    },
    start: {
      value(snapshot: ConnectionSnapshot, scope: Scope) {
        findPlane(scope.self)?.attach(scope)
        // XState does not re-arm `after` on restore (statelyai/xstate#5331): entering `waiting` again does.
        if (stateOf(snapshot) === 'reconnecting') scope.self.send({ type: 'restored' })
        machine.start(snapshot)
      },
    },
    transition: {
      value(snapshot: ConnectionSnapshot, event: ConnectionEvent, scope: Scope) {
        const plane = findPlane(scope.self)
        // No plane: a pure use of the machine, `transition(logic, snapshot, event)` or a traversal.
        if (plane === undefined || !plane.isAttached) return machine.transition(snapshot, event, scope)
        if (event.type === 'send') return takeSend(machine, plane, snapshot, event, scope)
        // Whether it may dial is for its pool to say, so it joins before it asks.
        if (event.type === 'connect') plane.listen(true)
        if (event.type === 'close') plane.farewell = { code: event.code, reason: event.reason }
        const next = machine.transition(folded(snapshot, plane), event, scope)
        follow(plane, snapshot, next)
        return remember(next, plane)
      },
    },
  }) as ConnectionMachine
}

function withDefaults(factory: PlaneFactory, given: ConnectionInput): ConnectionInput {
  const silent = Object.entries(factory.defaults(given)).filter(
    ([name]) => given[name as keyof ConnectionInput] === undefined,
  )
  return silent.length === 0 ? given : { ...given, ...Object.fromEntries(silent) }
}

function createPlane(scope: Scope, input: ConnectionInput, position: string | null, factory: PlaneFactory): DataPlane {
  const { clock } = scope.self as unknown as AnyActorRef & { clock: Clock }
  const plane = new DataPlane({
    input,
    position,
    translation: factory.translation(input),
    clock,
    queue: factory.queue,
  })
  register(scope.self, plane)
  Object.assign(scope.self, { on, send: discreetly(scope.self) })
  return plane
}

const onlyType = ({ type }: ConnectionEvent): object => ({ type })

/** `actor.send` as XState made it, except that no inspector sees what is sent or why it is closed. */
function discreetly(self: AnyActorRef): AnyActorRef['send'] {
  const { send } = self
  return (event: ConnectionEvent) =>
    send(event.type === 'send' || event.type === 'close' ? discreet(event, onlyType) : event)
}

interface Listenable {
  on(type: string, handler: (event: EventObject) => void): { unsubscribe(): void }
}

/**
 * Serves `actor.on('message', …)` from the plane's own array: XState's emitter copies its listeners for each event
 * (55 ns a message against 10). Everything else, wildcards for other events included, stays with XState. One function for
 * all actors, not a closure for each.
 */
function on(this: Listenable, type: string, handler: (event: EventObject) => void): { unsubscribe(): void } {
  const emitter: Listenable = Object.getPrototypeOf(this)
  if (type !== 'message' && type !== '*') return emitter.on.call(this, type, handler)
  const leave = planeOf(this as unknown as AnyActorRef).receive((message: Message) =>
    handler({ type: 'message', message } as EventObject),
  )
  const others = type === '*' ? emitter.on.call(this, type, handler) : undefined
  return {
    unsubscribe() {
      leave()
      others?.unsubscribe()
    },
  }
}

/** The chart's context with what the data plane knows by now. */
function folded(snapshot: ConnectionSnapshot, plane: DataPlane | undefined): ConnectionSnapshot {
  if (plane === undefined) return snapshot
  return { ...snapshot, context: { ...snapshot.context, ...plane.fold() } }
}

/** The plane follows the chart: who may deliver, whether messages are wanted, whether anything is open at all. */
function follow(plane: DataPlane, before: ConnectionSnapshot, next: ConnectionSnapshot): void {
  const current = next.matches('connected') || next.matches('connecting') || next.matches({ reconnecting: 'dialing' })
  if (!current) plane.retire()
  plane.setPaused(next.context.flow === 'paused')
  if (next.status !== 'active') {
    plane.detach()
    return
  }
  // Before the connection leaves its pool.
  noteReached(plane, before.context, next.context)
  plane.listen(current || next.matches('reconnecting'))
  if (next.context.ending !== null) plane.drain()
}

/** An answer of any kind is a server that lives; no answer, and an answer that only means trouble, is not. */
function noteReached(plane: DataPlane, before: ConnectionContext, { established, failure }: ConnectionContext): void {
  if (established > before.established) {
    plane.noteReached(true)
    return
  }
  const reach = failure === null || failure === before.failure ? 'unknown' : reachOf(failure)
  if (reach !== 'unknown') plane.noteReached(reach === 'reached')
}

type SendEvent = Extract<ConnectionEvent, { type: 'send' }>

/** `send` goes to the outbox, not to the chart; only a lazy connection in `idle` hears of it. */
function takeSend(
  machine: ConnectionMachine,
  plane: DataPlane,
  snapshot: ConnectionSnapshot,
  event: SendEvent,
  scope: Scope,
): ConnectionSnapshot {
  submit(plane, snapshot, event.data).catch((error: TransportError) => plane.say({ type: 'error', error }))
  if (stateOf(snapshot) !== 'idle' || !snapshot.context.settings.lazy) return snapshot
  plane.listen(true)
  return machine.transition(folded(snapshot, plane), event, scope)
}

/** Puts one item into the outbox, unless the state refuses it. */
export function submit(
  plane: DataPlane,
  snapshot: Pick<ConnectionSnapshot, 'status' | 'value'>,
  data: unknown,
  options?: SendOptions,
): Promise<void> {
  const state = stateOf(snapshot)
  if (snapshot.status === 'active' && state !== 'error' && state !== 'closed') return plane.sending.send(data, options)
  return Promise.reject(new TransportError('send_refused', `Nothing can be sent in state "${state}"; connect first.`))
}

/** JSON kept the facts of the failure; here they are an error again. */
function revived(snapshot: ConnectionSnapshot): ConnectionSnapshot {
  const { failure } = snapshot.context
  if (failure === null || failure instanceof TransportError) return snapshot
  const error = Object.assign(new TransportError('internal', ''), failure)
  return { ...snapshot, context: { ...snapshot.context, failure: error } }
}

/**
 * Whatever was going on when the snapshot was taken is interrupted now: no socket survives being persisted. What may not be
 * repeated by itself rests, as it would after a cut.
 */
function interrupted(persisted: Snapshot<unknown>): Snapshot<unknown> {
  if (!('value' in persisted)) return persisted
  const { context, value } = persisted as unknown as ConnectionSnapshot
  const asleep = { ...persisted, children: {} }
  if (value === 'idle' || value === 'error' || value === 'closed') return asleep
  if (mayRepeat(context)) return Object.assign(asleep, { value: { reconnecting: 'waiting' } })
  const failure = new TransportError('interrupted', 'The connection ended with the page that held it.', {
    repeatable: false,
  })
  return Object.assign(asleep, { value: 'error', context: { ...context, failure } })
}
