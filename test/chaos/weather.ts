/**
 * What a connection suffers without being cut: drawn for each from its own numbers, so that its luck does not depend on who else
 * is under way.
 *
 * @module
 */

export interface Weather {
  /** Its first byte waits so long: a later connection's bytes come before it. In ms. */
  readonly delay: number
  /** Stands still at this byte of each direction, for so many milliseconds. */
  readonly pauseAt: number
  readonly pause: number
  /** So many bytes a millisecond, at most. */
  readonly pace: number
  /** The size of the next piece, when so many bytes have passed. */
  piece(passed: number): number
  /** Breaks off when so many bytes have passed, in a handshake or a head: such cuts are not counted. */
  readonly strayAt: number
}

export const CLEAR: Weather = {
  delay: 0,
  pauseAt: Number.POSITIVE_INFINITY,
  pause: 0,
  pace: Number.POSITIVE_INFINITY,
  piece: () => Number.POSITIVE_INFINITY,
  strayAt: Number.POSITIVE_INFINITY,
}

/** How many bytes come one by one, where they do: most of a head, a few small frames. */
const CRUMBS = 150

export function drawWeather(random: () => number): Weather {
  const drawn = (share: number, value: () => number, otherwise: number): number => {
    const happens = random() < share
    const number = value()
    return happens ? number : otherwise
  }
  const never = Number.POSITIVE_INFINITY
  const delay = drawn(0.15, () => random() * 25, 0)
  const pauseAt = drawn(0.15, () => random() * 4_000, never)
  const pause = random() * 25
  const pace = drawn(0.08, () => 500 + random() * 2_000, never)
  const strayAt = drawn(0.04, () => random() * 400, never)
  const manner = random()
  const size = 1 + Math.floor(random() * 300)
  const piece = (passed: number): number => {
    if (manner < 0.15) return passed < CRUMBS ? 1 : never
    return manner < 0.3 ? 1 + Math.floor(size * random()) : never
  }
  return { delay, pauseAt, pause, pace, strayAt, piece }
}
