/**
 * Counts by a label.
 *
 * @module
 */

/** Every label is kept for ever, here and in every collector. Ours are a few dozen; beyond that something leaks in. */
const MOST_LABELS = 64

/** What stands for all labels that are too many. OpenTelemetry's own name for it is an attribute, Prometheus has none. */
const OTHER = 'other'

/** Counts by a label, or by none (`''`). Never more than 65 labels. */
export class Tally {
  readonly #counts = new Map<string, number>()

  /** @param labels Those that are there from the beginning, with 0: what has not happened yet is not the same as what is not known. */
  constructor(...labels: readonly string[]) {
    for (const label of labels) this.#counts.set(label, 0)
  }

  add(label: string, amount: number): void {
    const count = this.#counts.get(label)
    if (count !== undefined) this.#counts.set(label, count + amount)
    else if (this.#counts.size < MOST_LABELS || label === OTHER) this.#counts.set(label, amount)
    else this.add(OTHER, amount)
  }

  entries(): Iterable<[label: string, count: number]> {
    return this.#counts
  }
}
