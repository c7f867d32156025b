/**
 * From an order to what a place is made of: the merged configuration, checked, and the logic that runs with it.
 *
 * @module
 */
import { type AnyStateMachine, createActor } from 'xstate'
import { originOf } from '../connection/admission.ts'
import type { Clock } from '../connection/clock.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import { findPlane } from '../connection/planes.ts'
import { reportUncaught } from '../connection/report.ts'
import { TransportError } from '../errors.ts'
import { checkConfig, type TranslationConfig } from '../transport/config.ts'
import { logicOf } from '../transport/logic-of.ts'
import { transportOf } from '../transport/selection.ts'
import { mergeConfig } from './configuration.ts'
import { managedDial } from './dials.ts'
import type { ConnectionDefaults, ManagerInput, OpenOrder } from './manager-options.ts'
import type { PlaceOptions } from './place.ts'
import { restartingOf } from './supervision.ts'

export type Blueprint = Pick<PlaceOptions, 'origin' | 'restarting' | 'create'>

/**
 * Merges defaults < manager < key < call, and checks the result before anything is made.
 *
 * @throws TransportError `bad_option` or `bad_url`
 */
export function blueprintOf(
  order: OpenOrder,
  { config, inspect, keys, sockets }: ManagerInput,
  clock: Clock,
): Blueprint {
  const ofKey = order.key !== undefined && Object.hasOwn(keys ?? {}, order.key) ? keys?.[order.key] : undefined
  const {
    acrossTabs = false,
    restart,
    ...merged
  } = mergeConfig<ConnectionDefaults>(config, ofKey, {
    ...order.input,
    acrossTabs: order.acrossTabs,
    restart: order.restart,
  })
  const restarting = restartingOf(restart)
  const { logic, input } = planOf(order, merged, acrossTabs, sockets)
  return {
    origin: originOf(merged),
    restarting,
    create(position) {
      const from = position === null ? input : { ...input, position }
      const actor = createActor(logic, { input: from, clock, ...(inspect && { inspect }) })
      if (actor.getSnapshot().status === 'active' && findPlane(actor) === undefined) {
        throw new TransportError('bad_option', 'Option logic must be connection logic, as connection() makes it.')
      }
      shown(actor as unknown as ConnectionActor, merged)
      return actor as unknown as ConnectionActor
    },
  }
}

/** What runs, and what it is told. */
interface Plan {
  readonly logic: AnyStateMachine
  readonly input: object
}

function planOf(
  { logic, transport }: OpenOrder,
  given: object,
  acrossTabs: boolean,
  sockets: ManagerInput['sockets'],
): Plan {
  if (logic !== undefined) return { logic, input: given }
  checkConfig(transport, given)
  // Checked: from here on it is one of the known ones.
  const { type, dial, config } = transportOf(transport as NonNullable<typeof transport>, given)
  const input = type === 'durable' && sockets !== false ? { sockets, ...config } : config
  return { logic: logicOf(type, managedDial(dial, type === 'long-poll' ? 'poll' : 'read', acrossTabs), input), input }
}

function shown(actor: ConnectionActor, { observe }: Pick<TranslationConfig<unknown, unknown>, 'observe'>): void {
  try {
    observe?.(actor)
  } catch (error) {
    reportUncaught(error)
  }
}
