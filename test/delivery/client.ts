/**
 * Our own client, reading and sending, in time of its own: everything that it says, and what became of each send.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { ConnectionEmitted } from '../../machines/connection-types.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { type DurableInput, durableConnection, type ResumeToken, resumeTokenOf, sendOver } from '../../src/durable.ts'
import { TransportError } from '../../src/errors.ts'
import { settle } from '../../src/testing/settle.ts'
import { faultClock } from '../faults/fault-clock.ts'
import { type Stage as State, stageOf } from '../faults/history.ts'
import { numberOf } from '../server-faults/log.ts'

/** How long a condition may take on a loaded machine: less than a test, which would not say what it waited for. */
export const SOON = { timeout: 12_000 }

/** The same for what is known not to come yet: every such test waits for so long in vain. */
export const LATE = { timeout: 600 }

export interface ClientOptions extends Partial<DurableInput>, ConnectionInput {
  /** Pauses before an attempt pass at once. Default `true`; `false`: the test lets them pass. */
  readonly skipsPauses?: boolean | undefined
  /** Default: {@link SOON}. */
  readonly patience?: typeof SOON | undefined
}

export class Client {
  readonly clock = faultClock()
  readonly records: unknown[] = []
  /** Everything that was emitted but records. */
  readonly said: ConnectionEmitted[] = []
  readonly history: State[] = []
  /** What became of each send, in the order in which they were made: `waiting`, `stored`, or the code of its error. */
  readonly outcomes: string[] = []
  /** What sends were refused with. */
  readonly refusals: TransportError[] = []
  readonly patience: typeof SOON
  readonly actor

  /** @param url of the stream. It connects at once. */
  constructor(url: string, { skipsPauses = true, patience = SOON, ...input }: ClientOptions) {
    this.patience = patience
    // Nobody is silent here unless a test says so: the server's time and the client's pass apart.
    const heartbeatInterval = Number.POSITIVE_INFINITY
    this.actor = createActor(durableConnection, {
      input: { heartbeatInterval, environment: false, retryBudget: 1_000_000, ...input, url },
      clock: this.clock,
    })
    this.actor.on('*', (event) => {
      if (event.type === 'message') this.records.push(event.message.data)
      else this.said.push(event)
    })
    this.actor.subscribe(() => {
      const state = stageOf(this.snapshot)
      if (this.history.at(-1) === state) return
      this.history.push(state)
      if (skipsPauses && state === 'waiting') void this.clock.advance(this.snapshot.context.delay)
    })
    this.actor.start()
    onTestFinished(() => void this.actor.stop())
    this.actor.send({ type: 'connect' })
  }

  get snapshot(): ConnectionSnapshot {
    return this.actor.getSnapshot() as unknown as ConnectionSnapshot
  }

  get state(): State {
    return stageOf(this.snapshot)
  }

  /** The numbers of the records, in the order in which they came. */
  get numbers(): readonly number[] {
    return this.records.map(numberOf)
  }

  /** All failures of the connection, in order, and what belonged to no send. */
  get failures(): readonly TransportError[] {
    return this.said.flatMap((event) =>
      'error' in event && event.error instanceof TransportError ? [event.error] : [],
    )
  }

  get codes(): readonly string[] {
    return this.failures.map(({ code }) => code)
  }

  /** What was said to be missing. */
  get gaps(): readonly { readonly reason: string; readonly lost: number | null }[] {
    return this.said.flatMap((event) =>
      event.type === 'gap' ? [{ reason: event.gap.reason, lost: event.gap.lost }] : [],
    )
  }

  get token(): ResumeToken {
    return resumeTokenOf(this.actor)
  }

  /** Sends, and notes what becomes of each. */
  send(...records: readonly unknown[]): void {
    for (const record of records) {
      const place = this.outcomes.push('waiting') - 1
      sendOver(this.actor, record).then(
        () => {
          this.outcomes[place] = 'stored'
        },
        (error: TransportError) => {
          this.outcomes[place] = error.code
          this.refusals.push(error)
        },
      )
    }
  }

  /** The application takes no more, and the transport does not read. */
  pause(): void {
    this.actor.send({ type: 'pause' })
  }

  resume(): void {
    this.actor.send({ type: 'resume' })
  }

  close(): void {
    if (this.state !== 'closed') this.actor.send({ type: 'close' })
  }

  until(condition: () => boolean): Promise<void> {
    return settle(condition, { ...this.patience, describe: () => this.describe() })
  }

  /** Resolves when so many records have come. */
  untilRecords(count: number): Promise<void> {
    return this.until(() => this.records.length >= count)
  }

  untilState(...states: readonly State[]): Promise<void> {
    return this.until(() => states.includes(this.state))
  }

  /** Resolves when it is known what became of every send. */
  untilSettled(): Promise<void> {
    return this.until(() => !this.outcomes.includes('waiting'))
  }

  /**
   * Resolves when the condition holds, while the client's time passes as far as it is connected: for the pauses between one append
   * and the next. What is on its way has a few turns first.
   */
  async pass(condition: () => boolean): Promise<void> {
    let turns = 0
    await this.until(() => {
      if (condition()) return true
      if (turns++ % 8 === 7 && this.state === 'connected') void this.clock.advance(250)
      return false
    })
  }

  /** So much time passes, some seconds at a time, with turns for what is on its way. */
  async live(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 5_000) await this.clock.advance(5_000)
  }

  describe(): string {
    const counts = new Map<string, number>()
    for (const outcome of this.outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    const sends = [...counts].map(([outcome, count]) => `${count} ${outcome}`)
    return `${this.history.join(' ')} | ${this.records.length} records | ${this.codes.join(', ')} | ${sends.join(', ')}`
  }
}
