/**
 * `live=long-poll`: answers as soon as there is something, or empty after a while.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import { badOffset } from './catch-up.ts'
import { around } from './clock.ts'
import type { ServerContext } from './context.ts'
import { locate, trimmedBefore } from './cursor.ts'
import { answer, type Exchange } from './exchange.ts'
import { nextCursor } from './live-cursor.ts'
import type { OpenRead } from './open-reads.ts'
import { PAGE_BYTES, PAGE_RECORDS, pageBody, pageHeaders, pageTag } from './page-answer.ts'
import { answerReset, notFound, refuse } from './problem.ts'
import type { Page, StreamLog } from './stream-log.ts'

/** So that clients which came together do not come again together. */
const SPREAD = 0.1

export function longPoll(context: ServerContext, exchange: Exchange, log: StreamLog, start: string): void {
  const cursor = nextCursor(exchange.query.get('cursor'), context.clock, context.random)
  const located = locate(log, start)
  if (located.kind === 'bad_offset') throw badOffset()
  if (located.kind === 'reset') answerReset(exchange.response, located)
  else new Poll(context, exchange, log, located.seq, cursor).start()
}

class Poll implements OpenRead {
  readonly #context: ServerContext
  readonly #exchange: Exchange
  readonly #log: StreamLog
  readonly #after: number
  readonly #cursor: string
  #release: (() => void) | null = null

  constructor(context: ServerContext, exchange: Exchange, log: StreamLog, after: number, cursor: string) {
    this.#context = context
    this.#exchange = exchange
    this.#log = log
    this.#after = after
    this.#cursor = cursor
  }

  start(): void {
    const page = this.#read()
    if (page.records.length > 0 || page.ended) this.#answer(page)
    else this.#wait()
  }

  /** An empty answer is what the client expects anyway; it will be told more when it comes back. */
  drain(): void {
    this.#finish()
  }

  cut(): void {
    this.#exchange.response.destroy()
  }

  #wait(): void {
    const { clock, random, longPollMs, openReads } = this.#context
    const unfollow = this.#log.followers.follow(() => this.#finish())
    const timer = clock.setTimeout(() => this.#finish(), around(longPollMs, SPREAD, random))
    openReads.add(this)
    this.#release = () => {
      this.#release = null
      unfollow()
      clock.clearTimeout(timer)
      openReads.remove(this)
    }
    this.#exchange.response.on('close', () => this.#release?.())
  }

  /** Answers, if nobody has: a record, the time and a stopping server may all come, and the client may be gone. */
  #finish(): void {
    if (this.#release === null) return
    this.#release()
    const { response } = this.#exchange
    const reset = trimmedBefore(this.#log, this.#after)
    if (this.#log.state === 'deleted') refuse(response, notFound())
    else if (reset !== null) answerReset(response, reset)
    else this.#answer(this.#read())
  }

  #read(): Page {
    return this.#log.read(this.#after, PAGE_RECORDS, PAGE_BYTES)
  }

  #answer(page: Page): void {
    const headers = { ...pageHeaders(this.#log, page), [HEADERS.cursor]: this.#cursor }
    const { response } = this.#exchange
    if (page.records.length === 0) answer(response, 204, headers)
    else answer(response, 200, { ...headers, ETag: pageTag(this.#log, page) }, pageBody(this.#log, page))
  }
}
