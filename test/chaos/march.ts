/**
 * One direction of a trial: so many records, a cut, so many records, a cut.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { seeded } from '../simulation/herd.ts'
import type { Oracle } from './oracle.ts'
import { blowOf, type Course } from './plan.ts'
import type { ChaosProxy } from './proxy.ts'
import { Pulse } from './pulse.ts'
import { bytesOf, type ChaosRecord, recordOf } from './record.ts'
import type { Direction } from './traffic.ts'

export interface Patience {
  /** How long nothing at all may move before it is not waited for any longer, in ms. */
  readonly patience: number
  /** After so long no more records are written, in ms. */
  readonly limit: number
}

export interface MarchOptions {
  readonly direction: Direction
  readonly course: Course
  readonly patience: Patience
  readonly proxy: ChaosProxy
  readonly oracle: Oracle
  write(records: readonly ChaosRecord[], march: March): Promise<void>
  /** The write did. */
  failed(thrown: unknown): void
  /** Awaited before each round. */
  before?: ((round: number) => Promise<void>) | undefined
}

/** A reader may be behind by the records of so many rounds: a cut in each of them lets only a part through. */
const ROUNDS_BEHIND = 2

/** Who brings nothing through in so many rounds, each of them waited for with all patience, will not do so in the next one. */
const MOST_STILLS = 4

/** Up to so many records are written at once, and then nothing for so many milliseconds: as things happen, not in one go. */
const MOST_AT_ONCE = 20
const REST = 1

export class March {
  /** The number of the last record that was written. */
  written = 0
  /** Of how many records the application was told that they failed. */
  told = 0
  /** And with what words. */
  readonly reasons = new Set<string>()
  readonly #options: MarchOptions
  readonly #pulse = new Pulse()
  readonly #random: () => number
  readonly #until: number
  #pending = 0
  #stills = 0
  #dead = false

  constructor(options: MarchOptions) {
    this.#options = options
    const { course, direction, patience, proxy } = options
    this.#random = seeded(course.seed * 2 + (direction === 'up' ? 1 : 0))
    this.#until = performance.now() + patience.limit
    proxy.blows.on('landed', () => this.beat())
  }

  beat(): void {
    this.#pulse.beat()
  }

  /** Nobody reads or writes any more. */
  die(): void {
    this.#dead = true
    this.beat()
  }

  tell(error: unknown): void {
    this.told += 1
    this.reasons.add(error instanceof Error && 'code' in error ? `${error.name}: ${error.code}` : String(error))
    this.beat()
  }

  /** Takes note of what becomes of a write. */
  watch(sent: Promise<unknown>): void {
    this.#pending += 1
    sent
      .catch((thrown: unknown) => this.tell(thrown))
      .finally(() => {
        this.#pending -= 1
        this.beat()
      })
  }

  /** All records but the last, a cut with each round of them. None where nothing is to be cut. */
  async underFire(): Promise<void> {
    const { course } = this.#options
    if (course.kills === 0) return
    const each = Math.ceil((course.records - 1) / course.kills)
    for (let round = 0; round < course.kills && !this.#isOver(); round++) {
      await this.#options.before?.(round)
      // As many in each: a remainder in the last round would be more than a client's outbox takes.
      const last = Math.floor(((course.records - 1) * (round + 1)) / course.kills)
      await this.#round(round, last, each * ROUNDS_BEHIND)
    }
  }

  /** The last record, when nothing is cut any more and everything that was held back has arrived. */
  async inPeace(): Promise<void> {
    const { course, oracle, proxy } = this.#options
    if (this.#dead) return
    await this.until(() => proxy.withheld === 0 && this.#pending === 0)
    await this.#write(course.kills === 0 ? course.records : this.written + 1)
    await this.until(() => oracle.distinct >= this.written)
  }

  /** How many writes are not settled after waiting for it. */
  async settled(): Promise<number> {
    await this.until(() => this.#pending === 0)
    return this.#pending
  }

  /** Resolves when it is so, or when nobody is left to bring it about; `false` when nothing moves any more. */
  until(condition: () => boolean): Promise<boolean> {
    return this.#pulse.until(() => this.#dead || condition(), this.#options.patience.patience)
  }

  async #round(round: number, last: number, behind: number): Promise<void> {
    const { course, direction, oracle, proxy } = this.#options
    const records = this.#next(last)
    const before = oracle.distinct
    const { blows } = proxy
    if (!blows.isDue(direction)) {
      blows.arm(direction, blowOf(course, direction, round, bytesOf(records), this.#random))
    }
    while (this.written < last && !this.#dead) {
      await this.#write(Math.min(last, this.written + 1 + Math.floor(this.#random() * MOST_AT_ONCE)))
      await wait(REST)
    }
    const landed = await this.until(() => !blows.isDue(direction))
    const arrived = await this.until(() => oracle.highest >= this.written - behind && this.#pending <= behind)
    this.#stills = (landed && arrived) || oracle.distinct > before ? 0 : this.#stills + 1
  }

  #isOver(): boolean {
    return this.#dead || this.#stills >= MOST_STILLS || performance.now() > this.#until
  }

  async #write(last: number): Promise<void> {
    const records = this.#next(last)
    this.written = last
    // A server that takes no more shows as records that are not there.
    await this.#options.write(records, this).catch((thrown: unknown) => this.#options.failed(thrown))
  }

  #next(last: number): ChaosRecord[] {
    const from = this.#options.direction === 'down' ? 'server' : 'client'
    return Array.from({ length: last - this.written }, (_, index) => recordOf(this.written + 1 + index, from))
  }
}
