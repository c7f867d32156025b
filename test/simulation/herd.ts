/**
 * Thousands of clients that were cut in the same moment, each with the chart's own decisions and no socket: only when they come
 * back is simulated, and whether the server has room.
 *
 * @module
 */
import { afterFailure, afterStability, mayRetry } from '../../machines/connection-decisions.ts'
import { type ConnectionContext, initialContext } from '../../machines/connection-types.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import type { TransportError } from '../../src/errors.ts'

export interface Herd {
  readonly clients: number
  /** What all of them suffer at the time 0. */
  readonly failure: TransportError
  /** What a client suffers that the server has no room for. */
  readonly refused: TransportError
  /** How many the server takes in any second. */
  readonly acceptsPerSecond: number
  readonly random: () => number
  readonly input?: ConnectionInput | undefined
}

export interface Return {
  /** When each attempt of this number came, over all clients; the first retry is number 1. In ms, sorted. */
  readonly waves: readonly (readonly number[])[]
  /** When the last client was back. */
  readonly allBack: number
}

/** Lets them all come back. */
export function comeBack({ clients, failure, refused, acceptsPerSecond, random, input = {} }: Herd): Return {
  const suffer = (context: ConnectionContext, error: TransportError, now: number): ConnectionContext => {
    const met = { ...context, now, chance: random() }
    if (!mayRetry(met, error)) throw new Error('A client gave up.')
    return { ...met, ...afterFailure(met, error) }
  }
  // One bucket for each millisecond: sorting ten thousand waits again and again would be the slow part.
  const arrivals: ConnectionContext[][] = []
  const arrive = (context: ConnectionContext): void => {
    const at = context.now + context.delay
    const others = arrivals[at] ?? []
    others.push(context)
    arrivals[at] = others
  }
  const stable: ConnectionContext = { ...initialContext(input), established: 1 }
  const connected = { ...stable, ...afterStability(stable) }
  for (let client = 0; client < clients; client++) arrive(suffer(connected, failure, 0))

  const waves: number[][] = []
  const accepted: number[] = []
  for (let now = 0; accepted.length < clients; now++) {
    if (now > 600_000) throw new Error('They are not back after ten minutes.')
    // Whoever is refused with a wait of 0 ms joins the end of this very line.
    for (const context of arrivals[now] ?? []) {
      const wave = Math.max(1, context.attempt)
      const times = waves[wave] ?? []
      times.push(now)
      waves[wave] = times
      const before = accepted[accepted.length - acceptsPerSecond]
      if (before === undefined || now - before >= 1_000) accepted.push(now)
      else arrive(suffer(context, refused, now))
    }
  }
  return { waves, allBack: accepted.at(-1) ?? 0 }
}

/** The most of these times that lie within any window of this width. */
export function mostWithin(times: readonly number[], width: number): number {
  let first = 0
  return times.reduce((most, time, index) => {
    while (time - (times[first] ?? 0) >= width) first += 1
    return Math.max(most, index - first + 1)
  }, 0)
}

/** A small generator whose seed can be printed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
