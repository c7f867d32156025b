/**
 * `live=long-poll`: answers as soon as there is something, or empty after a while.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import { around } from './clock.ts'
import type { ServerContext } from './context.ts'
import { locate, replacedBy, trimmedBefore } from './cursor.ts'
import { answer, type Exchange } from './exchange.ts'
import { heartbeatMs } from './heartbeat.ts'
import type { HubStream } from './hub/hub-stream.ts'
import { pageOf } from './hub/page.ts'
import { nextCursor } from './live-cursor.ts'
import type { OpenRead } from './open-reads.ts'
import { PAGE, pageBody, pageHeaders } from './page-answer.ts'
import { deliverPage } from './page-delivery.ts'
import { answerReset, notFound, refuse } from './problem.ts'
import { badOffset, type ReadQuery } from './read-query.ts'
import type { Entry } from './security/gate.ts'
import type { ReadResult } from './stores/store.ts'

/** So that clients which came together do not come again together. */
const SPREAD = 0.1

/** Of the time in which a sign of life is wished for: the answer has its way to go as well. */
const EARLY = 0.8

export async function longPoll(
  context: ServerContext,
  exchange: Exchange,
  query: ReadQuery & { readonly start: string },
): Promise<void> {
  const { hub } = context
  const stream = await hub.join(exchange.path)
  if (stream === null) throw notFound()
  try {
    const located = locate(stream.head, query.start)
    if (located.kind === 'bad_offset') throw badOffset()
    if (located.kind === 'reset') {
      context.instruments.reset(located.reason)
      answerReset(exchange.response, context.positions.reset(exchange.path, located))
    } else await new Poll(context, exchange, stream, located.seq, query).answered
  } finally {
    hub.leave(stream)
  }
}

/** An answer is the only sign of life that a poll has: who asks for signs is answered before one is overdue. */
function holdMs({ limits, random }: ServerContext, heartbeat: string | null): number {
  const wished = heartbeat === null ? Number.POSITIVE_INFINITY : EARLY * heartbeatMs(heartbeat)
  return around(Math.min(limits.longPollMs, wished), SPREAD, random)
}

class Poll implements OpenRead {
  readonly kind = 'long-poll'
  /** Resolves when the request has its answer, or its client is gone. */
  readonly answered: Promise<void>
  readonly #context: ServerContext
  readonly #exchange: Exchange
  readonly #stream: HubStream
  readonly #after: number
  readonly #cursor: string
  readonly #holdMs: number
  #stopWaiting: () => void = () => {}
  #state: 'waiting' | 'answering' | 'gone' = 'waiting'

  constructor(
    context: ServerContext,
    exchange: Exchange,
    stream: HubStream,
    after: number,
    { cursor, heartbeat }: ReadQuery,
  ) {
    this.#context = context
    this.#exchange = exchange
    this.#stream = stream
    this.#after = after
    this.#cursor = nextCursor(cursor, context.clock, context.random)
    this.#holdMs = holdMs(context, heartbeat)
    this.answered = this.#run()
  }

  /** An empty answer is what the client expects anyway; it will be told more when it comes back. */
  drain(): void {
    this.#stopWaiting()
  }

  expelled(): void {
    this.#stopWaiting()
  }

  async revalidate(): Promise<void> {
    // It is over before its first turn would come.
  }

  cut(): void {
    this.#exchange.response.destroy()
  }

  async #run(): Promise<void> {
    const { head, state } = this.#stream
    if (this.#after === head.tail && state === 'open') await this.#wait()
    if (this.#state === 'gone') return
    this.#state = 'answering'
    const result = await this.#context.store.read(this.#exchange.path, this.#after, PAGE)
    this.#answer(result)
    this.#context.store.touch(this.#exchange.path).catch(this.#context.report)
  }

  async #wait(): Promise<void> {
    const { wheel, openReads, gate } = this.#context
    const { departure, visitor } = this.#exchange
    const entry: Entry = gate.enter(visitor, this)
    openReads.add(this)
    await new Promise<void>((resolve) => {
      const timer = wheel.set(this.#holdMs, resolve)
      this.#stream.readers.add(resolve)
      this.#stopWaiting = () => {
        this.#stopWaiting = () => {}
        this.#stream.readers.delete(resolve)
        wheel.clear(timer)
        resolve()
      }
      departure.whenGone(() => {
        if (this.#state === 'waiting') this.#state = 'gone'
        this.#stopWaiting()
      })
    })
    this.#stopWaiting()
    openReads.remove(this)
    entry.leave()
  }

  #answer(result: ReadResult | null): void {
    const { response, path } = this.#exchange
    const { positions, instruments } = this.#context
    if (result === null) {
      refuse(response, notFound())
      return
    }
    const { head, records } = result
    const reset = head.gen === this.#stream.gen ? trimmedBefore(head, this.#after) : replacedBy(head)
    if (reset !== null) {
      answerReset(response, positions.reset(path, reset))
      return
    }
    const page = pageOf(head, this.#after, records)
    const headers = { ...pageHeaders(positions, head, page, false), [HEADERS.cursor]: this.#cursor }
    if (records.length === 0) answer(response, 204, headers)
    else {
      const tagged = { ...headers, ETag: positions.tag(head, page) }
      deliverPage(this.#context, this.#exchange, tagged, pageBody(head, page))
    }
    instruments.delivered('page', records.length)
  }
}
