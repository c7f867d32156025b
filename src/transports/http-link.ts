/**
 * One streamed HTTP answer as a {@link Link}: what SSE and the line formats have in common.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, Deliver, DialRequest, Link, Message } from '../link.ts'
import { type HttpAnswer, requestFailure } from './http-answer.ts'
import type { Poster } from './post.ts'
import type { PreparedRequest } from './request.ts'

/** Takes what a reader found. */
export type Emit = (item: Message | Bookmark) => void

/** Makes messages of bytes. It may throw a `TransportError`, after having emitted everything before the fault. */
export interface StreamReader {
  feed(chunk: Uint8Array, emit: Emit): void
  /** The bytes ended cleanly: emits what is complete without a terminator. */
  end(emit: Emit): void
}

/** What an answer needs to become a link. */
export interface HttpLinkOptions {
  readonly protocol: string
  readonly request: PreparedRequest
  readonly answer: HttpAnswer
  readonly reader: StreamReader
  readonly dial: DialRequest
  readonly poster: Poster
  /** Whether the end of the bytes is the end of the stream; otherwise it is `interrupted`. */
  readonly endIsEnd: boolean
  /** Ends the request. */
  release(): void
}

/** Takes the answer's body over. */
export function httpLink({
  protocol,
  request,
  answer,
  reader,
  dial,
  poster,
  endIsEnd,
  release,
}: HttpLinkOptions): Link {
  const { until } = request.input
  // Only filled while the consumer is full, with at most what one chunk holds.
  let kept: (Message | Bookmark)[] = []
  let deliver: Deliver | undefined
  let outcome: 'open' | 'ended' | TransportError = 'open'

  const emit: Emit = (item) => {
    // A listener may close the link, and a terminal message ends it, in the middle of a chunk.
    if (outcome !== 'open') return
    // Full: the rest of the chunk waits for the next read.
    if (deliver === undefined) kept.push(item)
    else if (!deliver(item)) deliver = undefined
    if (until !== undefined && isMessage(item) && outcome === 'open' && until(item)) finish('ended')
  }
  const finish = (how: 'ended' | TransportError): void => {
    if (outcome !== 'open') return
    outcome = how
    answer.body.cancel()
  }
  const onChunk = (chunk: Uint8Array): boolean => {
    dial.heard()
    try {
      reader.feed(chunk, emit)
    } catch (thrown) {
      finish(failureOf(thrown))
    }
    return outcome === 'open' && deliver !== undefined
  }
  const failureOf = (thrown: unknown): TransportError => {
    const { code, message, cause } = asTransportError(thrown)
    return requestFailure(request, code, message, { cause })
  }
  const endOfBytes = (): void => {
    try {
      reader.end(emit)
    } catch (thrown) {
      finish(failureOf(thrown))
      return
    }
    finish(endIsEnd ? 'ended' : requestFailure(request, 'interrupted', 'The stream stopped before its end.'))
  }
  /** Hands over what was kept; `false` when the consumer is full again. */
  const handOver = (to: Deliver): boolean => {
    for (let index = 0; index < kept.length; index++) {
      const item = kept[index]
      if (item === undefined || to(item)) continue
      kept = kept.slice(index + 1)
      return false
    }
    kept = []
    return true
  }

  return {
    protocol,
    async read(to) {
      if (!handOver(to)) return true
      if (outcome === 'open') {
        deliver = to
        try {
          if (!(await answer.body.read(onChunk))) endOfBytes()
        } catch (thrown) {
          finish(asTransportError(thrown))
        }
        // A full consumer takes the rest first; only then does it hear how the stream went on.
        if (deliver === undefined) return true
        deliver = undefined
      }
      if (outcome === 'ended') return false
      throw outcome
    },
    write: (batch) => poster.write(batch),
    close() {
      finish(new TransportError('aborted', 'The link was closed.'))
      kept = []
      poster.close()
      release()
    },
  }
}

function isMessage(item: Message | Bookmark): item is Message {
  return item.data !== undefined
}
