/**
 * The answers and sockets that stay open, so that a server that stops can say goodbye to each.
 *
 * @module
 */

/** What keeps a connection open. */
export type OpenReadKind = 'websocket' | 'sse' | 'ndjson' | 'long-poll'

/** Something that stays open. */
export interface OpenRead {
  readonly kind: OpenReadKind
  /** Says that the server goes, asks to come back after so long (and a random part of the spread), and ends. */
  drain(afterMs: number, spreadMs: number): void
  /** Ends now, whatever is on its way. */
  cut(): void
  /** Asks the application again whether its reader may still read, and ends when not. */
  revalidate(): Promise<void>
}

/** Told how many there are of each kind. */
export interface OpenReadCounter {
  opened(kind: OpenReadKind): void
  ended(kind: OpenReadKind): void
}

export class OpenReads {
  readonly #reads = new Set<OpenRead>()
  readonly #counter: OpenReadCounter
  #whenEmpty: (() => void) | null = null
  #state: 'open' | 'draining' = 'open'

  constructor(counter: OpenReadCounter) {
    this.#counter = counter
  }

  get draining(): boolean {
    return this.#state === 'draining'
  }

  get size(): number {
    return this.#reads.size
  }

  add(read: OpenRead): void {
    this.#reads.add(read)
    this.#counter.opened(read.kind)
  }

  remove(read: OpenRead): void {
    if (!this.#reads.delete(read)) return
    this.#counter.ended(read.kind)
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

  /** Asks for everyone again, one after another: the application may look each up in a database. */
  async revalidate(): Promise<void> {
    for (const read of [...this.#reads]) if (this.#reads.has(read)) await read.revalidate()
  }
}
