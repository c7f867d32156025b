/**
 * Which keys are commands, known before the commands themselves are loaded.
 *
 * @module
 */
import { tabs } from './panel-list.ts'

/** As `KeyboardEvent.key` gives them, letters small. */
export const commandKeys = {
  pause: ' ',
  live: 'l',
  back: 'ArrowLeft',
  on: 'ArrowRight',
  fit: 'f',
  begin: '[',
  end: ']',
  forget: 'Escape',
} as const

const known: ReadonlySet<string> = new Set(Object.values(commandKeys))

/** The key of a panel, by its place among the tabs. */
export function panelKey(index: number): string {
  return String(index + 1)
}

export function isCommandKey(key: string): boolean {
  return known.has(key) || tabs.some((_, index) => panelKey(index) === key)
}
