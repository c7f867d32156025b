/**
 * Counting what a connection does. Everything is read off the chart's snapshots, a few a second; a message costs nothing, because
 * the data plane counts messages anyway.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { ConnectionEmitted } from '../../machines/connection-types.ts'
import { planeOf } from '../connection/planes.ts'
import { clockOf } from './connection-clock.ts'
import { DurationRecorder } from './duration-recorder.ts'
import type { DurationKind, MetricsSnapshot } from './metrics.ts'
import { StateTimes } from './state-times.ts'
import { Tally } from './tally.ts'

/** Where figures come from. A pool can be one too. */
export interface MetricsSource {
  /** The figures of this moment. */
  snapshot(): MetricsSnapshot
  /** Hears each duration, in milliseconds, as it is measured, until the returned function is called. */
  onDuration(listener: (kind: DurationKind, milliseconds: number) => void): () => void
}

/** The figures of one connection. */
export interface Metrics extends MetricsSource {
  /** Stops counting; the figures stay as they are. */
  stop(): void
}

type Emitted<Type extends ConnectionEmitted['type']> = Extract<ConnectionEmitted, { readonly type: Type }>

/**
 * Measures a connection until it is closed or `stop` is called. Times are those of the actor's clock where it can tell the time.
 *
 * @throws TransportError `bad_option` when the actor is not a statewire connection
 * @example
 * const metrics = measure(chat)
 * setInterval(() => publish(metrics.snapshot()), 10_000)
 */
export function measure(connection: AnyActorRef): Metrics {
  const watch = new ConnectionWatch(connection, clockOf(connection))
  const subscriptions = [
    connection.subscribe({
      next: (snapshot) => watch.moved(snapshot),
      complete: () => watch.end(),
      error: () => watch.crashed(),
    }),
    connection.on('connected', ({ protocol }: Emitted<'connected'>) => watch.established.add(protocol)),
    connection.on('gap', ({ gap }: Emitted<'gap'>) => watch.missed(gap.lost)),
    connection.on('error', ({ error }: Emitted<'error'>) => watch.refusedOne(error)),
  ]
  return {
    snapshot: () => watch.snapshot(),
    onDuration: (listener) => watch.durations.listen(listener),
    stop() {
      for (const subscription of subscriptions) subscription.unsubscribe()
      watch.end()
    },
  }
}

class ConnectionWatch {
  readonly established = new Tally()
  readonly durations = new DurationRecorder()
  readonly #losses = new Tally()
  readonly #failedAttempts = new Tally()
  readonly #gaveUp = new Tally()
  readonly #refused = new Tally()
  readonly #states: StateTimes
  readonly #connection: AnyActorRef
  readonly #now: () => number
  readonly #before: { readonly received: number; readonly sent: number }
  #after: { readonly received: number; readonly sent: number } | null = null
  #snapshot: ConnectionSnapshot
  #attempts = 0
  #recoveries = 0
  #gaps = 0
  #lost = 0
  /** When what is going on began, where that was seen. */
  #dialledAt: number | null = null
  #upAt: number | null = null
  #lostAt: number | null = null

  constructor(connection: AnyActorRef, now: () => number) {
    this.#connection = connection
    this.#now = now
    this.#before = this.#counted()
    this.#snapshot = connection.getSnapshot()
    this.#states = new StateTimes(this.#snapshot.value, now())
  }

  /** The chart took an event. A `send` leaves the very same snapshot. */
  moved(next: ConnectionSnapshot): void {
    const before = this.#snapshot
    if (next === before || this.#after !== null) return
    this.#snapshot = next
    const at = this.#now()
    this.#states.moved(next.value, at)
    const [wasUp, isUp] = [isOnline(before), isOnline(next)]
    if (wasUp && !isUp) this.#wentDown(next, at)
    if (dialOf(before) !== dialOf(next)) {
      if (!isUp && hasNewFailure(before, next)) this.#failedAttempts.add(codeOf(next))
      if (!wasUp && isUp) this.#cameUp(at)
      this.#dialledAt = null
      if (dialOf(next) !== undefined) {
        this.#attempts += 1
        this.#dialledAt = at
      }
    }
    if (!before.hasTag('failed') && next.hasTag('failed')) this.#gaveUp.add(codeOf(next))
  }

  missed(count: number | null): void {
    this.#gaps += 1
    this.#lost += count ?? 0
  }

  /** An `error` event is a refused message, unless it is the failure the connection rests on. */
  refusedOne(error: { readonly code: string }): void {
    const { context }: ConnectionSnapshot = this.#connection.getSnapshot()
    if (context.failure !== error) this.#refused.add(error.code)
  }

  /** The actor itself failed: an implementation that the app provided has thrown. */
  crashed(): void {
    this.#gaveUp.add('internal')
    this.end()
  }

  end(): void {
    if (this.#after !== null) return
    this.#after = this.#counted()
    this.#states.end(this.#now())
  }

  snapshot(): MetricsSnapshot {
    const { received, sent } = this.#after ?? this.#counted()
    return {
      attempts: this.#attempts,
      established: this.established.counts(),
      losses: this.#losses.counts(),
      failedAttempts: this.#failedAttempts.counts(),
      recoveries: this.#recoveries,
      gaveUp: this.#gaveUp.counts(),
      received: received - this.#before.received,
      sent: sent - this.#before.sent,
      refused: this.#refused.counts(),
      gaps: this.#gaps,
      lost: this.#lost,
      ...this.#states.figures(this.#now()),
      durations: this.durations.figures(),
    }
  }

  #wentDown(next: ConnectionSnapshot, at: number): void {
    if (this.#upAt !== null) this.durations.record('connected', at - this.#upAt)
    this.#upAt = null
    if (next.status !== 'active') return
    this.#losses.add(codeOf(next))
    // Who rests in `error` comes back by a person's hand: that is no recovery.
    this.#lostAt = next.hasTag('failed') ? null : at
  }

  #cameUp(at: number): void {
    this.#upAt = at
    if (this.#dialledAt !== null) this.durations.record('connect', at - this.#dialledAt)
    if (this.#lostAt === null) return
    this.#recoveries += 1
    this.durations.record('recovery', at - this.#lostAt)
    this.#lostAt = null
  }

  #counted(): { readonly received: number; readonly sent: number } {
    return planeOf(this.#connection).counts
  }
}

function isOnline(snapshot: ConnectionSnapshot): boolean {
  return snapshot.hasTag('online')
}

/** The attempt that is under way: the chart's actor with this source, in whichever state it was invoked. */
function dialOf({ children }: ConnectionSnapshot): object | undefined {
  return Object.values(children).find((child) => child?.src === 'dial')
}

function hasNewFailure(before: ConnectionSnapshot, next: ConnectionSnapshot): boolean {
  const { attempt, failure } = next.context
  // The attempt too: a dial may reject with the same error object each time.
  return failure !== null && (failure !== before.context.failure || attempt > before.context.attempt)
}

function codeOf({ context }: ConnectionSnapshot): string {
  return context.failure?.code ?? 'internal'
}
