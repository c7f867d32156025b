/**
 * The panels, loaded once the chart stands: it is what one came to see.
 *
 * @module
 */
import { signal } from '@preact/signals'
import type { Panel } from '../panels/index.ts'
import type { Store } from '../store.ts'

/** Empty until they are there. */
export const panels = signal<readonly Panel[]>([])

export async function loadPanels(store: Store): Promise<void> {
  try {
    panels.value = (await import('../panels/index.ts')).panels
  } catch {
    store.notice.value = 'The panels could not be loaded: is the hub still there? Load the page again.'
  }
}
