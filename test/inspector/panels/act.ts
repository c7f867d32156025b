/**
 * Preact's own way to wait until what was set is drawn.
 *
 * @module
 */
import { act as preactAct } from 'preact/test-utils'

/** Draws at once what the callback has changed. */
export function act(change: () => void): void {
  void preactAct(change)
}
