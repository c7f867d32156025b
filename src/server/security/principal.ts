/**
 * Who asks, and what for: the two hooks by which an application decides who may do what.
 *
 * @module
 */

/** Who a request comes from. */
export interface Principal {
  /** Stable and unique. Limits, quotas, producers and revocation go by it; it is logged only as a hash. */
  readonly id: string
  /** When the credential ends, in milliseconds since 1970. Open connections end then as well. Default: never. */
  readonly expiresAt?: number | undefined
  /** Whatever `authorize` wants to know about it. Never looked at, never logged. */
  readonly claims?: unknown
}

/** What somebody wants to do with a stream. */
export type Action = 'create' | 'append' | 'read' | 'close' | 'delete' | 'cancel'

/** What is known about a request before it is known who sent it. */
export interface AuthenticationRequest {
  /** The bearer token of `Authorization`, or of a WebSocket `hello` or `auth` frame; `null` without one. */
  readonly token: string | null
  /**
   * A header by its name, in any case. `cookie` is there only when the page that sent it is known to be allowed:
   * otherwise any page could ask in its visitor's name.
   */
  header(name: string): string | undefined
  /** The peer's IP address, behind trusted proxies the one they vouch for. */
  readonly address: string
  readonly over: 'http' | 'websocket'
}

/**
 * Says who sent a request; `null` refuses it. A principal whose `expiresAt` has passed counts as expired. What it throws
 * is reported, and the request answered with 503.
 */
export type Authenticate = (request: AuthenticationRequest) => Principal | null | Promise<Principal | null>

/** Says whether a principal (`null`: anonymous) may do this with the stream at this path. Cached for 60 s at most. */
export type Authorize = (principal: Principal | null, action: Action, path: string) => boolean | Promise<boolean>
