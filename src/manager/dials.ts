/**
 * What a manager puts around a dial: the connections that a browser allows to an origin, and one connection for all tabs.
 *
 * @module
 */
import type { Dial } from '../link.ts'
import { partOf } from '../transports/durable-parts.ts'
import { createOriginSlots, type SlotKind } from '../transports/origin-slots.ts'
import { withSlots } from '../transports/origin-slots-dial.ts'

/** Of the page, not of a manager: a browser counts connections by origin, whoever opened them. */
const slots = /* @__PURE__ */ createOriginSlots()

const tabs = partOf(() => import('../tabs/across-tabs.ts'))

/** Logic is made once for each dial, so that a dial is wrapped once for all connections. */
const slotted = new WeakMap<Dial<object>, Dial<object>>()
const tabbed = new WeakMap<Dial<object>, Dial<object>>()

/** The dial as a managed connection uses it. */
export function managedDial(dial: Dial<object>, kind: SlotKind, acrossTabs: boolean): Dial<object> {
  const inTurn = onceFor(slotted, dial, () => withSlots(dial, slots, kind))
  return acrossTabs ? onceFor(tabbed, inTurn, () => lazilyAcrossTabs(inTurn)) : inTurn
}

function lazilyAcrossTabs(dial: Dial<object>): Dial<object> {
  let shared: Dial<object> | undefined
  return async (input, request) => {
    const { acrossTabs } = await tabs()
    shared ??= acrossTabs(dial)
    return shared(input, request)
  }
}

function onceFor(
  known: WeakMap<Dial<object>, Dial<object>>,
  dial: Dial<object>,
  wrap: () => Dial<object>,
): Dial<object> {
  const made = known.get(dial) ?? wrap()
  known.set(dial, made)
  return made
}
