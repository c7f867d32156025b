/**
 * The panel, asked for in one line: what the wrappers for frameworks have in common. Everything behind it is loaded when it is called,
 * and left out of production builds.
 *
 * @module
 */
import { reportUncaught } from '../../src/connection/report.ts'
import type { Attachable } from '../attach/attach.ts'
import { type InspectorParts, partsHere } from './parts.ts'
import type { ShowOptions } from './show.ts'

export interface InspectorPanelOptions extends ShowOptions {
  /** `always` of `statewire/inspector/always`: in production builds too. Default: not there. */
  readonly always?: InspectorParts | undefined
}

/** Shows an actor in the page's panel until the returned function is called. Does nothing on a server. */
export function inspectorPanel(given: Attachable, { always, ...options }: InspectorPanelOptions = {}): () => void {
  const parts = always ?? partsHere()
  if (parts === undefined || typeof document === 'undefined') return () => {}
  let leave: (() => void) | null = null
  let state: 'wanted' | 'left' = 'wanted'
  parts
    .element()
    .then(({ showInspector }) => {
      if (state === 'wanted') leave = showInspector(given, options, parts)
    })
    .catch(reportUncaught)
  return () => {
    state = 'left'
    leave?.()
    leave = null
  }
}
