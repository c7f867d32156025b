/**
 * What redaction has left of a recording: how many texts lack something, and under which names it stood.
 *
 * @module
 */
import type { AppMessage } from '../protocol/messages.ts'

/** The mark that redaction leaves in place of a value. */
const mark = '•••'
const mostNames = 100

/** A name in JSON, and the mark for its value. */
const marked = /"([^"\\]{1,64})":\s*"•••/g

export interface Removed {
  readonly redacted: number
  readonly removed: readonly string[]
}

export function removedIn(messages: readonly AppMessage[]): Removed {
  const names = new Set<string>()
  let redacted = 0
  for (const message of messages) {
    const text = 'text' in message ? message.text : null
    if (text === null || !text.includes(mark)) continue
    redacted += 1
    for (const [, name = ''] of text.matchAll(marked)) if (names.size < mostNames) names.add(name)
  }
  return { redacted, removed: [...names].sort() }
}
