/**
 * How long a peer takes to answer, read off the chart.
 *
 * @module
 */
import type { ConnectionSnapshot } from '../../machines/connection.ts'

/**
 * The latest round trip: from the dial to its answer (a handshake, the head of an answer), and from then on from each probe to the
 * sign of life that answers it. Where more came behind that before the chart looked, it is an upper bound.
 */
export class RoundTrip {
  #latest: number | null = null
  #probedAt: number | null = null

  /** In milliseconds; `null` while nothing was answered. */
  get latest(): number | null {
    return this.#latest
  }

  dialled(milliseconds: number): void {
    this.#latest = milliseconds
  }

  /** The times are those that the data plane folds into the context: nothing is asked of a clock. */
  moved(snapshot: ConnectionSnapshot): void {
    const { answered, flow, now, silence } = snapshot.context
    const probedAt = this.#probedAt
    this.#probedAt = isDoubted(snapshot) ? now : null
    if (probedAt === null || !snapshot.hasTag('online') || !answered || flow === 'paused') return
    const heardAt = now - silence
    if (heardAt >= probedAt) this.#latest = heardAt - probedAt
  }
}

/** Whether an open link is being asked for a sign of life. */
export function isDoubted(snapshot: ConnectionSnapshot): boolean {
  return snapshot.hasTag('online') && snapshot.hasTag('degraded')
}
