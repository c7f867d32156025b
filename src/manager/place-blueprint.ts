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
import { lazyDials } from '../transport/loaders.ts'
import { logicOf } from '../transport/logic-of.ts'
import { mergeConfig } from './configuration.ts'
import type { ConnectionDefaults, ManagerInput, OpenOrder } from './manager-options.ts'
import type { PlaceOptions } from './place.ts'
import { restartingOf } from './supervision.ts'

export type Blueprint = Pick<PlaceOptions, 'origin' | 'restarting' | 'create'>

/**
 * Merges defaults < manager < key < call, and checks the result before anything is made.
 *
 * @throws TransportError `bad_option` or `bad_url`
 */
export function blueprintOf(order: OpenOrder, { config, inspect, keys }: ManagerInput, clock: Clock): Blueprint {
  const ofKey = order.key !== undefined && Object.hasOwn(keys ?? {}, order.key) ? keys?.[order.key] : undefined
  const { restart, ...merged } = mergeConfig<ConnectionDefaults>(config, ofKey, {
    ...order.input,
    restart: order.restart,
  })
  const restarting = restartingOf(restart)
  const logic = logicFor(order, merged)
  return {
    origin: originOf(merged),
    restarting,
    create(position) {
      const input = position === null ? merged : { ...merged, position }
      const actor = createActor(logic, { input, clock, ...(inspect && { inspect }) })
      if (actor.getSnapshot().status === 'active' && findPlane(actor) === undefined) {
        throw new TransportError('bad_option', 'Option logic must be connection logic, as connection() makes it.')
      }
      shown(actor as unknown as ConnectionActor, merged)
      return actor as unknown as ConnectionActor
    },
  }
}

function logicFor({ logic, transport }: OpenOrder, config: object): AnyStateMachine {
  if (logic !== undefined) return logic
  checkConfig(transport, config)
  // Checked: from here on it is one of the known ones.
  const type = transport as NonNullable<typeof transport>
  return logicOf(type, lazyDials[type], config)
}

function shown(actor: ConnectionActor, { observe }: Pick<TranslationConfig<unknown, unknown>, 'observe'>): void {
  try {
    observe?.(actor)
  } catch (error) {
    reportUncaught(error)
  }
}
