/**
 * What `statewire inspect` was asked to do.
 *
 * @module
 */
export interface InspectOptions {
  /** 0: any free one. */
  readonly port: number
  readonly host: string
  /** Open the page in a browser. */
  readonly open: boolean
  /** Exact origins of pages that may tell what they do, and hold the page in a frame for it, beside those of this machine. */
  readonly origins: readonly string[]
  /** A program to start with the address in its environment, and its arguments. */
  readonly app: readonly [program: string, ...rest: string[]] | undefined
}
