/**
 * Which engine runs the suite. The one place that asks: rows say what follows from it.
 *
 * @module
 */
import type { EngineName } from '../engines/installed.ts'

/** WebKit's name is in Chromium's user agent as well. */
export const engine: EngineName | 'node' =
  typeof document === 'undefined'
    ? 'node'
    : /Firefox/.test(navigator.userAgent)
      ? 'firefox'
      : /Chrome/.test(navigator.userAgent)
        ? 'chromium'
        : 'webkit'
