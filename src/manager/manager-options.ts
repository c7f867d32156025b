/**
 * What a manager can be told, and what its connections can be told by it.
 *
 * @module
 */
import type { AnyStateMachine, InspectionEvent, Observer } from 'xstate'
import type { ManagerInput as ChartInput } from '../../machines/manager-types.ts'
import type { Pool } from '../connection/pool.ts'
import type { TransportConfig, TransportType } from '../transport/config.ts'
import type { SocketPool } from '../transports/durable-socket-pool.ts'
import type { HealthThresholds } from './health.ts'
import { Limits, type ManagerLimits } from './limits.ts'
import { type RestartPolicy, type RestartType, restartingOf } from './supervision.ts'

/** What a managed connection can be told beside its transport's own options. */
export interface ManagedOptions {
  /** Who gives the same key gets the same connection; the first one's options count. Default: a connection of its own. */
  readonly key?: string | undefined
  /**
   * One connection for all tabs of the origin that want it, whichever of them has it; messages reach the others from there. Where the
   * platform lacks Web Locks or channels, each tab has its own. Default `false`.
   */
  readonly acrossTabs?: boolean | undefined
  /** Whether it is started again when it ended. Default `temporary`: never. */
  readonly restart?: RestartType | RestartPolicy | undefined
}

/** Options for many connections at once: those of the connection itself, and whatever their transports have in common. */
export type ConnectionDefaults = Partial<TransportConfig<TransportType>> &
  Pick<ManagedOptions, 'acrossTabs' | 'restart'>

/** The input of the manager's logic. Every option has a default. */
export interface ManagerInput extends ChartInput {
  /** How long a shared connection that nobody holds stays open, in ms. Default 1,000. */
  readonly linger?: number | undefined
  /** How long a connection that is not shared may rest in `idle` or `error` before it is released, in ms. Default 300,000. */
  readonly idleAfter?: number | undefined
  readonly limits?: ManagerLimits | undefined
  /** What every connection is told, unless its key or its call says otherwise. */
  readonly config?: ConnectionDefaults | undefined
  /** What the connections of a key are told, unless their call says otherwise. */
  readonly keys?: Readonly<Record<string, ConnectionDefaults>> | undefined
  /** From where on a connection counts as degraded in the metrics. */
  readonly thresholds?: HealthThresholds | undefined
  /** What all connections share: a breaker and a budget per origin. Default: a pool of its own; `false` for none. */
  readonly pool?: Pool | false | undefined
  /** The sockets that durable streams of one server share. Default: a pool of its own; `false` for one socket each. */
  readonly sockets?: SocketPool | false | undefined
  /** Hears of every connection's actor as well: they are roots, so that the manager's own inspector does not meet them. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void) | undefined
  /** Source of the jitter of restarts, from 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** What `open` opens: a transport by its name, or any connection logic. */
export interface OpenOrder extends ManagedOptions {
  /** Its name with the manager. Default: a name that is given out, told by the event `opened`. */
  readonly id?: string | undefined
  readonly transport?: TransportType | undefined
  readonly logic?: AnyStateMachine | undefined
  /** What the transport or the logic is told. */
  readonly input: object
}

/**
 * Throws for options no manager can work with, before anything is made.
 *
 * @throws TransportError `bad_option`
 */
export function checkManagerInput({ config, limits }: ManagerInput): void {
  void new Limits(limits)
  restartingOf(config?.restart)
}
