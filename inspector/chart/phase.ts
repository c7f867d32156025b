/**
 * What a machine is doing, in the one word that gives the chart its colour.
 *
 * @module
 */

export type Phase = 'idle' | 'pending' | 'online' | 'paused' | 'degraded' | 'failed'

/** As much of a snapshot as the chart looks at; every XState machine snapshot is one. */
export interface ChartSnapshot {
  readonly value: unknown
  readonly status: string
  readonly tags: ReadonlySet<string>
}

function names(value: unknown, key: string): boolean {
  if (typeof value === 'string') return value === key
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).some(([name, inner]) => name === key || names(inner, key))
  )
}

/** Read from the tags, gravest first; a machine without our tags is idle until it fails. */
export function phaseOf({ value, status, tags }: ChartSnapshot): Phase {
  if (tags.has('failed') || status === 'error') return 'failed'
  if (tags.has('degraded')) return 'degraded'
  if (tags.has('online')) return names(value, 'paused') ? 'paused' : 'online'
  return tags.has('pending') ? 'pending' : 'idle'
}
