/**
 * The others: readers of all sorts and a producer that appends 1, 2, 3 …, the next as soon as every reader has the last.
 * They do so all through a test, and afterwards nothing may have happened to them.
 *
 * @module
 */

import { Agent, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { EventStreamReader, LongPollReader, type Reader, type ReadFrom, SocketReader, textOf } from './readers.ts'

/** Twenty milliseconds, in which the server has time for others as well. */
const breath = (): Promise<void> => setTimeout(20)

/** A hundred who behave: one of them is the producer. At full speed they alone would keep the server busy. */
export const HUNDRED = { webSockets: 34, eventStreams: 33, longPolls: 32, pause: breath }

/** How many readers of each sort. Default: one. */
export interface CrowdSize {
  readonly webSockets?: number | undefined
  readonly eventStreams?: number | undefined
  readonly longPolls?: number | undefined
  /** What the producer does between two records. Default: nothing, which keeps the server busy. */
  readonly pause?: (() => Promise<unknown>) | undefined
}

export class Bystanders {
  readonly #from: ReadFrom
  readonly #size: CrowdSize
  readonly #readers: Reader[] = []
  /** One connection, kept: the producer must not have to come back either. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #waiting = new Set<() => void>()
  readonly #disturbances: string[] = []
  /** Milliseconds from each append until everyone had the record. */
  readonly durations: number[] = []
  #appended = 0
  #stopped = false
  #producing: Promise<void> = Promise.resolve()

  constructor(from: ReadFrom, size: CrowdSize) {
    this.#from = from
    this.#size = size
  }

  /** Connects everyone, appends the first record, and resolves when everyone has it. Then it goes on by itself. */
  async start(): Promise<void> {
    const events = { changed: () => this.#changed() }
    const { webSockets = 1, eventStreams = 1, longPolls = 1 } = this.#size
    for (let count = 0; count < webSockets; count++) this.#readers.push(new SocketReader(this.#from, events))
    for (let count = 0; count < eventStreams; count++) this.#readers.push(new EventStreamReader(this.#from, events))
    for (let count = 0; count < longPolls; count++) this.#readers.push(new LongPollReader(this.#from, events))
    await this.#beat()
    this.#producing = this.#produce()
  }

  /** How many connections they hold. */
  get connections(): number {
    return this.#readers.length + 1
  }

  /** How many records there are. */
  get appended(): number {
    return this.#appended
  }

  /** Resolves when so many more records have been appended and have reached everyone, or someone was disturbed. */
  async beats(count: number): Promise<void> {
    const until = this.#appended + count
    await this.#when(() => this.#readers.every((reader) => reader.count >= until))
  }

  /** Two whole beats, which begin after whatever was done before; then the producer rests. What disturbed anyone. */
  async finish(): Promise<string[]> {
    await this.beats(2)
    this.#stopped = true
    await this.#producing
    return this.disturbances
  }

  get disturbances(): string[] {
    const behind = this.#readers.filter(({ count }) => this.#stopped && count !== this.#appended)
    return [
      ...this.#disturbances,
      ...this.#readers.flatMap(({ disturbances }) => disturbances),
      ...behind.map((reader) => `${reader.constructor.name}: has ${reader.count} of ${this.#appended} records`),
    ]
  }

  /** Nothing goes on any more: says where everyone stands, and lets nobody wait. */
  giveUp(): void {
    const behind = this.#readers.filter(({ count }) => count < this.#appended)
    const names = behind.map((reader) => `${reader.constructor.name} ${reader.count}`)
    this.#disturbances.push(`It took too long. Appended ${this.#appended}; behind: ${names.join(', ')}.`)
    this.#changed()
  }

  /** Hangs everyone up. */
  stop(): void {
    this.#stopped = true
    for (const reader of this.#readers) reader.stop()
    this.#agent.destroy()
    this.#changed()
  }

  async #produce(): Promise<void> {
    while (!this.#stopped && this.disturbances.length === 0) {
      await this.#beat()
      await this.#size.pause?.()
    }
  }

  async #beat(): Promise<void> {
    const start = performance.now()
    const failure = await this.#append(this.#appended + 1)
    if (failure === null) this.#appended++
    else if (!this.#stopped) this.#disturbances.push(`Producer: ${failure}`)
    await this.#when(() => this.#readers.every(({ count }) => count >= this.#appended))
    this.durations.push(performance.now() - start)
  }

  /** Appends one record exactly once. What went wrong, or `null`. */
  #append(record: number): Promise<string | null> {
    const { port, path, token } = this.#from
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'producer-id': 'steady',
      'producer-epoch': '0',
      'producer-seq': String(record - 1),
    }
    return new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: `/v1/stream/${path}`,
        agent: this.#agent,
        headers,
      }
      const asked = request(options, async (answer) => {
        const text = await textOf(answer)
        resolve(answer.statusCode === 200 && text !== null ? null : `append answered with ${answer.statusCode} ${text}`)
      })
      asked.on('error', (error) => resolve(error.message))
      asked.on('socket', () => {
        if (record > 1 && !asked.reusedSocket) resolve('had to connect again')
      })
      asked.end(String(record))
    })
  }

  /** Resolves when the condition holds, and also when there is no hope that it ever will. */
  #when(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition() && !this.#stopped && this.disturbances.length === 0) return
        this.#waiting.delete(check)
        resolve()
      }
      this.#waiting.add(check)
      check()
    })
  }

  #changed(): void {
    for (const check of [...this.#waiting]) check()
  }
}
