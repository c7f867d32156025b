/**
 * The connections of one manager, as root actors: each has its own system and its own timers, so that one that comes or goes costs
 * the same beside ten others and beside ten thousand.
 *
 * @module
 */
import type { Departure, ManagerReport } from '../../machines/manager-types.ts'
import { type Clock, timeOn } from '../connection/clock.ts'
import { findPlane } from '../connection/planes.ts'
import { createPool } from '../connection/pool.ts'
import { TransportError } from '../errors.ts'
import { mergeMetrics } from '../observe/merge-metrics.ts'
import type { MetricsSnapshot } from '../observe/metrics.ts'
import type { CloseOptions } from '../transport/create-transport.ts'
import { createSocketPool } from '../transports/durable-socket-pool.ts'
import type { ConnectionHealth } from './health.ts'
import { Limits } from './limits.ts'
import { Claim } from './managed-claim.ts'
import { KeyedPlaces } from './managed-keys.ts'
import type { ManagerInput, OpenOrder } from './manager-options.ts'
import { ConnectionMeter } from './meter.ts'
import { Place, type PlaceKeeper } from './place.ts'
import { type Blueprint, blueprintOf } from './place-blueprint.ts'

/** The most requests to one origin in a minute: what many connections need to open, and no server takes for a storm. */
const requestsPerMinute = 6_000

export interface RegistryOptions {
  readonly input: ManagerInput
  readonly clock: Clock
  /** Whether new connections are taken. */
  accepts(): boolean
  report(report: ManagerReport): void
}

export class Registry implements PlaceKeeper {
  readonly limits: Limits
  readonly #options: RegistryOptions
  readonly #input: ManagerInput
  /** What works or is held, and what measures it. */
  readonly #entries = new Map<Place, ConnectionMeter | null>()
  readonly #claims = new Map<string, Claim>()
  readonly #claimsOf = new WeakMap<Place, Set<Claim>>()
  readonly #keyed = new KeyedPlaces()
  #past: MetricsSnapshot | undefined
  #named = 0
  #life: 'open' | 'over' = 'open'

  constructor(options: RegistryOptions) {
    const { clock, input } = options
    this.#options = options
    const pool = input.pool === false ? undefined : (input.pool ?? createPool({ clock, requestsPerMinute }))
    // Its connections linger already.
    const sockets = input.sockets ?? createSocketPool({ clock, linger: 0 })
    this.#input = { ...input, sockets, config: { pool, ...input.config } }
    this.limits = new Limits(input.limits)
  }

  /** How many connections work or are held. */
  get size(): number {
    return this.#entries.size
  }

  /** How many keys are known. */
  get keys(): number {
    return this.#keyed.size
  }

  /**
   * Opens what is ordered under a name of its own; a key that is there already is shared. It is not connected yet.
   *
   * @throws TransportError `bad_option`, `bad_url`, `duplicate_id`, `limit_reached` or `aborted`
   */
  open(order: OpenOrder): Claim {
    const { key, id = this.#nextId(order) } = order
    this.#checkId(id)
    const place = key === undefined ? this.#make(this.#blueprint(order), id) : this.share(key, order)
    const claim = new Claim(id, place, this)
    claim.take()
    return claim
  }

  /** The connection of this key: the one that is there, or a new one that waits to be held. */
  share(key: string, order: OpenOrder): Place {
    // First of all: components ask with each rendering.
    const known = this.#keyed.get(key)
    if (known !== undefined) return known
    const place = this.#make(this.#blueprint({ ...order, key }), key, key)
    this.#keyed.set(key, place)
    return place
  }

  find(id: string): Claim | undefined {
    return this.#claims.get(id)
  }

  close(id: string): void {
    this.#claims.get(id)?.close()
  }

  closeAll(options?: CloseOptions): void {
    for (const place of this.places()) place.close(options)
  }

  /** Those of this moment. */
  places(): readonly Place[] {
    return [...this.#entries.keys()]
  }

  readings(): readonly ConnectionHealth[] {
    return [...this.#entries.values()].flatMap((meter) => meter?.read() ?? [])
  }

  /** What the connections that are gone had counted. */
  get past(): MetricsSnapshot | undefined {
    return this.#past
  }

  /** The manager is over, and so is everything it had. */
  stop(): void {
    this.closeAll()
    this.#life = 'over'
  }

  refuse(order: OpenOrder, error: TransportError): void {
    this.#report({ type: 'child.refused', id: order.id ?? order.key ?? '', error })
  }

  enlist(claim: Claim): void {
    this.#checkId(claim.id)
    this.#claims.set(claim.id, claim)
    const claims = this.#claimsOf.get(claim.place) ?? new Set()
    this.#claimsOf.set(claim.place, claims.add(claim))
  }

  strike(claim: Claim): void {
    this.#claims.delete(claim.id)
    this.#claimsOf.get(claim.place)?.delete(claim)
  }

  enter(place: Place): void {
    if (this.#life === 'over' || !this.#options.accepts()) {
      throw new TransportError(
        'aborted',
        'This manager takes no new connections: it drains or is closed. Create another.',
      )
    }
    this.limits.enter(place.origin, timeOn(this.#options.clock))
    this.#entries.set(place, this.#meterOf(place))
    this.#report({ type: 'child.opened', id: place.key })
  }

  leave(place: Place, reason: Departure): void {
    this.#retire(place)
    this.#entries.delete(place)
    this.limits.leave(place.origin)
    for (const claim of this.#claimsAt(place)) claim.drop()
    this.#report({ type: 'child.closed', id: place.key, reason })
  }

  renewed(place: Place): void {
    this.#retire(place)
    this.#entries.set(place, this.#meterOf(place))
  }

  troubled(place: Place): void {
    this.#report({ type: 'child.troubled', id: place.key })
  }

  mended(place: Place): void {
    this.#report({ type: 'child.mended', id: place.key })
  }

  restarted(place: Place, error: TransportError | null): void {
    this.#report({ type: 'child.restarted', id: place.key, error })
  }

  gaveUp(place: Place, error: TransportError): void {
    for (const claim of this.#claimsAt(place)) claim.onGaveUp(error)
    this.#report({ type: 'child.gaveUp', id: place.key, error })
  }

  send(data: unknown, send: () => Promise<void>): Promise<void> {
    return this.limits.send(data, send)
  }

  /** Those of this moment: who hears of an end may let go. */
  #claimsAt(place: Place): readonly Claim[] {
    return [...(this.#claimsOf.get(place) ?? [])]
  }

  #make(blueprint: Blueprint, name: string, key?: string): Place {
    const { idleAfter = 300_000, linger = 1_000, random = Math.random } = this.#input
    return new Place({
      ...blueprint,
      key: name,
      shared: key !== undefined,
      keeper: this,
      clock: this.#options.clock,
      random,
      linger: key === undefined ? idleAfter : linger,
    })
  }

  #blueprint(order: OpenOrder): Blueprint {
    return blueprintOf(order, this.#input, this.#options.clock)
  }

  /** `null` where the logic threw before there was anything to measure. */
  #meterOf(place: Place): ConnectionMeter | null {
    const actor = place.current()
    return findPlane(actor) === undefined ? null : new ConnectionMeter(actor, this.#options.clock)
  }

  /** What was counted is kept when its connection goes. */
  #retire(place: Place): void {
    const meter = this.#entries.get(place)
    if (meter === null || meter === undefined) return
    const { metrics } = meter.read()
    this.#past = mergeMetrics(this.#past === undefined ? [metrics] : [this.#past, metrics])
    meter.stop()
  }

  #report(report: ManagerReport): void {
    if (this.#life === 'open') this.#options.report(report)
  }

  #checkId(id: string): void {
    if (!this.#claims.has(id)) return
    throw new TransportError(
      'duplicate_id',
      `A connection with the id ${id} is open; close it first, or choose another.`,
    )
  }

  #nextId({ transport }: OpenOrder): string {
    let id: string
    do {
      this.#named += 1
      id = `${transport ?? 'connection'} ${this.#named}`
    } while (this.#claims.has(id))
    return id
  }
}
