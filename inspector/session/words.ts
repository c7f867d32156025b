/**
 * States, events and times in the words of the page. Short and exact.
 *
 * @module
 */
import { delayText } from '../chart/labels.ts'

/** The paths of the innermost active states, outermost name first. */
export function activeLeaves(value: unknown): readonly (readonly string[])[] {
  if (typeof value === 'string') return [[value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const leaves = activeLeaves(inner)
    return leaves.length === 0 ? [[key]] : leaves.map((leaf) => [key, ...leaf])
  })
}

function dotted(value: unknown): readonly string[] {
  return activeLeaves(value).map((leaf) => leaf.join('.'))
}

/**
 * A state value in dotted words, its regions joined by a comma.
 *
 * @example
 * stateWords({ connected: { flow: 'flowing', liveness: 'alive' } }) // 'connected.flow.flowing, connected.liveness.alive'
 */
export function stateWords(value: unknown): string {
  return typeof value === 'string' ? value : dotted(value).join(', ')
}

/** The innermost names only: `flowing, alive`. */
export function shortWords(value: unknown): string {
  return activeLeaves(value)
    .map((leaf) => leaf.at(-1))
    .join(', ')
}

/** `a machine`, `an other`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

/** Which leaves were left and which were entered, in dotted words. */
export function difference(
  before: unknown,
  after: unknown,
): { readonly left: readonly string[]; readonly entered: readonly string[] } {
  const [was, is] = [dotted(before), dotted(after)]
  return { left: was.filter((leaf) => !is.includes(leaf)), entered: is.filter((leaf) => !was.includes(leaf)) }
}

/** Who is behind an event: the app itself, an actor that ended, or time. */
export type EventKind = 'user' | 'done' | 'error' | 'timer'

export function eventKind(type: string): EventKind {
  if (type.startsWith('xstate.after.')) return 'timer'
  if (type.startsWith('xstate.done.')) return 'done'
  return type.startsWith('xstate.error.') ? 'error' : 'user'
}

/** XState numbers an invoke without an id as "0.machine.state": noise to a reader. */
function actorWords(id: string): string {
  return /^\d+\./.test(id) ? '' : ` ${id}`
}

/** The delay of `xstate.after.<delay>.<id of the state>`: neither part says where it ends, but a number does. */
function delayOf(rest: string): string {
  const digits = /^(\d+(?:\.\d+)?)\./.exec(rest)?.[1]
  if (digits !== undefined) return delayText(digits)
  return rest.split('.', 1)[0] ?? rest
}

/**
 * The short name of an event.
 *
 * @example
 * eventWords('xstate.after.backoff.connection.reconnecting.waiting') // 'after backoff'
 * eventWords('xstate.done.actor.dial') // 'done dial'
 */
export function eventWords(type: string): string {
  const [, kind, rest = ''] = /^xstate\.(after|done\.actor|error\.actor|done\.state|snapshot)\.(.*)$/s.exec(type) ?? []
  if (kind === 'after') return `after ${delayOf(rest)}`
  if (kind === 'done.actor') return `done${actorWords(rest)}`
  if (kind === 'error.actor') return `error${actorWords(rest)}`
  if (kind === 'done.state') return `done ${rest.split('.').at(-1)}`
  if (kind === 'snapshot') return `snapshot${actorWords(rest)}`
  if (type === 'xstate.init') return 'start'
  return type === 'xstate.stop' ? 'stop' : type
}

/** A length of time: `120 ms`, `0.9 s`, `2 min 3 s`. */
export function lengthWords(milliseconds: number): string {
  const length = Math.max(0, Math.round(milliseconds))
  if (length < 500) return `${length} ms`
  if (length < 59_950) return `${Math.round(length / 100) / 10} s`
  const seconds = Math.round(length / 1_000)
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, '0')
}

/** The time of day of an instant where the reader is: `14:03:07.123`. */
export function clockWords(epoch: number, t: number): string {
  const date = new Date(epoch + t)
  if (Number.isNaN(date.getTime())) return '–'
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => padded(part, 2))
  return `${parts.join(':')}.${padded(date.getMilliseconds(), 3)}`
}

/** How long after another instant: `+1.204 s`. */
export function offsetWords(t: number, from: number): string {
  const seconds = (t - from) / 1_000
  return `${seconds < 0 ? '−' : '+'}${Math.abs(seconds).toFixed(3)} s`
}
