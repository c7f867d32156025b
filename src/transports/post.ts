/**
 * `send()` for protocols that only receive: each item is one POST, in order.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Outgoing } from '../link.ts'
import { HEADERS } from '../wire/names.ts'
import type { AnswerHead } from './http-answer.ts'
import { type Delay, delay as wait } from './http-delay.ts'
import { createKeyedPosts } from './post-keyed.ts'
import { post, refused, sendFailure } from './post-request.ts'
import type { HttpInput } from './request-input.ts'
import { resolveUrl } from './request-url.ts'

/** The sending half of a link that receives over HTTP. */
export interface Poster {
  /** Takes the items, settles each once, and resolves when it will take more. */
  write(batch: readonly Outgoing[]): Promise<void>
  /** Aborts what is on its way (`send_unconfirmed`) and rejects what is not (`send_failed`). Idempotent. */
  close(): void
}

/** What a poster needs. */
export interface PosterOptions {
  readonly input: HttpInput
  /** An answer to the read, if there was one yet: it shows whether the server numbers appends. Asked before each item. */
  answer(): Pick<AnswerHead, 'header'> | undefined
  readonly delay?: Delay | undefined
  /** Source of jitter, from 0 up to 1. */
  readonly random?: (() => number) | undefined
}

/**
 * Posts items to `sendUrl`. To a stream server up to eight at once, numbered, so that order holds and a retry is safe. To anybody
 * else one at a time, the next when the headers of the previous answer are there; never repeated, because twice could be worse
 * than not at all. A failure settles its own item, and the next ones go on.
 */
export function createPoster({ input, answer, delay = wait, random = Math.random }: PosterOptions): Poster {
  const life = new AbortController()
  const queue: Outgoing[] = []
  let rooms: (() => void)[] = []
  let alone: Outgoing | undefined
  let closed = false
  const keyed = createKeyedPosts({ input, signal: life.signal, delay, random, more: () => next() })

  const next = (): void => {
    while (!closed && alone === undefined && queue.length > 0) {
      const numbered = numberable(input) && answer()?.header(HEADERS.protocol) !== undefined
      if (numbered && !keyed.hasRoom()) break
      const item = queue.shift()
      if (item === undefined) break
      if (numbered) keyed.send(item)
      else void sendAlone(item)
    }
    if (queue.length > 0 && !closed) return
    const waiting = rooms
    rooms = []
    for (const resolve of waiting) resolve()
  }
  const sendAlone = async (item: Outgoing): Promise<void> => {
    alone = item
    let failure: TransportError | undefined
    try {
      const answer = await post(input, item.data, life.signal)
      if (answer.status < 200 || answer.status > 299) failure = refused(answer)
    } catch (thrown) {
      failure = sendFailure(thrown)
    }
    if (closed) return
    alone = undefined
    item.settle(failure)
    next()
  }

  return {
    write(batch) {
      if (closed) {
        for (const item of batch) item.settle(notSent())
        return Promise.resolve()
      }
      queue.push(...batch)
      return new Promise((resolve) => {
        rooms.push(resolve)
        next()
      })
    },
    close() {
      if (closed) return
      closed = true
      life.abort()
      const unsent = queue.splice(0)
      const unconfirmed = new TransportError('send_unconfirmed', 'The link was closed before the server answered.', {
        repeatable: false,
      })
      keyed.close(unconfirmed)
      alone?.settle(unconfirmed)
      alone = undefined
      for (const item of unsent) item.settle(notSent())
      next()
    },
  }
}

function notSent(): TransportError {
  return new TransportError('send_failed', 'The link was closed before it was sent.', { repeatable: false })
}

/** Numbers mean something only where the read came from: another address on the same host may be anything. */
function numberable({ url, sendUrl, sendMethod }: HttpInput): boolean {
  if (sendMethod !== undefined && sendMethod.toUpperCase() !== 'POST') return false
  if (sendUrl === undefined) return true
  const [read, send] = [resolveUrl(url), resolveUrl(sendUrl)]
  return read.origin === send.origin && read.pathname === send.pathname
}
