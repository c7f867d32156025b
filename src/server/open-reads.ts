/**
 * The answers and sockets that stay open, so that a server that stops can say goodbye to each.
 *
 * @module
 */

/** Something that stays open. */
export interface OpenRead {
  /** Says that the server goes, asks to come back after so long (and a random part of the spread), and ends. */
  drain(afterMs: number, spreadMs: number): void
  /** Ends now, whatever is on its way. */
  cut(): void
}

export class OpenReads {
  readonly #reads = new Set<OpenRead>()
  #whenEmpty: (() => void) | null = null
  #state: 'open' | 'draining' = 'open'

  get draining(): boolean {
    return this.#state === 'draining'
  }

  get size(): number {
    return this.#reads.size
  }

  add(read: OpenRead): void {
    this.#reads.add(read)
  }

  remove(read: OpenRead): void {
    this.#reads.delete(read)
    if (this.#reads.size === 0) this.#whenEmpty?.()
  }

  /** Resolves when the last one is gone. */
  async empty(): Promise<void> {
    if (this.#reads.size > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve))
  }

  cut(): void {
    for (const read of [...this.#reads]) read.cut()
  }

  drain(afterMs: number, spreadMs: number): void {
    this.#state = 'draining'
    for (const read of [...this.#reads]) read.drain(afterMs, spreadMs)
  }
}
