/**
 * What this machine is doing, ten times a second: real numbers, so that the demo shows something that was not made up.
 *
 * @module
 */
import { availableParallelism, cpus, freemem, loadavg, totalmem, uptime } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** One record of the stream `telemetry`. */
export interface TelemetryRecord {
  /** The number of this record in the server's log. */
  readonly seq: number
  /** When it was measured, in milliseconds since 1970, by the server's clock. */
  readonly time: number
  /** Busy share of all cores over the last second, 0 to 100. */
  readonly cpu: number
  /** Runnable processes per core, averaged over a minute. */
  readonly load: number
  /** Bytes. */
  readonly memory: { readonly used: number; readonly total: number }
  /** How late the server's event loop ran, in milliseconds, at worst since the last record. */
  readonly loopDelay: number
  /** Seconds since the machine started. */
  readonly uptime: number
  /** Resident memory of the server process in bytes. */
  readonly rss: number
}

interface Ticks {
  readonly idle: number
  readonly total: number
}

/** A tick of the kernel is 10 ms, so that a tenth of a second alone would jump in steps of 5 %. */
const smoothing = 10

function readTicks(): Ticks {
  const times = cpus().map((cpu) => cpu.times)
  const idle = times.reduce((sum, time) => sum + time.idle, 0)
  const total = times.reduce((sum, { user, nice, sys, irq, idle }) => sum + user + nice + sys + irq + idle, 0)
  return { idle, total }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

export interface Sampler {
  sample(): Omit<TelemetryRecord, 'seq'>
  stop(): void
}

export function createSampler(): Sampler {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const history: Ticks[] = [readTicks()]
  return {
    sample() {
      const now = readTicks()
      const [then = now] = history
      history.push(now)
      if (history.length > smoothing) history.shift()
      const total = now.total - then.total
      const busy = total === 0 ? 0 : 1 - (now.idle - then.idle) / total
      const late = Number.isFinite(delay.max) ? delay.max / 1e6 : 0
      delay.reset()
      return {
        time: Date.now(),
        cpu: round(Math.min(1, Math.max(0, busy)) * 100, 1),
        load: round((loadavg()[0] ?? 0) / availableParallelism(), 2),
        memory: { used: totalmem() - freemem(), total: totalmem() },
        loopDelay: round(late, 1),
        uptime: Math.floor(uptime()),
        rss: process.memoryUsage.rss(),
      }
    },
    stop: () => delay.disable(),
  }
}
