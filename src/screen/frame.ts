/**
 * Work that waits for the next frame, also where none comes.
 *
 * @module
 */

/** A page that is hidden, or a frame scrolled out of sight, draws no frames; after this long work is done without one. In ms. */
const longestWait = 100

/** Calls `act` once, with the next animation frame or {@link longestWait} later. The returned function takes it back. */
export function withNextFrame(act: () => void): () => void {
  const cancel = (): void => {
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
  const due = (): void => {
    cancel()
    act()
  }
  const timer = setTimeout(due, longestWait)
  const frame = typeof requestAnimationFrame === 'function' ? requestAnimationFrame(due) : undefined
  return cancel
}
