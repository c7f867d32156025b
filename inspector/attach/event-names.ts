/**
 * Event types as they are shown. An app may put anything into one.
 *
 * @module
 */
import type { Redaction } from './redact.ts'

/** Apps have a few dozen; one that makes up new ones must not fill the memory. */
const mostKnown = 1_000

export class EventNames {
  readonly #redaction: Redaction
  readonly #known = new Map<string, string>()

  constructor(redaction: Redaction) {
    this.#redaction = redaction
  }

  shown(type: string): string {
    const known = this.#known.get(type)
    if (known !== undefined) return known
    const shown = this.#redaction.words(type)
    if (this.#known.size === mostKnown) this.#known.clear()
    this.#known.set(type, shown)
    return shown
  }
}
