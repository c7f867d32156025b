/**
 * One connection, one scripted server, one simulated clock: what every fault is played in.
 *
 * @module
 */
import { type Actor, createActor } from 'xstate'
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { Environment } from '../../src/connection/environment-source.ts'
import { planeOf } from '../../src/connection/planes.ts'
import type { ConnectionEmitted } from '../../src/core.ts'
import { simulatedEnvironment } from '../../src/testing/environment.ts'
import { type Exchange, type ScriptedServer, scriptedServer } from '../../src/testing/server.ts'
import { settle } from '../../src/testing/settle.ts'
import { type FaultClock, faultClock } from './fault-clock.ts'
import { type Stage, stageOf } from './history.ts'
import { textOf } from './log.ts'
import { beginOutcome, type Outcome } from './outcomes.ts'
import type { AnyLogic, FaultRow } from './row.ts'

/** Answers every exchange of one attempt to connect. A poll makes several. */
export type AttemptStep = (exchange: Exchange, world: World) => unknown

export interface WorldOptions {
  /** What each attempt meets, the first one first. Later ones are told the whole log. */
  readonly attempts?: readonly AttemptStep[] | undefined
  /** The input of the connection, over that of the row. */
  readonly input?: Readonly<Record<string, unknown>> | undefined
  /** Waits before an attempt pass at once. Default `true`; `false`: the test moves the clock itself. */
  readonly skipWaits?: boolean | undefined
  /** Where to connect to instead of the scripted server. */
  readonly origin?: string | undefined
  readonly logic?: AnyLogic | undefined
  /** Whether a step also answers the question for the ends of a durable stream. Default `false`: a stream server does. */
  readonly stepsTakeHeads?: boolean | undefined
  /** Makes the environment. Default: one that the test speaks for. */
  readonly environment?: ((clock: FaultClock) => Environment) | undefined
}

export class World {
  readonly row: FaultRow
  readonly server: ScriptedServer
  readonly clock: FaultClock = faultClock()
  readonly environment = simulatedEnvironment()
  readonly actor: Actor<AnyLogic>
  /** The texts that were handed over, in order. */
  readonly texts: string[] = []
  /** Everything that was emitted but messages. */
  readonly said: ConnectionEmitted[] = []
  readonly history: Stage[] = []
  readonly outcome: Outcome
  /** When each request arrived, in simulated milliseconds. */
  readonly requests: number[] = []
  /** The attempt that is under way, counted from 0. */
  attempt = -1
  readonly #attempts: readonly AttemptStep[]
  readonly #watchers = new Set<() => void>()
  readonly #skipWaits: boolean
  readonly #stepsTakeHeads: boolean
  #connectedAt = 0

  constructor(row: FaultRow, server: ScriptedServer, options: WorldOptions) {
    this.row = row
    this.server = server
    this.outcome = beginOutcome(row.name)
    this.#attempts = options.attempts ?? []
    this.#skipWaits = options.skipWaits ?? true
    this.#stepsTakeHeads = options.stepsTakeHeads ?? false
    server.always(
      () => true,
      (exchange) => this.#answer(exchange),
    )
    const environment = options.environment?.(this.clock) ?? this.environment
    const input = { environment, ...row.input(options.origin ?? server.url), ...options.input }
    this.actor = createActor(options.logic ?? row.logic, { input, clock: this.clock })
    this.actor.on('*', (event) => {
      if (event.type === 'message') this.texts.push(textOf(event.message.data))
      else this.said.push(event)
      this.#look()
    })
    this.actor.subscribe((snapshot) => {
      this.#follow(snapshot as unknown as ConnectionSnapshot)
      this.#look()
    })
    // Never true, and so looked at for ever.
    void server.until(() => this.#look())
    this.actor.start()
  }

  get stage(): Stage {
    return stageOf(this.snapshot)
  }

  get snapshot(): ConnectionSnapshot {
    return this.actor.getSnapshot() as unknown as ConnectionSnapshot
  }

  connect(): this {
    this.#connectedAt = performance.now()
    this.actor.send({ type: 'connect' })
    return this
  }

  /** The events of one type. */
  all<Type extends ConnectionEmitted['type']>(type: Type): Extract<ConnectionEmitted, { type: Type }>[] {
    return this.said.filter((event): event is Extract<ConnectionEmitted, { type: Type }> => event.type === type)
  }

  /** The codes of everything that went wrong, in order. */
  get codes(): readonly string[] {
    return this.said.flatMap((event) => ('error' in event && event.error !== null ? [event.error.code] : []))
  }

  /** Resolves when the condition holds; it is looked at whenever the connection or its server changes. Rejects after 8 s. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return
        settled()
        resolve()
      }
      const settled = (): void => {
        clearTimeout(timer)
        this.#watchers.delete(look)
      }
      const timer = setTimeout(() => {
        settled()
        reject(new Error(`The condition did not hold within 8 s. ${this.describe()}`))
      }, 8_000)
      this.#watchers.add(look)
      look()
    })
  }

  untilStage(stage: Stage): Promise<void> {
    return this.until(() => this.stage === stage)
  }

  untilTexts(count: number): Promise<void> {
    return this.until(() => this.texts.length >= count)
  }

  /** Lets the server send something, and waits until the server was heard: a WebSocket answers pings of its own accord. */
  async hear(send: () => Promise<void>): Promise<void> {
    const plane = planeOf(this.actor)
    const before = this.clock.now()
    await send()
    // Bytes that mean nothing change no state: nobody says that they came.
    const heard = (): boolean => plane.fold().silence === 0 && this.clock.now() === before
    await settle(heard, { timeout: 8_000, describe: () => this.describe() })
  }

  /** The exchange that is being answered now. */
  get exchange(): Exchange {
    const exchange = this.server.exchanges.findLast(({ ended }) => ended === null)
    if (exchange === undefined) throw new Error('No exchange is open.')
    return exchange
  }

  /** What happened, in one line; for failures. */
  describe(): string {
    return `${this.row.name}: ${this.history.join(' ')} | ${this.texts.length} texts | ${this.codes.join(' ')} | ${this.requests.length} requests`
  }

  async #answer(exchange: Exchange): Promise<void> {
    this.requests.push(this.clock.now())
    const step = this.#attempts[this.attempt]
    // The question for the ends of a durable stream comes before every first poll, and is no poll.
    if (step === undefined || (exchange.method === 'HEAD' && !this.#stepsTakeHeads)) await this.row.tell(exchange)
    else await step(exchange, this)
  }

  #look(): false {
    for (const look of [...this.#watchers]) look()
    return false
  }

  #follow(snapshot: ConnectionSnapshot): void {
    const stage = stageOf(snapshot)
    if (this.history.at(-1) === stage) return
    this.history.push(stage)
    if (stage === 'connecting' || stage === 'dialing') this.attempt += 1
    if (stage === 'connected') this.outcome.connectTime ??= performance.now() - this.#connectedAt
    if (!this.#skipWaits) return
    if (stage === 'waiting') void this.clock.advance(snapshot.context.delay)
    if (stage === 'blocked') void this.clock.advance(snapshot.context.admission)
  }
}

/** Opens a world in which nothing has happened yet. Give it to `conclude` in the end. */
export async function openWorld(row: FaultRow, options: WorldOptions = {}): Promise<World> {
  return new World(row, await scriptedServer(), options)
}
