/**
 * What the environment chart hears from the platform and says to connections.
 *
 * @module
 */

/** A raw signal of the platform. */
export type EnvironmentSignal =
  /** `online` and `offline` of the window, or `change` of the network information: an address may be another one now. */
  | { readonly type: 'network'; readonly network: 'online' | 'offline' }
  | { readonly type: 'page'; readonly page: 'visible' | 'hidden' }
  /** The window got the focus. */
  | { readonly type: 'focus' }
  /** The page was frozen (Page Lifecycle), or put into the back/forward cache. */
  | { readonly type: 'frozen' }
  /** It runs again. */
  | { readonly type: 'resumed' }
  /** Time has passed that no timer saw: the machine slept. */
  | { readonly type: 'slept' }

/** What connections are told. */
export type EnvironmentEmitted =
  | { readonly type: 'network.online' }
  | { readonly type: 'network.offline' }
  | { readonly type: 'page.visible' }
  | { readonly type: 'page.hidden' }
  | { readonly type: 'page.wake' }

export interface EnvironmentContext {
  /** What the platform said last. */
  readonly network: 'online' | 'offline'
  /** What connections were told last. */
  readonly told: 'online' | 'offline'
  readonly page: 'visible' | 'hidden'
}

export type EnvironmentInput = Pick<EnvironmentContext, 'network' | 'page'>
