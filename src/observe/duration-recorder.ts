/**
 * Durations as they are measured: into histograms, and to whoever wants each of them.
 *
 * @module
 */
import { reportUncaught } from '../connection/report.ts'
import { emptyHistogram, withDuration } from './histogram.ts'
import type { DurationHistogram, DurationKind } from './metrics.ts'

type Listener = (kind: DurationKind, milliseconds: number) => void

export class DurationRecorder {
  readonly #histograms: Record<DurationKind, DurationHistogram> = {
    connect: emptyHistogram,
    recovery: emptyHistogram,
    connected: emptyHistogram,
  }
  readonly #listeners = new Set<Listener>()

  record(kind: DurationKind, milliseconds: number): void {
    this.#histograms[kind] = withDuration(this.#histograms[kind], milliseconds)
    for (const listen of this.#listeners) {
      try {
        listen(kind, milliseconds)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  figures(): Record<DurationKind, DurationHistogram> {
    return { ...this.#histograms }
  }
}
