/**
 * What `statewire serve` was asked to do.
 *
 * @module
 */

/** Where the streams are kept. */
export type StoreChoice = { readonly kind: 'memory' } | { readonly kind: 'file'; readonly path: string }

export interface ServeOptions {
  /** 0: any free one. */
  readonly port: number
  readonly host: string
  readonly store: StoreChoice
  /** Who may come in: everyone, or who has a token of this file. */
  readonly access: { readonly kind: 'anonymous' } | { readonly kind: 'tokens'; readonly path: string }
  /** Exact origins of pages that may use the server from a browser. */
  readonly origins: readonly string[]
  /** Health and metrics, on loopback; not served when missing. */
  readonly adminPort: number | undefined
  /** An append creates a stream that is not there. */
  readonly autoCreate: boolean
  /** Files in PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
}
