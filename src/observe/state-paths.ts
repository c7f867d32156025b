/**
 * State values as dotted paths, so that charts may grow states without anybody listing them here.
 *
 * @module
 */
import type { StateValue } from 'xstate'

/** Every active state: `connected`, `connected.flow`, `connected.flow.flowing`, … Outer states come before inner ones. */
export function statePaths(value: StateValue): string[] {
  if (typeof value === 'string') return [value]
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined ? [name] : [name, ...statePaths(inner).map((path) => `${name}.${path}`)],
  )
}

/** The innermost active states in one text: `reconnecting.waiting`, or several with a comma between. */
export function stateText(value: StateValue): string {
  const paths = statePaths(value)
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`))).join(', ')
}
