/**
 * One server, as a process of its own: `node host.ts NAME`, and then it is asked.
 *
 * @module
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { heapCensus, type Population } from './heap-census.ts'
import { openHost } from './hosts/table.ts'
import { monotonicMs } from './monotonic.ts'
import { CpuProfile, type SelfTime } from './profile.ts'
import { answerWith } from './questions.ts'
import { recordText } from './records.ts'

/** What a host can be asked. */
export interface Host {
  port(): number
  /** Bytes, after collecting garbage. */
  weigh(): Promise<{ readonly heap: number; readonly resident: number }>
  /** Starts counting. */
  begin(): Promise<void>
  /** What was counted since. */
  end(): Effort
  /** Sends so many records, those of one turn together; answers with the time just before the first. */
  broadcast(order: BroadcastOrder): Promise<number>
  census(): Promise<Population>
  startProfile(): Promise<void>
  stopProfile(): Promise<readonly SelfTime[]>
}

export interface BroadcastOrder {
  readonly turns: number
  readonly recordsPerTurn: number
}

/** What a time cost the process. */
export interface Effort {
  /** User and system time, in microseconds. */
  readonly cpuMicroseconds: number
  /** The longest time in which nothing else ran, in ms, and the 99th percentile of the loop's delay. */
  readonly longestStallMs: number
  readonly loopP99Ms: number
}

/** The finest that timers know; it is part of every delay the histogram sees. */
const RESOLUTION_MS = 1

const contender = process.argv[2] ?? ''
const host = await openHost(contender)
const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
const profile = new CpuProfile()
let usage = process.cpuUsage()
let seq = 0

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

answerWith<Host>({
  port: () => host.port,
  async weigh() {
    await collectGarbage()
    const { heapUsed, rss } = process.memoryUsage()
    return { heap: heapUsed, resident: rss }
  },
  async begin() {
    loop.enable()
    // The histogram counts from one tick of its timer to the next: a stall before its first would not be seen.
    await new Promise((resolve) => setTimeout(resolve, 5 * RESOLUTION_MS))
    loop.reset()
    usage = process.cpuUsage()
  },
  end() {
    const { user, system } = process.cpuUsage(usage)
    loop.disable()
    const beyond = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    return {
      cpuMicroseconds: user + system,
      longestStallMs: beyond(loop.max),
      loopP99Ms: beyond(loop.percentile(99)),
    }
  },
  async broadcast({ turns, recordsPerTurn }) {
    const texts = Array.from({ length: turns }, () => Array.from({ length: recordsPerTurn }, () => recordText(++seq)))
    const startedAt = monotonicMs()
    for (const [turn, together] of texts.entries()) {
      if (turn > 0) await new Promise(setImmediate)
      await host.send(together)
    }
    return startedAt
  },
  async census() {
    await collectGarbage()
    return heapCensus()
  },
  startProfile: () => profile.start(),
  stopProfile: () => profile.stop(),
})

/** Twice, with a turn between: what a finaliser lets go of in the first is collected in the second. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    if (typeof collect === 'function') collect()
    await new Promise(setImmediate)
  }
}
