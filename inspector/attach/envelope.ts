/**
 * What passes between pages, by `postMessage` and over a `BroadcastChannel`. A viewer says that it looks, and again every five seconds
 * and whenever an app says hello; that it has left; and what it asks.
 *
 * @module
 */

import { isObject } from '../../src/tabs/shapes.ts'
import type { AppMessage, ViewerMessage } from '../protocol/messages.ts'
import { viewerMessage } from '../protocol/viewer-checks.ts'

/** From an app. `app` is its own for as long as the page lives. */
export interface AppEnvelope {
  readonly statewire: 'app'
  readonly app: string
  readonly messages: readonly AppMessage[]
}

/** From a viewer: whether it looks, to all apps. */
export interface PresenceEnvelope {
  readonly statewire: 'viewer'
  readonly viewer: string
  readonly looks: boolean
}

/** From a viewer to one app. */
export interface AskedEnvelope {
  readonly statewire: 'viewer'
  readonly viewer: string
  readonly app: string
  readonly asked: ViewerMessage
}

/** What came, if it is from a viewer and for this app. */
export function fromViewer(data: unknown, own: string): PresenceEnvelope | AskedEnvelope | undefined {
  if (!isObject(data) || data.statewire !== 'viewer' || typeof data.viewer !== 'string') return undefined
  const { app, looks, viewer } = data
  if (typeof looks === 'boolean') return { statewire: 'viewer', viewer, looks }
  const asked = viewerMessage(data.asked)
  return app === own && asked !== undefined ? { statewire: 'viewer', viewer, app, asked } : undefined
}
