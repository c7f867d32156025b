/**
 * Our own client, reading a stream in time of its own, and everything that it says.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { ConnectionEmitted } from '../../machines/connection-types.ts'
import { type DurableInput, durableConnection } from '../../src/durable.ts'
import { settle } from '../../src/testing/settle.ts'
import { faultClock } from '../faults/fault-clock.ts'
import { type Stage as State, stageOf } from '../faults/history.ts'
import { numberOf } from './log.ts'

/** How long a condition may take on a loaded machine. */
export const SOON = { timeout: 30_000 }

export interface ReaderOptions extends Partial<DurableInput> {
  readonly position?: string | undefined
  readonly heartbeatInterval?: number | undefined
  readonly connectTimeout?: number | undefined
  /** Pauses before an attempt pass at once. Default `true`; `false`: the test lets them pass. */
  readonly skipsPauses?: boolean | undefined
  /** Time is the machine's: for faults that take real seconds. Default `false`. */
  readonly inRealTime?: boolean | undefined
}

export class Reader {
  readonly clock = faultClock()
  readonly via: DurableInput['via']
  readonly records: unknown[] = []
  /** Everything that was emitted but records. */
  readonly said: ConnectionEmitted[] = []
  readonly history: State[] = []
  readonly #actor

  /** @param url of the stream. */
  constructor(url: string, { skipsPauses = true, inRealTime = false, ...input }: ReaderOptions) {
    this.via = input.via
    this.#actor = createActor(durableConnection, {
      input: { ...input, url },
      ...(inRealTime ? {} : { clock: this.clock }),
    })
    this.#actor.on('*', (event) => {
      if (event.type === 'message') this.records.push(event.message.data)
      else this.said.push(event as ConnectionEmitted)
    })
    this.#actor.subscribe(() => {
      const state = stageOf(this.snapshot)
      if (this.history.at(-1) === state) return
      this.history.push(state)
      const { delay, admission } = this.snapshot.context
      if (skipsPauses && state === 'waiting') void this.clock.advance(delay)
      if (skipsPauses && state === 'blocked') void this.clock.advance(admission)
    })
    this.#actor.start()
    onTestFinished(() => void this.#actor.stop())
    this.#actor.send({ type: 'connect' })
  }

  get snapshot(): ConnectionSnapshot {
    return this.#actor.getSnapshot() as unknown as ConnectionSnapshot
  }

  get state(): State {
    return stageOf(this.snapshot)
  }

  /** The numbers of the records, in the order in which they came. */
  get numbers(): readonly number[] {
    return this.records.map(numberOf)
  }

  /** The failures, in order. */
  get failures(): readonly {
    readonly code: string
    readonly closeCode?: number | undefined
    readonly lost?: unknown
  }[] {
    return this.said.flatMap((event) => ('error' in event && event.error !== null ? [event.error] : []))
  }

  /** What was said to be missing. */
  get gaps(): readonly unknown[] {
    return this.said.flatMap((event) =>
      event.type === 'gap' ? [{ reason: event.gap.reason, lost: event.gap.lost }] : [],
    )
  }

  /** The application takes no more, and the transport does not read. */
  pause(): void {
    this.#actor.send({ type: 'pause' })
  }

  resume(): void {
    this.#actor.send({ type: 'resume' })
  }

  close(): void {
    if (this.state !== 'closed') this.#actor.send({ type: 'close' })
  }

  until(condition: () => boolean): Promise<void> {
    return settle(condition, { ...SOON, describe: () => this.describe() })
  }

  /** Resolves when so many records have come. */
  untilRecords(count: number): Promise<void> {
    return this.until(() => this.records.length >= count)
  }

  untilState(...states: readonly State[]): Promise<void> {
    return this.until(() => states.includes(this.state))
  }

  describe(): string {
    const codes = this.failures.map(({ code, closeCode }) => `${code} ${closeCode ?? ''}`)
    return `${this.history.join(' ')} | ${this.records.length} records | ${codes.join(', ')}`
  }
}
