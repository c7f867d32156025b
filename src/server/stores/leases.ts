/**
 * Leases: who may do what only one may do.
 *
 * @module
 */

import { nowOf, type Workplace } from './operation.ts'
import type { Lease } from './store.ts'

/** Gives the lease, renews it, or takes it back with 0; `null` while another owner has it, or there is nothing to take back. */
export function leaseTo(place: Workplace, name: string, owner: string, ttlMs: number): Lease | null {
  const { tables } = place
  const now = nowOf(place)
  const current = tables.tenure(name)
  const held = current !== null && current.expiresAt > now ? current : null
  if (held !== null && held.owner !== owner) return null
  if (!(ttlMs > 0)) {
    if (held === null) return null
    tables.keepTenure(name, null)
    return { epoch: held.epoch, expiresAt: now }
  }
  // Who let it expire may have been replaced in the meantime without knowing: a new epoch, although the owner is the same.
  const epoch = held?.epoch ?? ++tables.ledger.leases
  const expiresAt = now + ttlMs
  tables.keepTenure(name, { owner, epoch, expiresAt })
  return { epoch, expiresAt }
}
