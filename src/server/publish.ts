/**
 * `pub`: an append over WebSocket.
 *
 * @module
 */

import type { AcknowledgeFrame, PublishFrame, RefuseFrame } from '../wire/frames.ts'
import { type AppendOutcome, appendTo } from './append.ts'
import type { ServerContext } from './context.ts'
import { jsonElements, jsonMember } from './json-text.ts'
import type { RecordBody, StreamLog } from './stream-log.ts'
import { parseStreamPath } from './stream-path.ts'

type Refused = Omit<RefuseFrame, 't' | 's' | 'pid' | 'e' | 'q'>

/**
 * Appends what a frame holds and answers it.
 *
 * @param message the text the frame was read from: JSON records are stored as they were written there.
 */
export function publish(context: ServerContext, frame: PublishFrame, message: string): AcknowledgeFrame | RefuseFrame {
  const key = { s: frame.s, pid: frame.pid, e: frame.e, q: frame.q }
  const log = streamFor(context, frame)
  if (log === null) return { t: 'nack', ...key, code: 'not_found' }
  const bodies = bodiesOf(log, frame, message)
  if (bodies === null) return { t: 'nack', ...key, code: 'type' }
  const outcome = appendTo(log, {
    bodies,
    essence: null,
    producer: { id: frame.pid, epoch: frame.e, seq: frame.q },
    streamSeq: null,
    close: frame.close ?? false,
  })
  if (outcome.kind === 'appended' || outcome.kind === 'duplicate')
    return { t: 'ack', ...key, o: log.offsetAt(log.tail), dup: outcome.kind === 'duplicate' }
  return { t: 'nack', ...key, ...refused(outcome) }
}

/** Whether there is something to do: records of one sort, or an end. */
export function isCompletePublish(frame: PublishFrame): boolean {
  if (frame.d !== undefined && frame.b !== undefined) return false
  return frame.d !== undefined || frame.b !== undefined || frame.close === true
}

function streamFor(context: ServerContext, frame: PublishFrame): StreamLog | null {
  const parsed = parseStreamPath(frame.s)
  if (parsed.kind !== 'path') return null
  const log = context.registry.find(parsed.path)
  if (log !== undefined || !context.autoCreate) return log ?? null
  return context.registry.create(parsed.path, frame.b === undefined ? 'application/json' : 'application/octet-stream')
}

/** The records, or `null` when they are of another sort than the stream's. */
function bodiesOf(log: StreamLog, frame: PublishFrame, message: string): readonly RecordBody[] | null {
  if (frame.b !== undefined) return log.kind === 'bytes' ? frame.b.map((item) => Buffer.from(item, 'base64')) : null
  if (frame.d === undefined) return []
  if (log.kind === 'json') return jsonElements(jsonMember(message, 'd') ?? '[]')
  return log.kind === 'text' && frame.d.every((item) => typeof item === 'string') ? frame.d : null
}

function refused(failure: Exclude<AppendOutcome, { kind: 'appended' | 'duplicate' }>): Refused {
  switch (failure.kind) {
    case 'stale':
      return { code: 'fenced', epoch: failure.epoch }
    case 'gap':
      return { code: 'gap', want: failure.expected }
    case 'epoch-start':
      return { code: 'gap', want: 0 }
    case 'closed':
      return { code: 'closed' }
    case 'full':
      return { code: 'quota' }
    case 'type':
    case 'stream-seq':
      return { code: 'type' }
  }
}
