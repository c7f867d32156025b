/**
 * What a tab shows to the test.
 *
 * @module
 */

export interface Seen {
  /** What it was given, oldest first. */
  readonly got: readonly unknown[]
  /** How often it has dialled the server itself. */
  readonly dials: number
  readonly state: string
  /** Of its last link: `tabs:` and more when it followed. */
  readonly protocol: string
  /** So many of its records are known to be stored. */
  readonly stored: number
  /** What went wrong for good, as codes. */
  readonly failures: readonly string[]
}

/** A record that a tab has sent. */
export interface Sent {
  readonly tab: string
  readonly n: number
}
