/**
 * Whether an edge is animated or says how often it is taken: beyond some twenty times a second a movement explains nothing.
 *
 * @module
 */
import { Meter } from './meter.ts'

/** More often than this in a second is a rate. */
const most = 20
/** A rate becomes a movement again only well below that, or it would change to and fro. */
const calm = 12
/** So often the number changes, in ms: faster nobody reads it. */
const beat = 250

export interface PaceOptions {
  /** Shows so many a second; `null`: none any more. */
  readonly show: (rate: number | null) => void
  /** Milliseconds, monotonic. Default `performance.now`. */
  readonly now?: (() => number) | undefined
  /** Calls back once after so many milliseconds. Default `setTimeout`. */
  readonly later?: ((callback: () => void, delay: number) => unknown) | undefined
}

export interface Pace {
  /** It was taken so many times just now. @returns whether to animate that. */
  fire(times: number): 'animate' | 'rate'
  /** Shows nothing any more. */
  stop(): void
}

/** Two digits: the third changes with every beat. */
function rounded(rate: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rate)) - 1)
  return Math.round(rate / unit) * unit
}

/**
 * @example
 * const pace = createPace({ show: (rate) => label(rate === null ? '' : `${rate}/s`) })
 * if (pace.fire(1) === 'animate') flash()
 */
export function createPace({ show, now = () => performance.now(), later = setTimeout }: PaceOptions): Pace {
  const meter = new Meter()
  let manner: 'animate' | 'rate' | 'stopped' = 'animate'
  const tick = (): void => {
    if (manner !== 'rate') return
    const rate = meter.rate(now())
    if (rate <= calm) {
      manner = 'animate'
      show(null)
      return
    }
    show(rounded(rate))
    later(tick, beat)
  }
  return {
    fire(times) {
      const time = now()
      meter.add(times, time)
      if (manner === 'animate' && meter.rate(time) > most) {
        manner = 'rate'
        tick()
      }
      return manner === 'animate' ? 'animate' : 'rate'
    },
    stop() {
      manner = 'stopped'
    },
  }
}
