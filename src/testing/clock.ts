/**
 * Time for tests: it passes when a test says so, while sockets and promises stay real.
 *
 * @module
 */

/** A clock for `createActor(logic, { clock })`. Times are milliseconds. */
export interface SimulatedClock {
  /** Starts at 0. The data plane reads it too: silence and elapsed time are simulated with the timers. */
  now(): number
  setTimeout(run: () => void, milliseconds: number): unknown
  clearTimeout(timer: unknown): void
  /**
   * Lets so much time pass and fires in order what falls due, timers included that are set on the way (XState's own
   * `SimulatedClock` leaves the second of two chained ones for the next call). Between two of them, sockets and promises get turns.
   */
  advance(milliseconds: number): Promise<void>
  /** Timers that are set. */
  readonly pending: number
}

interface Timer {
  readonly due: number
  readonly run: () => void
}

/**
 * Creates a clock that stands still.
 *
 * @example
 * const clock = simulatedClock()
 * const actor = createActor(sseConnection, { input, clock }).start()
 * await clock.advance(60_000)
 */
export function simulatedClock(): SimulatedClock {
  let now = 0
  let passing: Promise<void> = Promise.resolve()
  const timers = new Set<Timer>()

  function nextBefore(end: number): Timer | undefined {
    let next: Timer | undefined
    // Those with the same time fire in the order in which they were set, which is the order of a set.
    for (const timer of timers) if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer
    return next
  }

  async function pass(milliseconds: number): Promise<void> {
    const end = now + milliseconds
    await turns()
    for (let timer = nextBefore(end); timer !== undefined; timer = nextBefore(end)) {
      timers.delete(timer)
      now = timer.due
      timer.run()
      await turns()
    }
    now = end
  }

  return {
    now: () => now,
    setTimeout(run, milliseconds) {
      const timer = { due: now + Math.max(0, milliseconds), run }
      timers.add(timer)
      return timer
    },
    clearTimeout: (timer) => void timers.delete(timer as Timer),
    advance(milliseconds) {
      // One after the other: two that overlap would both count from the same moment.
      const passed = passing.then(() => pass(milliseconds))
      passing = passed.catch(() => undefined)
      return passed
    },
    get pending() {
      return timers.size
    },
  }
}

/** A chain of a few promises and a hop over a loopback socket take no more. */
async function turns(): Promise<void> {
  for (let count = 0; count < 3; count++) await turn()
}

/** One turn of the event loop, so that sockets are read. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}
