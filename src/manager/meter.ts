/**
 * One connection's figures, read when somebody asks. A message costs nothing: the data plane counts messages anyway.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { type ConnectionSnapshot, stateOf } from '../../machines/connection.ts'
import { type Clock, timeOn } from '../connection/clock.ts'
import type { DataPlane } from '../connection/plane.ts'
import { planeOf } from '../connection/planes.ts'
import { clockOf } from '../observe/connection-clock.ts'
import { type Metrics, measure } from '../observe/measure.ts'
import type { Counts } from '../observe/metrics.ts'
import type { ConnectionHealth } from './health.ts'
import { SlidingRate } from './meter-rate.ts'
import { isDoubted, RoundTrip } from './meter-round-trip.ts'

/** What a live connection weighs above its socket (docs/performance.md), and its meter, in bytes. */
const CONNECTION_BYTES = 11_000 + 6_000

/**
 * Measures a connection from now on, by its actor's clock.
 *
 * @example
 * const meter = new ConnectionMeter(actor)
 * healthOf(meter.read()).status
 */
export class ConnectionMeter {
  readonly #actor: AnyActorRef
  readonly #plane: DataPlane
  readonly #now: () => number
  readonly #metrics: Metrics
  readonly #rate: SlidingRate
  readonly #roundTrip = new RoundTrip()
  readonly #leave: () => void
  #connectLatency: number | null = null

  /**
   * @param clock - by which rates are told. Default: the actor's own.
   * @throws TransportError `bad_option` when the actor is not a statewire connection
   */
  constructor(actor: AnyActorRef, clock?: Pick<Clock, 'now'>) {
    this.#actor = actor
    this.#now = clock === undefined ? clockOf(actor) : () => timeOn(clock)
    this.#plane = planeOf(actor)
    this.#rate = new SlidingRate(this.#plane.counts.received, this.#now())
    this.#metrics = measure(actor)
    const leaveDurations = this.#metrics.onDuration((kind, milliseconds) => {
      if (kind !== 'connect') return
      this.#connectLatency = milliseconds
      this.#roundTrip.dialled(milliseconds)
    })
    // An observer of errors, or XState would throw those of a failed actor where nobody can catch them.
    const subscription = actor.subscribe({
      next: (snapshot: ConnectionSnapshot) => this.#moved(snapshot),
      error: () => {},
    })
    this.#leave = () => {
      leaveDurations()
      subscription.unsubscribe()
    }
  }

  /** The figures of this moment: a plain object that survives JSON, with no URL and no payload in it. */
  read(): ConnectionHealth {
    const snapshot: ConnectionSnapshot = this.#actor.getSnapshot()
    const metrics = this.#metrics.snapshot()
    const at = this.#now()
    const { received } = this.#plane.counts
    this.#rate.look(received, at)
    const { context } = snapshot
    const { sending } = this.#plane
    const bufferedBytes = sending.queuedBytes
    return {
      state: stateOf(snapshot),
      doubted: isDoubted(snapshot),
      lastByteAge: isReading(snapshot) ? this.#plane.silence : null,
      roundTrip: this.#roundTrip.latest,
      connectLatency: this.#connectLatency,
      deliveryRate: this.#rate.perSecond(received, at),
      queued: sending.queued,
      bufferedBytes,
      memory: CONNECTION_BYTES + bufferedBytes,
      attempts: metrics.attempts,
      failures: sumOf(metrics.failedAttempts) + sumOf(metrics.losses),
      failuresInRow: context.attempt,
      lastFailure: context.failure?.code ?? null,
      recoveries: metrics.recoveries,
      metrics,
    }
  }

  /** Stops measuring; the counts stay as they are. */
  stop(): void {
    this.#leave()
    this.#metrics.stop()
  }

  #moved(snapshot: ConnectionSnapshot): void {
    this.#rate.look(this.#plane.counts.received, this.#now())
    this.#roundTrip.moved(snapshot)
  }
}

/** Whether bytes are taken, so that their absence says something. */
function isReading(snapshot: ConnectionSnapshot): boolean {
  return snapshot.status === 'active' && snapshot.hasTag('online') && snapshot.context.flow === 'flowing'
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
