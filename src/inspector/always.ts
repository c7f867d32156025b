/**
 * `statewire/inspector/always`: for who wants the panel in production builds too.
 *
 * @module
 */
export { always } from '../../inspector/element/always.ts'
export type { InspectorParts } from '../../inspector/element/parts.ts'
