/**
 * The newest contents, kept as they are: what nobody asks for is never written out.
 *
 * @module
 */
import type { Redaction } from './redact.ts'

interface Kept {
  readonly seq: number
  readonly content: unknown
  readonly redaction: Redaction
}

export class Payloads {
  readonly #limit: number
  /** A ring: what came `limit` contents ago is overwritten. */
  #kept: (Kept | undefined)[] = []
  #next = 0
  readonly #places = new Map<number, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  keep(seq: number, content: unknown, redaction: Redaction): void {
    const place = this.#next
    const before = this.#kept[place]
    if (before !== undefined) this.#places.delete(before.seq)
    this.#kept[place] = { seq, content, redaction }
    this.#places.set(seq, place)
    this.#next = (place + 1) % this.#limit
  }

  /** The content without its secrets, or `null` when it is no longer kept. */
  text(seq: number): string | null {
    const place = this.#places.get(seq)
    const kept = place === undefined ? undefined : this.#kept[place]
    return kept === undefined ? null : kept.redaction.text(kept.content)
  }

  clear(): void {
    this.#kept = []
    this.#places.clear()
    this.#next = 0
  }
}
