/**
 * Leaving messages out when there are too many: those that only add detail go, those that change what is shown stay.
 *
 * @module
 */
import type { AppMessage } from '../protocol/messages.ts'

export interface Thinned {
  readonly kept: readonly AppMessage[]
  readonly left: number
}

/** What only adds detail. What became of a send is no detail: without it the send would look as if it waited for ever. */
const details: ReadonlySet<AppMessage['kind']> = new Set(['event', 'frame'])

/**
 * Without events and frames.
 *
 * @param mostSettled - of what became of sends, so much is kept
 */
export function thin(messages: readonly AppMessage[], mostSettled = Number.POSITIVE_INFINITY): Thinned {
  let settled = 0
  const kept = messages.filter(({ kind }) => {
    if (kind !== 'settled') return !details.has(kind)
    settled += 1
    return settled <= mostSettled
  })
  return { kept, left: messages.length - kept.length }
}

/** The newest instant that the messages speak of; 0 when none does. */
export function newestOf(messages: readonly AppMessage[]): number {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index]
    if (message !== undefined && 't' in message) return message.t
  }
  return 0
}

/** A second at a time: how many of an app's messages are let through. */
export interface Allowance {
  /** The messages, thinned with a word about it where the app's second is used up. */
  take(messages: readonly AppMessage[]): readonly AppMessage[]
}

/**
 * @param perSecond - of messages. What became of sends goes on beyond it, as many again: those sends may have been told
 * @param now - a monotonic clock, in ms
 */
export function allowance(perSecond: number, now: () => number): Allowance {
  let second = Number.NEGATIVE_INFINITY
  let used = 0
  let settled = 0
  return {
    take(messages) {
      if (now() - second >= 1_000) {
        second = now()
        used = 0
        settled = 0
      }
      used += messages.length
      if (used <= perSecond) return messages
      const { kept, left } = thin(messages, perSecond - settled)
      settled += kept.filter(({ kind }) => kind === 'settled').length
      return left === 0 ? kept : [...kept, { kind: 'dropped', t: newestOf(messages), count: left }]
    },
  }
}
