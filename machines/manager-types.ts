/**
 * What the manager chart knows, hears and says.
 *
 * @module
 */
import type { TransportError } from '../src/errors.ts'

export interface ManagerContext {
  /** The share of its connections, from 0 to 1, that may be in trouble before the manager is degraded. */
  readonly tolerance: number
  /** Connections of this moment, those that wait for a restart included. */
  readonly open: number
  /** How many of them reconnect, doubt their link, rest in `error` or wait for a restart. */
  readonly troubled: number
  /** Counts since the manager started. */
  readonly opened: number
  readonly closed: number
  readonly restarted: number
  readonly gaveUp: number
  readonly refused: number
}

export interface ManagerInput {
  /** Default 0.1: one connection in ten. */
  readonly tolerance?: number | undefined
}

/** Why a connection left the manager: somebody closed it, its protocol ended, it failed for good, or nobody wanted it any more. */
export type Departure = 'closed' | 'done' | 'failed' | 'unused'

/** What users ask for. The order is whatever the implementation knows how to open. */
export type ManagerRequest<Order = object> =
  | ({ readonly type: 'open' } & Order)
  | { readonly type: 'close'; readonly id: string }
  | { readonly type: 'closeAll' }
  /** Sends what waits, closes every connection and takes no new one; then the manager is done. */
  | { readonly type: 'drain' }

/** What the connections report. Counting is all the chart does with it, so that a report costs the same however many there are. */
export type ManagerReport =
  | { readonly type: 'children.started' }
  | { readonly type: 'child.opened'; readonly id: string }
  | { readonly type: 'child.closed'; readonly id: string; readonly reason: Departure }
  | { readonly type: 'child.troubled'; readonly id: string }
  | { readonly type: 'child.mended'; readonly id: string }
  | { readonly type: 'child.restarted'; readonly id: string; readonly error: TransportError | null }
  | { readonly type: 'child.gaveUp'; readonly id: string; readonly error: TransportError }
  | { readonly type: 'child.refused'; readonly id: string; readonly error: TransportError }

export type ManagerEvent<Order = object> = ManagerRequest<Order> | ManagerReport

/** What `manager.on(type, …)` hears. */
export type ManagerEmitted =
  | { readonly type: 'opened'; readonly id: string }
  | { readonly type: 'closed'; readonly id: string; readonly reason: Departure }
  | { readonly type: 'restarted'; readonly id: string; readonly error: TransportError | null }
  /** Restarting was of no use (`restarts_spent`); the connection is released. */
  | { readonly type: 'gaveUp'; readonly id: string; readonly error: TransportError }
  | { readonly type: 'refused'; readonly id: string; readonly error: TransportError }
  | { readonly type: 'degraded'; readonly troubled: number; readonly open: number }
  | { readonly type: 'recovered' }

/** The output of the final state. */
export type ManagerOutput = Pick<ManagerContext, 'opened' | 'closed' | 'restarted' | 'gaveUp' | 'refused'>

export function initialManagerContext({ tolerance = 0.1 }: ManagerInput = {}): ManagerContext {
  return { tolerance, open: 0, troubled: 0, opened: 0, closed: 0, restarted: 0, gaveUp: 0, refused: 0 }
}

export function managerOutputOf({ closed, gaveUp, opened, refused, restarted }: ManagerContext): ManagerOutput {
  return { opened, closed, restarted, gaveUp, refused }
}
