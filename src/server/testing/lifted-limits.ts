/**
 * Limits for tests that are about something else: one machine is the only client, and a simulated second never passes.
 *
 * @module
 */

import type { Limits } from '../limits.ts'

const LIFTED = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY }

export const liftedLimits: Partial<Limits> = {
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  connectionsPerPrincipal: Number.POSITIVE_INFINITY,
  accepts: LIFTED,
  handshakes: LIFTED,
  requests: LIFTED,
  publishes: LIFTED,
  bytesIn: LIFTED,
  creates: LIFTED,
  frames: LIFTED,
}
