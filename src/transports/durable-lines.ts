/**
 * Durable records over NDJSON: a line is a record with its own position, a control, or a heartbeat (wire.md 2.4).
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { badFrame, bytesOf, goesOn, parseObject, positionOf } from './durable-control.ts'
import { checkReached } from './durable-gap.ts'
import { isPosition } from './durable-input.ts'
import type { Translator } from './durable-link.ts'
import type { Tracker } from './durable-position.ts'

export function lineTranslator(tracker: Tracker): Translator {
  let broken: unknown
  return {
    take(item, emit) {
      // A line that cannot be read is the half line before a cut, unless another one follows it.
      if (broken !== undefined) throw broken
      let line: Readonly<Record<string, unknown>>
      try {
        line = parseObject(item.data, 'a line')
      } catch (failure) {
        broken = failure
        return true
      }
      if (line.k === 'd') {
        if (!isPosition(line.o)) throw badFrame('a record without an offset')
        tracker.records([recordOf(line)], line.o, emit)
      } else if (line.k === 'c') {
        tracker.commit(positionOf(line), emit)
        checkReached(tracker, line.upToDate === true)
        return goesOn(line)
      }
      // 'p' is a heartbeat, and what a later version may add is not for us.
      return true
    },
    cutShort: () => new TransportError('interrupted', 'The stream stopped before its end.'),
    explain: (failure) => failure,
  }
}

function recordOf(line: Readonly<Record<string, unknown>>): unknown {
  if ('v' in line) return line.v
  if (typeof line.t === 'string') return line.t
  return bytesOf(line.b)
}
