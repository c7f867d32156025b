/**
 * `pub`: appends over WebSocket.
 *
 * @module
 */

import type { AcknowledgeFrame, PublishFrame, RefuseFrame } from '../../wire/frames.ts'
import { essenceOf, kindOf, type StreamKind } from '../content-type.ts'
import type { ServerContext } from '../context.ts'
import { offsetAt } from '../cursor.ts'
import { jsonElements, jsonMember } from '../json-text.ts'
import type { Visitor } from '../security/gate.ts'
import type { Action } from '../security/principal.ts'
import type { AppendOutcome, RecordBody, StreamHead } from '../stores/store.ts'
import { parseStreamPath } from '../stream-path.ts'
import { append, create, fingerprintOf, spend } from '../writing.ts'
import { failedToPublish, type PublishRefusal, publishRefusal } from './publish-refusal.ts'
import type { BeginAppend, Request } from './requests.ts'

/** The stream of the last append: most connections write to one only, and need not look for it each time. */
interface Target {
  readonly path: string
  readonly essence: string
  readonly kind: StreamKind
}

/** An append on its way. */
interface Attempt extends Request<PublishFrame> {
  readonly visitor: Visitor
  readonly path: string
}

export class Publisher {
  readonly #context: ServerContext
  #target: Target | null = null

  constructor(context: ServerContext) {
    this.#context = context
  }

  /** Finds out whether this visitor may append this, and where. */
  async prepare(visitor: Visitor, request: Request<PublishFrame>): Promise<BeginAppend> {
    const { s, pid, e, q } = request.frame
    const answer = (found: AppendOutcome | PublishRefusal): AcknowledgeFrame | RefuseFrame =>
      'code' in found ? { t: 'nack', s, pid, e, q, ...found } : outcomeFrame({ s, pid, e, q }, found)
    const refusal = this.#pay(visitor, request.message) ?? (await this.#judge(visitor, request.frame))
    if (refusal !== null) return async () => answer(refusal)
    const attempt: Attempt = { ...request, visitor, path: s }
    const known = this.#target?.path === s ? this.#target : null
    const target = known ?? (await this.#find(attempt).catch((error: unknown) => this.#failed(error)))
    if ('code' in target) return async () => answer(target)
    return async () => answer(await this.#append(attempt, target, known !== null).catch((error) => this.#failed(error)))
  }

  /** In the order of the protocol: what was paid for is looked at. */
  #pay(visitor: Visitor, message: string): PublishRefusal | null {
    const amounts = { publishes: 1, bytesIn: Buffer.byteLength(message) }
    for (const what of ['publishes', 'bytesIn'] as const) {
      const retryMs = spend(this.#context, visitor, what, amounts[what])
      if (retryMs > 0) return { code: 'rate', retryMs }
    }
    return null
  }

  async #judge(visitor: Visitor, frame: PublishFrame): Promise<PublishRefusal | null> {
    if (parseStreamPath(frame.s).kind !== 'path') return { code: 'not_found' }
    if (countOf(frame) > this.#context.limits.recordsPerAppend) return { code: 'too_large' }
    if (frame.close === true && !(await this.#allows(visitor, 'close', frame.s))) return this.#forbidden()
    if (countOf(frame) > 0 && !(await this.#allows(visitor, 'append', frame.s))) return this.#forbidden()
    return null
  }

  #allows(visitor: Visitor, action: Action, path: string): Promise<boolean> {
    return this.#context.gate.allows(visitor, action, path)
  }

  #forbidden(): PublishRefusal {
    return { code: this.#context.gate.forbidden().status === 403 ? 'forbidden' : 'not_found' }
  }

  /** Looks for the stream, and creates it where that is wanted. */
  async #find(attempt: Attempt): Promise<Target | PublishRefusal> {
    const head = await this.#context.store.head(attempt.path)
    if (head !== null) return this.#remember(head)
    if (!this.#context.autoCreate || countOf(attempt.frame) === 0) return { code: 'not_found' }
    return this.#create(attempt)
  }

  async #create({ visitor, path, frame }: Attempt): Promise<Target | PublishRefusal> {
    if (!(await this.#allows(visitor, 'create', path))) return this.#forbidden()
    const retryMs = spend(this.#context, visitor, 'creates', 1)
    if (retryMs > 0) return { code: 'rate', retryMs }
    const contentType = frame.b === undefined ? 'application/json' : 'application/octet-stream'
    const outcome = await create(this.#context, path, { contentType, owner: visitor.principal?.id ?? null })
    return outcome.kind === 'quota' ? { code: 'quota' } : this.#remember(outcome.head)
  }

  #remember({ path, config: { contentType } }: StreamHead): Target {
    this.#target = { path, essence: essenceOf(contentType), kind: kindOf(contentType) }
    return this.#target
  }

  /** @param guessed the target was remembered; the stream may be another one by now. */
  async #append(attempt: Attempt, target: Target, guessed: boolean): Promise<AppendOutcome | PublishRefusal> {
    const outcome = await this.#tryAppend(attempt, target)
    if (!guessed || 'code' in outcome || (outcome.kind !== 'absent' && outcome.kind !== 'type')) return outcome
    this.#target = null
    const found = await this.#find(attempt)
    return 'code' in found ? found : this.#tryAppend(attempt, found)
  }

  async #tryAppend({ visitor, path, frame, message }: Attempt, target: Target): Promise<AppendOutcome> {
    const text = jsonMember(message, frame.b === undefined ? 'd' : 'b') ?? null
    const records = recordsOf(target.kind, frame, text)
    if (records === null) return { kind: 'type' }
    return append(this.#context, path, {
      records,
      essence: records.length === 0 ? null : target.essence,
      producer: { id: frame.pid, epoch: frame.e, seq: frame.q },
      principal: visitor.principal?.id ?? null,
      streamSeq: null,
      idempotencyKey: null,
      fingerprint: fingerprintOf(records),
      close: frame.close ?? false,
    })
  }

  #failed(error: unknown): PublishRefusal {
    this.#context.report(error)
    return failedToPublish(error)
  }
}

/** Whether there is something to do: records of one sort, or an end. */
export function isCompletePublish(frame: PublishFrame): boolean {
  if (frame.d !== undefined && frame.b !== undefined) return false
  return frame.d !== undefined || frame.b !== undefined || frame.close === true
}

function countOf(frame: PublishFrame): number {
  return (frame.d ?? frame.b ?? []).length
}

/**
 * The records, or `null` when they are of another sort than the stream's.
 *
 * @param text the list as it was written: JSON records are stored as they stand there.
 */
function recordsOf(kind: StreamKind, frame: PublishFrame, text: string | null): readonly RecordBody[] | null {
  if (text === null) return []
  if (frame.b !== undefined) return kind === 'bytes' ? frame.b.map((item) => Buffer.from(item, 'base64')) : null
  if (kind === 'json') return jsonElements(text)
  return kind === 'text' && isStrings(frame.d) ? frame.d : null
}

function isStrings(values: readonly unknown[] | undefined): values is readonly string[] {
  return values?.every((value) => typeof value === 'string') ?? false
}

function outcomeFrame(
  key: Pick<PublishFrame, 's' | 'pid' | 'e' | 'q'>,
  outcome: AppendOutcome,
): AcknowledgeFrame | RefuseFrame {
  if (outcome.kind !== 'appended' && outcome.kind !== 'duplicate')
    return { t: 'nack', ...key, ...publishRefusal(outcome) }
  const { head } = outcome
  const ack = { t: 'ack', ...key, o: offsetAt(head, head.tail), dup: outcome.kind === 'duplicate' } as const
  return outcome.kind === 'duplicate' && outcome.differs ? { ...ack, differs: true } : ack
}
