/**
 * What `statewire coverage` is asked to do.
 *
 * @module
 */
export interface CoverageOptions {
  /** Reports to add up. */
  readonly files: readonly [string, ...string[]]
  /** Where a badge is written; nowhere by default. */
  readonly badge: string | undefined
  /** The words on the left of the badge. */
  readonly label: string | undefined
  /** Percent of all transitions that have to be taken, from 0 to 100. */
  readonly min: number
}
