/**
 * `statewire/inspector/svelte`: the inspector as a panel in a Svelte app.
 *
 * @module
 */
import { onMount } from 'svelte'
import type { Attachable } from '../../inspector/attach/attach.ts'
import { type InspectorPanelOptions, inspectorPanel } from '../../inspector/element/inspector-panel.ts'

/**
 * Shows an actor in the page's panel while the component is mounted that calls this as it is made; several of them share the panel.
 * Does nothing on a server, nor in a production build.
 *
 * @example
 * <script>
 *   import { showInspector } from 'statewire/inspector/svelte'
 *
 *   showInspector(chat)
 * </script>
 */
export function showInspector(actor: Attachable, options: InspectorPanelOptions = {}): void {
  onMount(() => inspectorPanel(actor, options))
}
