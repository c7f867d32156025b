/**
 * The manager as actor logic: the chart, and the registry of connections that does what it asks for.
 *
 * @module
 */
import { type Actor, type AnyActorRef, type EventObject, fromCallback, type Snapshot, type StateMachine } from 'xstate'
import { type ManagerMachine, managerMachine } from '../../machines/manager.ts'
import type { ManagerEvent as ChartEvent, ManagerRequest } from '../../machines/manager-types.ts'
import type { Clock } from '../connection/clock.ts'
import { concealInput, discreet, type WithInput } from '../connection/discretion.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { ManagerInput, OpenOrder } from './manager-options.ts'
import { enrol } from './registries.ts'
import { Registry } from './registry.ts'

/** What a manager's actor is sent. */
export type ManagerEvent = ChartEvent<OpenOrder>

/** The manager's logic as XState sees it: the chart with the manager's own options and orders. */
export type ManagerLogic =
  ManagerMachine extends StateMachine<
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
    infer Emitted,
    infer Meta,
    infer Schema
  >
    ? StateMachine<
        Context,
        ManagerEvent,
        Children,
        Source,
        Action,
        Guard,
        Delay,
        Value,
        Tag,
        ManagerInput | undefined,
        Output,
        Emitted,
        Meta,
        Schema
      >
    : never

/** An actor that manages connections. */
export type ManagerActor = Actor<ManagerLogic>

/** Options hold functions and credentials: they stay beside the actor, out of every snapshot and event. */
const inputs = new WeakMap<object, ManagerInput>()

/** What the chart hands on: requests, and orders that come too late. */
type Handed = ManagerRequest<OpenOrder> | { readonly type: 'refuse'; readonly order: OpenOrder }

const children = fromCallback<EventObject, object>(({ input, receive, sendBack }) => {
  const manager = input as AnyActorRef & { readonly clock: Clock }
  const registry = new Registry({
    input: inputs.get(manager) ?? {},
    clock: manager.clock,
    accepts: () => manager.getSnapshot().hasTag('accepting'),
    report: (report) => manager.send(report),
  })
  const strike = enrol(manager, registry)
  receive((event) => serve(registry, event as Handed))
  sendBack({ type: 'children.started' })
  return () => {
    strike()
    registry.stop()
  }
})

function serve(registry: Registry, asked: Handed): void {
  switch (asked.type) {
    case 'open':
      open(registry, asked)
      break
    case 'close':
      registry.close(asked.id)
      break
    case 'closeAll':
      registry.closeAll()
      break
    case 'drain':
      registry.closeAll({ drain: true })
      break
    case 'refuse':
      registry.refuse(asked.order, new TransportError('aborted', 'This manager drains. Create another.'))
      break
  }
}

/** Opening is asked for by an event that has no answer: a refusal is an event too. */
function open(registry: Registry, order: OpenOrder): void {
  try {
    registry.open(order).connect()
  } catch (refusal) {
    registry.refuse(order, asTransportError(refusal))
  }
}

const provided = managerMachine.provide({ actors: { children } }) as ManagerMachine

type Scope = Parameters<ManagerMachine['transition']>[2]

/** With options and orders that nobody else sees. The prototype is the machine, so that `instanceof`, `config` and `provide` still hold. */
function withRegistry(machine: ManagerMachine): ManagerMachine {
  return Object.create(machine, {
    provide: {
      value: (implementations: Parameters<ManagerMachine['provide']>[0]) =>
        withRegistry(machine.provide(implementations) as ManagerMachine),
    },
    getInitialSnapshot: {
      value(scope: Scope, input: ManagerInput = {}) {
        settle(scope.self, input)
        return machine.getInitialSnapshot(scope, input)
      },
    },
    restoreSnapshot: {
      value(persisted: Snapshot<unknown>, scope: Scope) {
        const { options } = scope.self as unknown as WithInput<ManagerInput>
        settle(scope.self, options.input ?? {})
        return machine.restoreSnapshot(persisted, scope)
      },
    },
  }) as ManagerMachine
}

const calledOf = ({ type, id, key }: Extract<ManagerEvent, { type: 'open' }>): object => ({ type, id, key })

/** Keeps the input beside the actor. Of an order, an inspector sees what it is called and nothing of what it says. */
function settle(self: AnyActorRef, input: ManagerInput): void {
  inputs.set(self, input)
  concealInput(self, input)
  const { send } = self
  Object.assign(self, {
    send: (event: ManagerEvent) => send(event.type === 'open' ? discreet(event, calledOf) : event),
  })
}

/**
 * Manages connections: opens, restarts and closes them, and is done when it has drained. Ordinary actor logic: start it, invoke it in
 * a larger machine, inspect it. Each connection is a root actor of its own, so that none of them can take another one down.
 *
 * @example
 * const manager = createActor(managerLogic, { input: { limits: { connections: 100 } } }).start()
 * manager.on('gaveUp', ({ id, error }) => report(id, error.code))
 * manager.send({ type: 'open', id: 'prices', transport: 'sse', input: { url: '/prices' }, restart: 'transient' })
 */
export const managerLogic = withRegistry(provided) as unknown as ManagerLogic
