/**
 * What a transition is called in the chart. XState's own event names (`xstate.done.actor.…`) are taken apart here and nowhere else.
 *
 * @module
 */
import type { MachineState, MachineTransition } from './machine.ts'
import type { ChartLabel } from './model.ts'

/** All transitions that leave a state, `always` included, in the order in which XState tries them. */
export function transitionsOf(state: MachineState): MachineTransition[] {
  return [...state.transitions.values()].flat().concat(state.always ?? [])
}

/**
 * Names a transition by where it stands in its machine: state, event, rank among the candidates. Objects cannot serve as
 * names: `provide` builds a new machine with new ones, and a recording has none.
 */
export function transitionKey(transition: MachineTransition): string {
  const { source, eventType } = transition
  const candidates: readonly unknown[] = source.transitions.get(eventType) ?? source.always ?? []
  return `${source.id} ${eventType} ${candidates.indexOf(transition)}`
}

type Words = Pick<ChartLabel, 'kind' | 'text'>

function actorName(id: string): string {
  // XState numbers an invoke without an id as "0.machine.state": noise to a reader.
  return /^\d+\./.test(id) ? '' : id
}

/** `500` reads "500 ms", `3000` reads "3 s"; a named delay is its name. */
export function delayText(delay: string): string {
  const milliseconds = Number(delay)
  if (!Number.isFinite(milliseconds)) return delay
  return milliseconds < 1000 ? `${milliseconds} ms` : `${Math.round(milliseconds / 100) / 10} s`
}

function wordsOf(eventType: string, stateId: string): Words {
  const [, prefix, rest] = /^xstate\.(after|done\.actor|error\.actor|done\.state)\.(.*)$/.exec(eventType) ?? []
  if (eventType === '') return { kind: 'always', text: 'always' }
  if (rest === undefined) return { kind: 'event', text: eventType === '*' ? 'any event' : eventType }
  if (prefix === 'after') {
    const delay = rest.endsWith(`.${stateId}`) ? rest.slice(0, -stateId.length - 1) : rest
    return { kind: 'after', text: delayText(delay) }
  }
  if (prefix === 'done.actor') return { kind: 'done', text: actorName(rest) || 'done' }
  if (prefix === 'error.actor') return { kind: 'error', text: actorName(rest) || 'error' }
  return { kind: 'done', text: 'done' }
}

function guardName(guard: unknown): string | null {
  if (typeof guard === 'string') return guard
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type)
  // An inline guard has no name worth showing, but that there is a condition matters.
  return guard === undefined ? null : '?'
}

export function labelOf(transition: MachineTransition, target: string | null): ChartLabel {
  const { source, eventType, guard } = transition
  const words = wordsOf(eventType, source.id)
  const ends = { source: source.id, sources: [source.id], target }
  return { ...words, ...ends, keys: [transitionKey(transition)], guard: guardName(guard), eventType }
}

/** The same in words, for people who hear the chart: "when dial fails, if retryable". */
export function spokenLabel(label: ChartLabel): string {
  const condition = label.guard === null || label.guard === '?' ? '' : `, if ${label.guard}`
  const { kind, text } = label
  if (kind === 'after') return `after ${text}${condition}`
  if (kind === 'always') return `at once${condition}`
  if (kind === 'done') return `when ${text === 'done' ? 'all is' : `${text} is`} done${condition}`
  if (kind === 'error') return `when ${text === 'error' ? 'it' : text} fails${condition}`
  return `on ${text}${condition}`
}
