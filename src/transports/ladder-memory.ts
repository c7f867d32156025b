/**
 * What is known of the carriers at each origin, for all connections of a page or process: those that failed there while another
 * one worked.
 *
 * @module
 */
import type { DurableVia } from './durable-input.ts'

/** How long a carrier is left alone after its first failure, in ms. Long enough not to be a probe per page view. */
const FIRST_MARK = 30_000

/** Each confirmation makes it four times as long, up to an hour: the firewall of an office is seldom opened. */
const LONGEST_MARK = 3_600_000

/** A crawler meets any number of origins. */
const MOST_ORIGINS = 100

/** Which carriers are known to be bad, and for how long. */
export interface LadderMemory {
  /** Monotonic milliseconds. */
  now(): number
  /** Source of jitter, from 0 up to 1. */
  random(): number
  /** For how many milliseconds more the carrier is known to be bad at this origin; 0 when nothing speaks against it. */
  barred(origin: string, via: DurableVia): number
  /** It failed while a lesser one worked. Said again while it is known, it changes nothing: many connections find out together. */
  failed(origin: string, via: DurableVia): void
  /** Records or heartbeats came over it. */
  worked(origin: string, via: DurableVia): void
}

interface Mark {
  readonly until: number
  readonly length: number
  readonly mended: boolean
}

/** Creates a memory of its own. One serves all connections unless `input.ladder` says otherwise. */
export function createLadderMemory({
  now = () => performance.now(),
  random = Math.random,
}: Partial<Pick<LadderMemory, 'now' | 'random'>> = {}): LadderMemory {
  const origins = new Map<string, Map<DurableVia, Mark>>()
  return {
    now,
    random,
    barred: (origin, via) => Math.max(0, (origins.get(origin)?.get(via)?.until ?? 0) - now()),
    failed(origin, via) {
      const marks = origins.get(origin) ?? new Map<DurableVia, Mark>()
      const before = marks.get(via)
      if (before !== undefined && before.until > now()) return
      const length = nextLength(before, now())
      marks.set(via, { until: now() + length, length, mended: false })
      // The one that failed longest ago is forgotten first.
      origins.delete(origin)
      origins.set(origin, marks)
      const [oldest = origin] = origins.keys()
      if (origins.size > MOST_ORIGINS) origins.delete(oldest)
    },
    worked(origin, via) {
      const marks = origins.get(origin)
      const mark = marks?.get(via)
      if (mark?.mended === false)
        marks?.set(via, { until: Math.min(mark.until, now()), length: mark.length, mended: true })
    },
  }
}

/** A proxy that lets bursts through and holds back what is quiet works and fails in turns: only lasting success is forgiven. */
function nextLength(before: Mark | undefined, now: number): number {
  if (before === undefined || (before.mended && now - before.until > before.length)) return FIRST_MARK
  return Math.min(before.length * 4, LONGEST_MARK)
}

/** The memory of this page or process. */
export const sharedMemory: LadderMemory = createLadderMemory()
