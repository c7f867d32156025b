/**
 * The states a connection went through, in one word each, and which of them may follow which.
 *
 * @module
 */
import type { ConnectionSnapshot } from '../../machines/connection.ts'

export type Stage =
  | 'idle'
  | 'connecting'
  | 'connected'
  | 'probing'
  | 'confirming'
  | 'waiting'
  | 'offline'
  | 'hidden'
  | 'blocked'
  | 'authorizing'
  | 'dialing'
  | 'error'
  | 'closed'

/** What a failure leads to, before or after the link was open. */
const afterFailure: readonly Stage[] = ['waiting', 'offline', 'hidden', 'authorizing', 'error', 'closed']
const dials: readonly Stage[] = ['dialing', 'blocked', 'error', 'closed']

/** A step that is not here is no step of the chart of architecture.md section 4. */
const mayFollow: Readonly<Record<Stage, readonly Stage[]>> = {
  idle: ['connecting', 'blocked', 'closed'],
  connecting: ['connected', ...afterFailure],
  connected: ['probing', ...afterFailure],
  probing: ['connected', 'confirming', ...afterFailure],
  confirming: ['connected', ...afterFailure],
  waiting: ['offline', 'hidden', ...dials],
  offline: dials,
  hidden: dials,
  blocked: ['waiting', ...dials],
  authorizing: dials,
  dialing: ['connected', ...afterFailure],
  error: ['connecting', 'blocked', 'closed'],
  closed: [],
}

/** The stage of a snapshot. */
export function stageOf({ value }: Pick<ConnectionSnapshot, 'value'>): Stage {
  if (typeof value === 'string') return value
  if ('reconnecting' in value) return value.reconnecting
  const { liveness } = value.connected
  return liveness === 'probing' || liveness === 'confirming' ? liveness : 'connected'
}

/** The first step that the chart does not have, or `undefined`. */
export function illegalStep(history: readonly Stage[]): string | undefined {
  for (const [index, stage] of history.entries()) {
    const next = history[index + 1]
    if (next !== undefined && !mayFollow[stage].includes(next)) return `${stage} to ${next}`
  }
  return undefined
}
