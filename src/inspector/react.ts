'use client'
/**
 * `statewire/inspector/react`: the inspector as a panel in a React app.
 *
 * @module
 */
import { useEffect } from 'react'
import type { Attachable } from '../../inspector/attach/attach.ts'
import { type InspectorPanelOptions, inspectorPanel } from '../../inspector/element/inspector-panel.ts'

export interface InspectorPanelProps extends InspectorPanelOptions {
  /** The actor to show, or what has one: a TransportManager, for instance. */
  readonly actor: Attachable
}

/**
 * Shows an actor in the page's panel while it is mounted; several of them share the panel. Renders nothing itself, and does nothing in
 * a production build. `redact` counts as it was when the actor came.
 *
 * @example
 * <InspectorPanel actor={chat} />
 */
export function InspectorPanel({ actor, always, name, theme, place, redact, clock }: InspectorPanelProps): null {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list that is written in place is another one with each render.
  useEffect(
    () => inspectorPanel(actor, { always, name, theme, place, redact, clock }),
    [actor, always, name, theme, place],
  )
  return null
}
