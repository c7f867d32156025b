/**
 * One measurement of one contender: a server on one core, its clients on the other, both new.
 *
 * @module
 */

import { median } from '../statistics.ts'
import type { Contender } from './contenders.ts'
import type { Crowd } from './crowd.ts'
import type { Examination } from './examination.ts'
import { growthPer } from './heap-census.ts'
import type { BroadcastOrder, Effort, Host } from './host.ts'
import { monotonicMs } from './monotonic.ts'
import { type Asked, startAsked } from './questions.ts'

/** What is sent, and how often: the first few broadcasts warm up and are not counted. */
export const patterns = {
  /** One record, and the next when everybody has it: nothing can be coalesced. */
  alone: { turns: 1, recordsPerTurn: 1, warmUp: 3, counted: 10 },
  /** Ten records in one turn of the event loop. */
  together: { turns: 1, recordsPerTurn: 10, warmUp: 3, counted: 10 },
  /** A record in each of ten turns, whether or not the last one is out: who can coalesce will. */
  rush: { turns: 10, recordsPerTurn: 1, warmUp: 1, counted: 3 },
} as const satisfies Record<string, BroadcastPlan>

interface BroadcastPlan extends BroadcastOrder {
  readonly warmUp: number
  readonly counted: number
}

export type Pattern = keyof typeof patterns

/** What broadcasting cost. Times are ms from just before the first record was handed to the server. */
export interface Delivery {
  /** User and system time of the server for one record on one connection, in µs. */
  readonly cpuMicroseconds: number
  readonly deliveriesPerSecond: number
  /** When half of the connections, 99 of 100, and the last one had everything. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly lastMs: number
  readonly longestStallMs: number
  readonly loopP99Ms: number
}

/** All that one measurement says. */
export interface Sample extends Readonly<Record<Pattern, Delivery>> {
  readonly acceptsPerSecond: number
  readonly acceptCpuMicroseconds: number
  /** Bytes of the server's process for each quiet connection. */
  readonly heap: number
  readonly resident: number
}

/** The code and the first structures of each kind are paid once; they are not the weight of a connection. */
const FIRST = 50

/** A process may have 20,000 descriptors here; both sides need one for each connection. */
export const MOST = 19_000

export interface Scripts {
  readonly host: string
  readonly crowd: string
}

/** The two processes of a measurement. */
export class Bout {
  readonly #contender: Contender
  readonly #connections: number
  readonly #host: Asked<Host>
  readonly #crowd: Asked<Crowd>

  constructor(contender: Contender, connections: number, scripts: Scripts) {
    this.#contender = contender
    this.#connections = connections
    this.#host = startAsked<Host>(scripts.host, 0, contender.name)
    this.#crowd = startAsked<Crowd>(scripts.crowd, 1)
  }

  /** Everything that is asked of a contender, in this order. */
  async measure(): Promise<Sample> {
    const weight = await this.#fill()
    const alone = await this.#deliver(patterns.alone)
    const together = await this.#deliver(patterns.together)
    return { ...weight, alone, together, rush: await this.#deliver(patterns.rush) }
  }

  /** What the heap consists of, and where the CPU goes: for reading, not for comparing. Bytes and µs are per connection. */
  async examine(): Promise<Examination> {
    await this.#open(FIRST)
    const before = await this.#host.ask('census')
    await this.#host.ask('startProfile')
    await this.#open(this.#connections)
    const accepting = await this.#host.ask('stopProfile')
    const after = await this.#host.ask('census')
    await this.#broadcast(patterns.alone)
    await this.#host.ask('startProfile')
    for (let count = 0; count < patterns.alone.counted; count++) await this.#broadcast(patterns.alone)
    const delivering = await this.#host.ask('stopProfile')
    return {
      growth: growthPer(this.#connections, before, after),
      accepting,
      delivering,
      broadcasts: patterns.alone.counted,
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.#host.end(), this.#crowd.end()])
  }

  async #fill(): Promise<Omit<Sample, Pattern>> {
    await this.#open(FIRST)
    const before = await this.#host.ask('weigh')
    await this.#host.ask('begin')
    const startedAt = monotonicMs()
    await this.#open(this.#connections)
    const elapsed = monotonicMs() - startedAt
    const { cpuMicroseconds } = await this.#host.ask('end')
    const after = await this.#host.ask('weigh')
    return {
      acceptsPerSecond: (1_000 * this.#connections) / elapsed,
      acceptCpuMicroseconds: cpuMicroseconds / this.#connections,
      heap: (after.heap - before.heap) / this.#connections,
      resident: (after.resident - before.resident) / this.#connections,
    }
  }

  async #open(connections: number): Promise<void> {
    const port = await this.#host.ask('port')
    await this.#crowd.ask('open', { contender: this.#contender.name, port, connections })
  }

  async #deliver(order: BroadcastPlan): Promise<Delivery> {
    for (let count = 0; count < order.warmUp; count++) await this.#broadcast(order)
    const counted: Flight[] = []
    for (let count = 0; count < order.counted; count++) counted.push(await this.#broadcast(order))
    const deliveries = (this.#connections + FIRST) * order.turns * order.recordsPerTurn
    const middle = (of: (flight: Flight) => number): number => median(counted.map(of))
    return {
      cpuMicroseconds: middle(({ effort }) => effort.cpuMicroseconds) / deliveries,
      deliveriesPerSecond: deliveries / (middle(({ times }) => times.at(-1) ?? Number.NaN) / 1_000),
      p50Ms: middle(({ times }) => at(times, 0.5)),
      p99Ms: middle(({ times }) => at(times, 0.99)),
      lastMs: middle(({ times }) => times.at(-1) ?? Number.NaN),
      // The worst of all, not the middle: a stall that comes once in ten broadcasts is still a stall.
      longestStallMs: Math.max(...counted.map(({ effort }) => effort.longestStallMs)),
      loopP99Ms: middle(({ effort }) => effort.loopP99Ms),
    }
  }

  async #broadcast(order: BroadcastOrder): Promise<Flight> {
    await this.#crowd.ask('expect', order.turns * order.recordsPerTurn)
    await this.#host.ask('begin')
    const startedAt = await this.#host.ask('broadcast', order)
    const arrivals = await this.#crowd.ask('arrivals')
    const effort = await this.#host.ask('end')
    return {
      effort,
      times: arrivals.map((time) => time - startedAt).sort((one, other) => one - other),
    }
  }
}

interface Flight {
  readonly effort: Effort
  /** Sorted. */
  readonly times: readonly number[]
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
}
