/**
 * @module
 */
import type { Limits, Rate } from '../../../src/server/limits.ts'

const everything: Rate = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY }

/** The limits that thousands of clients from one address would meet, and real ones from thousands of addresses would not. */
export const unlimited = {
  connections: Number.POSITIVE_INFINITY,
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  connectionsPerPrincipal: Number.POSITIVE_INFINITY,
  accepts: everything,
  handshakes: everything,
  requests: everything,
  publishes: everything,
  bytesIn: everything,
} as const satisfies Partial<Limits>
