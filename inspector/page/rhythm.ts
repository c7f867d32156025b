/**
 * When the page repaints: however much is told, once a frame, and what has many rows less often still.
 *
 * @module
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import { Meter, meterSpan } from '../chart/meter.ts'

export interface Rhythm {
  readonly told: ReadonlySignal<number>
  readonly logTold: ReadonlySignal<number>
  readonly rate: ReadonlySignal<number>
  /** Something is to be repainted. */
  tell(): void
  /** So many entries have come. */
  count(entries: number): void
}

export interface RhythmOptions {
  /** Calls back once, when it is time to paint. Default `requestAnimationFrame`. */
  readonly frame?: ((paint: () => void) => void) | undefined
  /** Milliseconds, monotonic. Default `performance.now`. */
  readonly now?: (() => number) | undefined
  /** Calls back once after so many milliseconds. Default `setTimeout`. */
  readonly later?: ((callback: () => void, delay: number) => unknown) | undefined
}

/** Above so many entries a second nobody reads rows any more. */
const readable = 500
const slowly = 125

export function createRhythm({
  frame = (paint) => requestAnimationFrame(paint),
  now = () => performance.now(),
  later = setTimeout,
}: RhythmOptions = {}): Rhythm {
  const [told, logTold, rate] = [signal(0), signal(0), signal(0)]
  const meter = new Meter()
  let next: 'none' | 'asked' = 'none'
  let logAt = Number.NEGATIVE_INFINITY
  let cooling: 'none' | 'asked' = 'none'
  /** The rate falls also when nothing is told any more. */
  const cool = (): void => {
    cooling = 'none'
    rate.value = meter.rate(now())
    if (rate.value > 0) coolLater()
  }
  const coolLater = (): void => {
    if (cooling === 'asked') return
    cooling = 'asked'
    later(cool, meterSpan / 2)
  }
  const paint = (): void => {
    next = 'none'
    const time = now()
    rate.value = meter.rate(time)
    if (rate.value > 0) coolLater()
    told.value += 1
    if (rate.value > readable && time - logAt < slowly) tell()
    else {
      logAt = time
      logTold.value = told.value
    }
  }
  const tell = (): void => {
    if (next === 'asked') return
    next = 'asked'
    frame(paint)
  }
  return { told, logTold, rate, tell, count: (entries) => meter.add(entries, now()) }
}
