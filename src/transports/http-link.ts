/**
 * One streamed HTTP answer as a {@link Link}: what SSE and the line formats have in common.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, Deliver, DialRequest, Link, Message } from '../link.ts'
import { abandoned, requestFailure } from './http-answer.ts'
import type { Exchange } from './http-dial.ts'
import { createLazyPoster } from './post-lazy.ts'

/** Takes what a reader found. */
export type Emit = (item: Message | Bookmark) => void

/** Makes messages of bytes. It may throw a `TransportError`, after having emitted everything before the fault. */
export interface StreamReader {
  feed(chunk: Uint8Array, emit: Emit): void
  /** The bytes ended cleanly: emits what is complete without a terminator. */
  end?(emit: Emit): void
}

/** What an answer needs to become a link. */
export interface HttpLinkOptions extends Exchange {
  readonly protocol: string
  readonly reader: StreamReader
  readonly dial: DialRequest
  /** Whether the end of the bytes is the end of the stream; otherwise it is `interrupted`. */
  readonly endIsEnd: boolean
  /** Ends the request. */
  readonly life: AbortController
}

/** Takes the answer's body over. */
export function httpLink({ protocol, request, answer, reader, dial, endIsEnd, life }: HttpLinkOptions): Link {
  const { until } = request.input
  const poster = createLazyPoster({ input: request.input, answer: () => answer })
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
    if (until !== undefined && isMessage(item) && until(item)) finish('ended')
  }
  const finish = (how: 'ended' | TransportError): void => {
    if (outcome !== 'open') return
    outcome = how
    answer.body.cancel()
  }
  const fail = (thrown: unknown): void => {
    const { code, message, cause } = asTransportError(thrown)
    finish(requestFailure(request, code, message, { cause }))
  }
  const onChunk = (chunk: Uint8Array): boolean => {
    dial.heard()
    try {
      reader.feed(chunk, emit)
    } catch (thrown) {
      fail(thrown)
    }
    return outcome === 'open' && deliver !== undefined
  }
  const pull = async (): Promise<void> => {
    try {
      if (await answer.body.read(onChunk)) return
      reader.end?.(emit)
      if (!endIsEnd) throw new TransportError('interrupted', 'The stream stopped before its end.')
      finish('ended')
    } catch (thrown) {
      fail(thrown)
    }
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
        await pull()
        // A full consumer takes the rest first; only then does it hear how the stream went on.
        if (deliver === undefined) return true
        deliver = undefined
      }
      if (outcome === 'ended') return false
      throw outcome
    },
    write: (batch) => poster.write(batch),
    close() {
      finish(abandoned())
      kept = []
      poster.close()
      life.abort()
    },
  }
}

function isMessage(item: Message | Bookmark): item is Message {
  return item.data !== undefined
}
