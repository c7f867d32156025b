/**
 * The plain face over a connection that a manager runs: the same object as `createTransport` makes by itself.
 *
 * @module
 */
import type { MessageIterator } from '../connection/messages.ts'
import { planeOf } from '../connection/planes.ts'
import { TransportError } from '../errors.ts'
import { type Transport, type TransportEvents, transportOver } from '../transport/create-transport.ts'
import { type Life, openLife } from '../transport/life.ts'
import { Listeners } from '../transport/listeners.ts'
import type { Limits } from './limits.ts'
import type { Claim } from './managed-claim.ts'

export function managedTransport(claim: Claim, limits: Limits): Transport {
  const listeners = new Listeners<TransportEvents>()
  const life = openLife(listeners, (show) => {
    claim.listen(show)
    return claim
  })
  claim.onGaveUp = (error) => listeners.emit('error', error)
  const bounded: Life = { ...life, send: (data, options) => limits.send(data, () => life.send(data, options)) }
  return transportOver({
    listeners,
    position: null,
    life: claim.place.shared ? heldLife(bounded, claim, listeners) : bounded,
    load: async () => () => bounded,
  })
}

/** To whom has let go of it, a connection that others still hold is closed. */
function heldLife(life: Life, claim: Claim, listeners: Listeners<TransportEvents>): Life {
  const iterators = new Set<MessageIterator>()
  claim.onDropped = () => {
    for (const iterator of iterators) void iterator.return?.()
    iterators.clear()
    const plane = planeOf(claim.current())
    listeners.emit('closed', { reason: 'closed', position: plane.position, ...plane.counts })
  }
  return {
    ...life,
    send(data, options) {
      if (claim.isTaken) return life.send(data, options)
      return Promise.reject(new TransportError('send_refused', 'Nothing can be sent in state "closed"; connect first.'))
    },
    messages() {
      const iterator = life.messages()
      iterators.add(iterator)
      if (!claim.isTaken) void iterator.return?.()
      return iterator
    },
    state: () => (claim.isTaken ? life.state() : 'closed'),
  }
}
