/**
 * Where the time of a phase went, by function.
 *
 * @module
 */
import { type Profiler, Session } from 'node:inspector/promises'

/** A function's own time, without what it called. */
export interface SelfTime {
  readonly name: string
  readonly milliseconds: number
}

/** Finer than the default 1,000 µs: a broadcast to 10,000 lasts a tenth of a second. */
const SAMPLING_MICROSECONDS = 200

/** The CPU profile of this process, one at a time. */
export class CpuProfile {
  readonly #session = new Session()

  async start(): Promise<void> {
    this.#session.connect()
    await this.#session.post('Profiler.enable')
    await this.#session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS })
    await this.#session.post('Profiler.start')
  }

  async stop(): Promise<readonly SelfTime[]> {
    const { profile } = await this.#session.post('Profiler.stop')
    this.#session.disconnect()
    return selfTimes(profile)
  }
}

/** Sums up a profile, the dearest first. Functions are told apart by name and place. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const microseconds = new Map<string, number>()
  for (const [index, sample] of samples.entries()) {
    const name = names.get(sample) ?? ''
    // A delta is the time before its sample.
    microseconds.set(name, (microseconds.get(name) ?? 0) + (timeDeltas[index + 1] ?? 0))
  }
  return [...microseconds]
    .filter(([name]) => name !== '(idle)')
    .map(([name, time]) => ({ name, milliseconds: time / 1_000 }))
    .sort((one, other) => other.milliseconds - one.milliseconds)
}

function nameOf({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  return `${name} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`
}
