/**
 * Where an app is shown that says nothing of it.
 *
 * @module
 */
import { broadcastLink } from './broadcast-link.ts'
import type { InspectorLink } from './link.ts'
import { inspectorAddress, runtimeName } from './runtime.ts'
import { webSocketLink } from './web-socket-link.ts'

/** The one that is open, for everything that is attached without a link of its own. */
let current: InspectorLink | null = null

function open(): InspectorLink | null {
  const address = inspectorAddress()
  try {
    if (address !== undefined && address !== '') return webSocketLink({ url: address })
    return runtimeName() === 'browser' ? broadcastLink() : null
  } catch {
    // An address that is none, or a page without channels: an app does not fail for that.
    return null
  }
}

/** `undefined` where nobody said where to. */
export function defaultLink(): InspectorLink | undefined {
  current ??= open()
  return current ?? undefined
}

/** Nothing is attached to this link any more. */
export function releaseDefault(link: InspectorLink): void {
  if (link !== current) return
  current = null
  link.close()
}
