/**
 * What a follower asks of its leader, and is to be answered: writes and appends.
 *
 * @module
 */
import { asTransportError, type TransportError } from '../errors.ts'
import type { AppendAnswer, NumberedAppend, Outgoing } from '../link.ts'
import { revive } from './error-facts.ts'
import type { LeaderFrame, WireAnswer } from './frames.ts'

interface Write {
  readonly batch: readonly Outgoing[]
  /** Which items are not settled. They may be long after the transport took more: by the answers of a server. */
  readonly open: Set<number>
  /** Whether the transport would take more by now. */
  phase: 'writing' | 'written'
  resolve(): void
}

interface Append {
  resolve(answer: AppendAnswer): void
  reject(error: TransportError): void
}

export type Request =
  | { readonly type: 'write'; readonly id: number; readonly items: readonly unknown[] }
  | { readonly type: 'append'; readonly id: number; readonly append: NumberedAppend }

export class FollowerRequests {
  readonly #post: (request: Request) => void
  readonly #writes = new Map<number, Write>()
  readonly #appends = new Map<number, Append>()
  #last = 0
  #over: TransportError | null = null

  constructor(post: (request: Request) => void) {
    this.#post = post
  }

  write(batch: readonly Outgoing[]): Promise<void> {
    if (this.#over !== null) return Promise.reject(this.#over)
    const id = ++this.#last
    return new Promise((resolve) => {
      this.#writes.set(id, { batch, open: new Set(batch.keys()), phase: 'writing', resolve })
      try {
        this.#post({ type: 'write', id, items: batch.map(({ data }) => data) })
      } catch (thrown) {
        this.#endWrite(id, asTransportError(thrown, 'encode_failed', 'What is to be sent cannot go to another tab.'))
      }
    })
  }

  append(append: NumberedAppend): Promise<AppendAnswer> {
    if (this.#over !== null) return Promise.reject(this.#over)
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#appends.set(id, { resolve, reject })
      this.#post({ type: 'append', id, append })
    })
  }

  hear(frame: LeaderFrame): void {
    switch (frame.type) {
      case 'settled':
        this.#settle(frame.id, frame.index, frame.error === null ? undefined : revive(frame.error))
        break
      case 'writable':
        this.#endWrite(frame.id)
        break
      case 'answered':
        this.#answer(frame.id, ({ resolve }) => resolve(answerOf(frame.answer)))
        break
      case 'unanswered':
        this.#answer(frame.id, ({ reject }) => reject(revive(frame.error)))
    }
  }

  /** Nothing will be answered any more. What was written may have arrived; a numbered append may be made again. */
  end(error: TransportError): void {
    this.#over ??= error
    for (const id of [...this.#writes.keys()]) this.#endWrite(id, this.#over)
    for (const { reject } of this.#appends.values()) reject(this.#over)
    this.#appends.clear()
  }

  #settle(id: number, index: number, error?: TransportError): void {
    const write = this.#writes.get(id)
    if (write?.open.delete(index)) write.batch[index]?.settle(error)
    if (write?.open.size === 0 && write.phase === 'written') this.#writes.delete(id)
  }

  #endWrite(id: number, error?: TransportError): void {
    const write = this.#writes.get(id)
    if (write === undefined) return
    if (error !== undefined) for (const index of [...write.open]) this.#settle(id, index, error)
    write.phase = 'written'
    if (error !== undefined || write.open.size === 0) this.#writes.delete(id)
    write.resolve()
  }

  #answer(id: number, act: (append: Append) => void): void {
    const append = this.#appends.get(id)
    this.#appends.delete(id)
    if (append !== undefined) act(append)
  }
}

function answerOf(answer: WireAnswer): AppendAnswer {
  return 'error' in answer ? { ...answer, error: revive(answer.error) } : answer
}
