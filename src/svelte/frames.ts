/**
 * Once a frame is as often as a page can show something.
 *
 * @module
 */

/** How long to wait for a frame, in ms: a hidden page has none. */
const longestFrame = 100

/** Acts once, with the next frame or where none comes soon without. The returned function takes it back. */
export function onNextFrame(act: () => void): () => void {
  const { cancelAnimationFrame, requestAnimationFrame } = globalThis
  const frame = requestAnimationFrame?.(run)
  const timer = setTimeout(run, longestFrame)
  function cancel(): void {
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
  function run(): void {
    cancel()
    act()
  }
  return cancel
}
