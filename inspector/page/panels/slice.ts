/**
 * Which rows of a long list are in the document.
 *
 * @module
 */

/** From `from` up to, and without, `to`. */
export interface Slice {
  readonly from: number
  readonly to: number
}

/** However high the window is: a screen of rows is read, not a wall of them. */
export const mostRows = 60

/** Beyond the edges, so that a quick turn of the wheel shows no hole. */
const spare = 4

/** All in pixels except `count`. */
export interface Viewport {
  readonly count: number
  readonly rowHeight: number
  /** How far it is scrolled. */
  readonly top: number
  readonly height: number
}

/** @returns at most {@link mostRows} rows; at the end of the list its last ones, however far it claims to be scrolled. */
export function sliceOf({ count, rowHeight, top, height }: Viewport): Slice {
  const seen = Math.min(mostRows, Math.ceil(height / rowHeight) + 1 + 2 * spare)
  const first = Math.floor(top / rowHeight) - spare
  const from = Math.max(0, Math.min(first, count - seen))
  return { from, to: Math.min(count, from + seen) }
}
