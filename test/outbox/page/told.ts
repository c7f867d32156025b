/**
 * What a page tells the test.
 *
 * @module
 */

/** What is sent: `n` counts from 0 in each life of a page, and a life is from one load of it to the next. */
export interface Sent {
  readonly life: string
  readonly n: number
  readonly padding: string
}

/** How far a life has come. */
export interface Told {
  readonly tab: string
  readonly life: string
  /** The producer it sends as, and how it came by it. */
  readonly claimed: { readonly id: string; readonly epoch: number; readonly found: string } | null
  /** So many writes of the outbox are under way. */
  readonly writing: number
  /** So many of its records were in the outbox, on the disk. */
  readonly accepted: number
  /** So many are known to be stored by the server. */
  readonly stored: number
  /** What went wrong, as codes. */
  readonly failures: readonly string[]
  /** Producers it has taken over from others. */
  readonly inherited: readonly string[]
}
