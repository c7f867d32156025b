/**
 * A few hundred real clients on real sockets, in simulated time: it passes only when nobody is dialling, so that a slow machine
 * changes nothing about who comes when.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import type { Limits } from '../../src/server/limits.ts'
import { memoryStore } from '../../src/server/stores/memory-store.ts'
import type { Retention } from '../../src/server/stores/store.ts'
import { settle } from '../../src/testing/settle.ts'
import { seeded } from '../simulation/herd.ts'
import { TimeLine } from '../simulation/time-line.ts'
import { Member, type Protocol } from './member.ts'
import { type Origin, openOrigin } from './origin.ts'
import { type SharedStore, shareStore } from './shared-store.ts'

export const STREAM = 'herd'

export interface WorldOptions {
  readonly clients: number
  readonly protocol: Protocol
  readonly seed: number
  readonly limits?: Partial<Limits> | undefined
  readonly retention?: Partial<Retention> | undefined
  /** Awaited before each read of the store. */
  readonly slowRead?: (() => Promise<unknown>) | undefined
}

export class World {
  readonly time = new TimeLine()
  readonly store: SharedStore
  readonly members: readonly Member[]
  /** What the servers reported: nothing, in a test that succeeds. */
  readonly reports: unknown[] = []
  /** How many records have been appended. */
  published = 0
  readonly #limits: Partial<Limits> | undefined
  #origin: Origin | null = null

  constructor({ clients, protocol, seed, limits, retention, slowRead }: WorldOptions) {
    this.store = shareStore(memoryStore({ clock: this.time, retention }), slowRead)
    this.#limits = limits
    this.members = Array.from({ length: clients }, (_, index) => {
      // Each draws from numbers of its own: what one draws does not depend on who was answered first.
      const random = seeded(seed * 100_000 + index)
      return new Member({ protocol, stream: STREAM, clock: this.time, random, port: () => this.origin.port })
    })
    onTestFinished(() => this.#end())
  }

  /** The server that clients are sent to now. */
  get origin(): Origin {
    if (this.#origin === null) throw new Error('No server is open.')
    return this.#origin
  }

  /** Opens a server, and sends clients there from now on. */
  async open(): Promise<Origin> {
    this.#origin = await openOrigin({
      store: this.store,
      clock: this.time,
      limits: this.#limits,
      report: (error) => this.reports.push(error),
    })
    const { server } = this.#origin
    onTestFinished(() => server.close({ graceMs: 1 }))
    return this.#origin
  }

  async publish(records = 1): Promise<void> {
    const batch = Array.from({ length: records }, (_, index) => ({ n: this.published + index + 1 }))
    this.published += records
    await this.origin.server.stream(STREAM).append(...batch)
  }

  /** Everybody comes, evenly over so many milliseconds. */
  async gather(milliseconds: number): Promise<void> {
    for (const [index, member] of this.members.entries()) member.start((index * milliseconds) / this.members.length)
    await this.passUntil(() => this.#all('reading'))
  }

  /** Everybody has heard that the connection is over. */
  async dropped(): Promise<void> {
    await settle(() => this.members.every(({ state }) => state === 'waiting'), { timeout: 15_000 })
  }

  /** Time passes until everybody is reading; a record a second is appended meanwhile. */
  async comeBack(): Promise<void> {
    let next = this.time.now() + 1_000
    await this.passUntil(
      () => this.#all('reading'),
      async () => {
        if (this.time.now() < next) return
        next += 1_000
        await this.publish()
      },
    )
  }

  /** Time passes from one timer to the next; between two of them everybody who dials is answered. */
  async passUntil(condition: () => boolean, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    const started = this.time.now()
    while (!condition()) {
      if (this.time.now() - started > 120_000) throw new Error('It does not happen within two minutes.')
      await this.time.pass(this.time.pending[0] ?? 1)
      await settle(() => this.members.every(({ state }) => state !== 'dialling'), { timeout: 15_000 })
      await meanwhile()
    }
  }

  /** Everybody has every record. */
  async delivered(): Promise<void> {
    await settle(() => this.members.every(({ journal }) => journal.last >= this.published), {
      timeout: 15_000,
      describe: () => `${this.members.filter(({ journal }) => journal.last < this.published).length} wait.`,
    })
  }

  #all(state: Member['state']): boolean {
    return this.members.every((member) => member.state === state)
  }

  #end(): void {
    for (const member of this.members) member.leave()
    this.#origin?.crash()
  }
}
