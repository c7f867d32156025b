/**
 * The parts of the inspector for builds that keep it: importing this is what makes a bundler take them along.
 *
 * @module
 */
import type { InspectorParts } from './parts.ts'

/**
 * Shows the panel in production builds too, and in pages without a bundler.
 *
 * @example
 * <InspectorPanel actor={chat} always={always} />
 */
export const always: InspectorParts = {
  element: () => import('./show.ts'),
  page: () => import('./panel.tsx'),
}
