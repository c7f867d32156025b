/**
 * Positions found in messages that were made without a thought of us.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { checkOption } from './option-checks.ts'

/**
 * Where a message says something about itself: a field of its JSON, with dots for a field within a field (`response.id`), or a
 * function over the message as it came, before any codec. A number counts as its digits. Nothing, `null` and an empty text mean
 * that this message says nothing.
 */
export type PositionPick = string | ((message: Message) => string | number | null | undefined)

/** Finds it. `json` is what {@link jsonOf} made of the message. Throws `decode_failed`, `limit_exceeded`, or what the user threw. */
export type Find = (message: Message, json: unknown) => string | undefined

/** It becomes part of a URL or of a header, where Node takes 16 KiB altogether. In UTF-16 units. */
const LONGEST = 4_096

/** Throws `bad_option`. */
export function finderOf(name: string, pick: PositionPick): Find {
  checkOption(typeof pick === 'function' || isPath(pick), name, 'the name of a field, or a function')
  if (typeof pick !== 'string') return (message) => asPosition(called(pick, message))
  const path = pick.split('.')
  return (_message, json) => asPosition(path.reduce(fieldOf, json))
}

function isPath(pick: unknown): boolean {
  return typeof pick === 'string' && pick !== '' && !pick.split('.').includes('')
}

/**
 * The value of a message of JSON; `undefined` where it is none. Looked at before it is parsed: V8 takes 7 µs to say that a line of
 * text is not JSON, and 0.7 to read an event of a language model. A JSON codec reads it once more, behind us, for the same 0.7:
 * handing our value on would give every listener an object that the strategy holds too.
 */
export function jsonOf({ data }: Message): unknown {
  if (typeof data !== 'string') return data
  if (!/^\s*[{[]/.test(data)) return undefined
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function called(pick: Exclude<PositionPick, string>, message: Message): unknown {
  try {
    return pick(message)
  } catch (thrown) {
    // Not taken for "says nothing": the stream would go on with an old position, and repeat itself after the next cut.
    throw asTransportError(thrown, 'internal', 'The function that finds a position in a message failed.')
  }
}

function asPosition(found: unknown): string | undefined {
  if (typeof found !== 'string') return typeof found === 'number' ? digitsOf(found) : undefined
  if (found.length > LONGEST) {
    throw new TransportError('limit_exceeded', `A position is longer than ${LONGEST} characters.`)
  }
  // Every encoding of URLs and headers would put U+FFFD in its place, and so ask for another position.
  if (/\p{Surrogate}/u.test(found)) throw new TransportError('decode_failed', 'A position has half a character in it.')
  return found === '' ? undefined : found
}

function digitsOf(number: number): string | undefined {
  // 9007199254740993 is read as …992: the stream would go on from a place that is not its own.
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw new TransportError(
      'decode_failed',
      'A position beyond 2^53 must be text, because JSON numbers lose digits there.',
    )
  }
  return Number.isFinite(number) ? String(number) : undefined
}
