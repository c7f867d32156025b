/**
 * What an app itself calls secret.
 *
 * @module
 */

/** Whether the value at this path is not shown. The path has the names of the fields, and the numbers of list items, from outside in. */
export type Rule = (path: readonly string[], value: unknown) => boolean

function endsWith(path: readonly string[], end: readonly string[]): boolean {
  const from = path.length - end.length
  return from >= 0 && end.every((name, index) => name === '*' || name === path[from + index])
}

/** One rule out of what was given; `null` where there is none. A rule that throws takes away. */
export function ruledBy(rules: readonly string[] | Rule | undefined): Rule | null {
  if (rules === undefined) return null
  if (typeof rules === 'function') {
    return (path, value) => {
      try {
        return rules(path, value)
      } catch {
        return true
      }
    }
  }
  const ends = rules.map((path) => path.split('.'))
  return ends.length === 0 ? null : (path) => ends.some((end) => endsWith(path, end))
}
