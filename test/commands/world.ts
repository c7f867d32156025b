/**
 * One connection, its live server behind a gate, a second connection in its pool, and simulated time and surroundings.
 *
 * @module
 */
import { createActor, type Snapshot } from 'xstate'
import type { EnvironmentSignal } from '../../machines/environment-types.ts'
import { createEnvironment, type Environment, type Surroundings } from '../../src/connection/environment-source.ts'
import type { ConnectionActor } from '../../src/connection/logic.ts'
import { createPool, type Pool } from '../../src/connection/pool.ts'
import { type ConnectionState, stateOf } from '../../src/index.ts'
import { Application } from './application.ts'
import { Gate } from './gate.ts'
import type { Model } from './model.ts'
import type { Origin } from './origin.ts'
import type { Tested } from './protocols.ts'
import { delayOn, type WalkedClock, walkedClock } from './time.ts'

/** A linear congruential generator (Numerical Recipes' constants): a run replays from its seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What the platform says, when a command says so. */
class Platform {
  surroundings: Surroundings = { network: 'online', page: 'visible' }
  readonly listeners = new Set<(signal: EnvironmentSignal) => void>()

  say(signal: EnvironmentSignal): void {
    if (signal.type === 'network') this.surroundings = { ...this.surroundings, network: signal.network }
    if (signal.type === 'page') this.surroundings = { ...this.surroundings, page: signal.page }
    for (const listener of [...this.listeners]) listener(signal)
  }

  environment(clock: WalkedClock): Environment {
    const listen = (send: (signal: EnvironmentSignal) => void): (() => void) => {
      this.listeners.add(send)
      return () => void this.listeners.delete(send)
    }
    return createEnvironment({ current: () => this.surroundings, listen }, clock)
  }
}

export class World {
  readonly tested: Tested
  readonly model: Model
  readonly clock: WalkedClock
  readonly origin: Origin
  readonly gate: Gate
  readonly pool: Pool
  readonly platform = new Platform()
  readonly application: Application
  readonly resting: () => number
  /** Who waits for a new credential. */
  readonly credentials: { resolve(): void; reject(error: Error): void }[] = []
  actor: ConnectionActor
  second: ConnectionActor | null = null
  /** When the present actor was made: its retry budget counts from there. */
  bornAt = 0
  /** Grows with every snapshot. */
  changes = 0
  readonly #environment: Environment
  readonly #input: object

  constructor(tested: Tested, model: Model, seed: number, clock: WalkedClock, origin: Origin, gate: Gate) {
    const { delay, resting } = delayOn(clock)
    this.tested = tested
    this.model = model
    this.clock = clock
    this.origin = origin
    this.gate = gate
    this.resting = resting
    this.pool = createPool({ clock })
    this.#environment = this.platform.environment(clock)
    this.#input = {
      url: this.#url('first'),
      delay,
      pool: this.pool,
      environment: this.#environment,
      heartbeatInterval: 20_000,
      pauseWhenHidden: true,
      random: randomOf(seed),
      startPaused: model.flow === 'paused',
      authorize: () => new Promise<void>((resolve, reject) => void this.credentials.push({ resolve, reject })),
    }
    this.application = new Application(model, origin)
    this.actor = this.#start({ input: this.#input })
  }

  static async open(tested: Tested, model: Model, seed: number): Promise<World> {
    const clock = walkedClock()
    const origin = await tested.origin(clock)
    const gate = new Gate({ now: clock.now, upstream: origin.port, counts: (line) => origin.counts(line) })
    await gate.listen()
    return new World(tested, model, seed, clock, origin, gate)
  }

  get state(): ConnectionState {
    return stateOf(this.actor.getSnapshot())
  }

  /** XState's development build warns of events to a stopped actor. */
  say(event: Parameters<ConnectionActor['send']>[0]): void {
    if (this.actor.getSnapshot().status === 'active') this.actor.send(event)
  }

  /** XState never reopens a final actor: another one goes on from its position. */
  renew(): void {
    const { position } = this.actor.getSnapshot().context
    const startPaused = this.model.flow === 'paused'
    this.actor = this.#start({ input: { ...this.#input, startPaused, position: position ?? undefined } })
  }

  /** Stops the actor, as when a page is left; the text is what a storage would keep. */
  persist(): string {
    const text = JSON.stringify(this.actor.getPersistedSnapshot())
    this.actor.stop()
    return text
  }

  restore(text: string): void {
    this.actor = this.#start({ input: this.#input, snapshot: JSON.parse(text) as Snapshot<unknown> })
  }

  openSecond(): void {
    const input = { ...this.#input, url: this.#url('second'), startPaused: false, authorize: async () => {} }
    this.second = createActor(this.tested.logic, { input, clock: this.clock } as never) as unknown as ConnectionActor
    this.second.start().send({ type: 'connect' })
  }

  closeSecond(): void {
    if (this.second?.getSnapshot().status === 'active') this.second.send({ type: 'close' })
    this.second = null
  }

  get breaker() {
    return this.pool.breaker(new URL(this.#url('first')).origin)
  }

  #url(who: string): string {
    return `http://127.0.0.1:${this.gate.port}${this.origin.path}${who === 'first' ? '' : `?who=${who}`}`
  }

  #start(options: { readonly input: object; readonly snapshot?: Snapshot<unknown> }): ConnectionActor {
    // One list of transports, and as many types of input.
    const actor = createActor(this.tested.logic, {
      ...options,
      clock: this.clock,
    } as never) as unknown as ConnectionActor
    this.bornAt = this.clock.now()
    this.application.attach(actor)
    actor.subscribe(() => {
      this.changes += 1
    })
    return actor.start()
  }
}
