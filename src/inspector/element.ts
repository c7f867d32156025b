/**
 * `statewire/inspector/element`: `<statewire-inspector>`, the inspector as a panel in the app. Importing it makes the element known;
 * on a server that does nothing.
 *
 * @module
 * @example
 * import 'statewire/inspector/element'
 *
 * const panel = document.createElement('statewire-inspector')
 * panel.actor = chat
 * document.body.append(panel)
 */
import { defineInspector } from '../../inspector/element/element.ts'

export type { Attachable } from '../../inspector/attach/attach.ts'
export type { InspectOptions } from '../../inspector/element/attachments.ts'
export { InspectorElement } from '../../inspector/element/element.ts'
export type { InspectorParts } from '../../inspector/element/parts.ts'

defineInspector()
