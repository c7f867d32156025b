/**
 * One connection of a manager: the actor that runs at present, who holds it, and whether it is started again.
 *
 * @module
 */
import type { SnapshotFrom } from 'xstate'
import { type ConnectionState, stateOf } from '../../machines/connection.ts'
import type { Departure } from '../../machines/manager-types.ts'
import { longestDelay } from '../connection/backoff.ts'
import type { Clock } from '../connection/clock.ts'
import { timeOn } from '../connection/clock.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import { findPlane } from '../connection/planes.ts'
import { reportUncaught } from '../connection/report.ts'
import { sendOver } from '../connection/send-over.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import { asTransportError, type TransportError } from '../errors.ts'
import type { CloseOptions } from '../transport/create-transport.ts'
import type { HoldOptions, SharedConnection } from './shared-connection.ts'
import { type Ended, type Restarting, verdictOn } from './supervision.ts'

/** What a place tells its registry. */
export interface PlaceKeeper {
  /** It begins to work, or to be held. Throws what refuses it. */
  enter(place: Place): void
  /** It is over, or nobody wants it. */
  leave(place: Place, reason: Departure): void
  /** Another actor works in it now. */
  renewed(place: Place): void
  troubled(place: Place): void
  mended(place: Place): void
  restarted(place: Place, error: TransportError | null): void
  gaveUp(place: Place, error: TransportError): void
  /** Sends, if there is room. */
  send(data: unknown, send: () => Promise<void>): Promise<void>
}

export interface PlaceOptions {
  readonly key: string
  /** Whether who wants it says so by holding it. What is not shared is wanted until it is closed. */
  readonly shared: boolean
  readonly origin: string
  readonly keeper: PlaceKeeper
  readonly clock: Clock
  readonly restarting: Restarting
  /** Creates an actor that is not started yet. */
  create(position: string | null): ConnectionActor
  /** From 0 up to 1. */
  random(): number
  /** How long a shared one may be held by nobody, and one that is not shared may rest in `idle` or `error`, in ms. */
  readonly linger: number
}

/** What the manager does with it at present. */
type Phase =
  /** Nothing: it is not in the registry and holds no resource. */
  | { readonly name: 'resting' }
  | { readonly name: 'running' }
  | { readonly name: 'restarting'; readonly timer: unknown }
  /** Nobody wants it; it is closed when the timer fires. */
  | { readonly name: 'lingering'; readonly timer: unknown }

type ConnectionSnapshot = SnapshotFrom<ConnectionActor>

const resting: Phase = { name: 'resting' }
const running: Phase = { name: 'running' }

export class Place implements SharedConnection {
  readonly key: string
  readonly origin: string
  readonly shared: boolean
  readonly #options: PlaceOptions
  readonly #listeners = new Set<() => void>()
  #actor: ConnectionActor
  #state: ConnectionState = 'idle'
  #condition: 'well' | 'troubled' = 'well'
  #phase: Phase = resting
  #holders = 0
  #restarts: readonly number[] = []

  constructor(options: PlaceOptions) {
    this.key = options.key
    this.origin = options.origin
    this.shared = options.shared
    this.#options = options
    this.#actor = this.#begin(null)
  }

  readonly current = (): ConnectionActor => this.#actor

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly hold = ({ connect = true }: HoldOptions = {}): (() => void) => {
    this.#enter()
    this.#holders += 1
    this.#attend()
    if (connect) this.connect()
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#holders -= 1
      this.#attend()
    }
  }

  readonly connect = (): void => {
    this.#enter()
    if (this.#phase.name === 'restarting') this.#go(running)
    this.#revive(null)
    this.#attend()
  }

  readonly send = (data: unknown, options?: SendOptions): Promise<void> =>
    this.#options.keeper.send(data, () => sendOver(this.#actor, data, options))

  readonly close = (options?: CloseOptions): void => {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ ...options, type: 'close' })
    // One that waited for a restart with an actor that is over.
    else this.#leave('closed')
  }

  #enter(): void {
    if (this.#phase !== resting) return
    this.#options.keeper.enter(this)
    this.#phase = running
    this.#judge()
  }

  #begin(position: string | null): ConnectionActor {
    const actor = this.#options.create(position)
    this.#actor = actor
    this.#state = 'idle'
    actor.subscribe({
      next: (snapshot) => this.#follow(actor, snapshot),
      // With an observer for it, logic that throws is this connection's end and nobody else's.
      error: (thrown) => this.#end(actor, { how: 'failed', error: asTransportError(thrown) }),
      complete: () => this.#complete(actor),
    })
    return actor.start()
  }

  /** Connects what does not work yet; what is over gets a fresh actor. */
  #revive(position: string | null): void {
    if (this.#actor.getSnapshot().status !== 'active') {
      this.#begin(position)
      this.#options.keeper.renewed(this)
      for (const listener of this.#listeners) {
        try {
          listener()
        } catch (error) {
          reportUncaught(error)
        }
      }
    }
    // Logic that throws at once is over already.
    if (this.#actor.getSnapshot().status !== 'active') return
    if (this.#state === 'idle' || this.#state === 'error') this.#actor.send({ type: 'connect' })
  }

  #follow(actor: ConnectionActor, snapshot: ConnectionSnapshot): void {
    // XState tells of every event; a state that is the same is no news. `closed` comes with the completion.
    if (actor !== this.#actor || snapshot.status !== 'active') return
    const state = stateOf(snapshot)
    const before = this.#state
    this.#state = state
    this.#judge()
    if (state === before) return
    if (state === 'error') {
      this.#end(actor, { how: 'failed', error: asTransportError(snapshot.context.failure) })
    } else {
      this.#attend()
    }
  }

  #complete(actor: ConnectionActor): void {
    const snapshot = actor.getSnapshot()
    if (snapshot.status === 'done') this.#state = 'closed'
    const finished = snapshot.status === 'done' && snapshot.output?.reason === 'done'
    this.#end(actor, { how: finished ? 'done' : 'closed' })
  }

  #end(actor: ConnectionActor, ended: Ended): void {
    if (actor !== this.#actor || this.#phase === resting) return
    const { clock, keeper, random, restarting } = this.#options
    const result = verdictOn(ended, restarting, this.#restarts, timeOn(clock), random())
    if (result.verdict === 'restart') {
      this.#restarts = result.restarts
      const error = ended.how === 'failed' ? ended.error : null
      this.#go({ name: 'restarting', timer: clock.setTimeout(() => this.#restart(error), result.delay) })
      this.#judge()
    } else if (result.verdict === 'giveUp') {
      keeper.gaveUp(this, result.error)
      this.#leave('failed')
    } else if (actor.getSnapshot().status === 'active') {
      // It rests in `error`, where its user finds it, and may connect again.
      this.#attend()
    } else {
      this.#leave(ended.how)
    }
  }

  #restart(error: TransportError | null): void {
    this.#go(running)
    this.#options.keeper.restarted(this, error)
    // A restart goes on where the last actor was; only a user's own `connect` starts afresh.
    this.#revive(findPlane(this.#actor)?.position ?? null)
    this.#attend()
    this.#judge()
  }

  /** Nobody wants it: it lingers. Somebody does: it does not. */
  #attend(): void {
    const { clock, linger, shared } = this.#options
    const { name } = this.#phase
    if (name === 'resting') return
    if (this.#isWanted()) {
      if (name === 'lingering') this.#go(running)
      return
    }
    if (name === 'lingering' || (name === 'restarting' && !shared)) return
    if (linger >= longestDelay) return
    const timer = clock.setTimeout(() => this.#leave('unused'), linger)
    // Nobody waits for a connection that nobody wants: it keeps no Node process alive.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
    this.#go({ name: 'lingering', timer })
  }

  #isWanted(): boolean {
    return this.#options.shared ? this.#holders > 0 : this.#state !== 'idle' && this.#state !== 'error'
  }

  #leave(reason: Departure): void {
    if (this.#phase === resting) return
    this.#go(resting)
    this.#restarts = []
    this.#judge()
    // Before its keeper forgets who listens.
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ type: 'close' })
    this.#options.keeper.leave(this, reason)
  }

  #go(phase: Phase): void {
    if ('timer' in this.#phase) this.#options.clock.clearTimeout(this.#phase.timer)
    this.#phase = phase
  }

  /** The chart's own tags tell when a connection is in trouble; waiting for a restart is trouble too. */
  #judge(): void {
    const snapshot = this.#actor.getSnapshot()
    const ill =
      this.#phase !== resting &&
      (this.#phase.name === 'restarting' ||
        (snapshot.status === 'active' && (snapshot.hasTag('degraded') || snapshot.hasTag('failed'))))
    const condition = ill ? 'troubled' : 'well'
    if (condition === this.#condition) return
    this.#condition = condition
    this.#options.keeper[ill ? 'troubled' : 'mended'](this)
  }
}
