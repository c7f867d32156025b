/**
 * A link whose frames are translated into records: the part that all four carriers share.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, Deliver, Link, Message } from '../link.ts'
import type { Emit } from './durable-position.ts'

/** Makes records of what a carrier delivers. Throws a `TransportError` for what it cannot take, after emitting what was good. */
export interface Translator {
  /** `false` when the stream is over: closed by its writer, nothing more will ever come. */
  take(item: Message | Bookmark, emit: Emit): boolean
  /** The carrier ended cleanly, and the stream was not over. `null` when that is an end all the same. */
  cutShort(): TransportError | null
  /** What a failure of the carrier means here. */
  explain(failure: TransportError): TransportError
}

export interface DurableLinkOptions {
  readonly carrier: Link
  readonly translator: Translator
  /** Where reading begins, when that is news to the reader. */
  readonly start: string | undefined
  readonly until: ((message: Message) => boolean) | undefined
  readonly append: NonNullable<Link['append']>
  readonly appendsAtOnce: number
  readonly ping?: (() => void) | undefined
  /** Rejects what is not answered. Called once or more. */
  release(): void
}

export function durableLink(options: DurableLinkOptions): Link {
  const { carrier, translator, start, until, append, appendsAtOnce, ping, release } = options
  // At most what one frame, event or page holds: only then can the reader be full before it is empty.
  let kept: (Message | Bookmark)[] = start === undefined ? [] : [{ position: start }]
  let deliver: Deliver | undefined
  let outcome: 'open' | 'ended' | TransportError = 'open'

  const finish = (how: 'ended' | TransportError, code?: number): void => {
    if (outcome !== 'open') return
    outcome = how
    carrier.close(code)
    release()
  }
  const emit: Emit = (item) => {
    if (outcome !== 'open') return
    if (deliver === undefined) kept.push(item)
    else if (!deliver(item)) deliver = undefined
    if (until !== undefined && item.data !== undefined && until(item as Message)) finish('ended', 1000)
  }
  const take = (item: Message | Bookmark): boolean => {
    try {
      if (!translator.take(item, emit)) finish('ended', 1000)
    } catch (thrown) {
      finish(asTransportError(thrown))
    }
    return outcome === 'open' && deliver !== undefined
  }
  /** Hands over what was kept; `false` when the reader is full again. */
  const handOver = (to: Deliver): boolean => {
    let next = 0
    let room = true
    while (room && next < kept.length) {
      const item = kept[next++]
      if (item !== undefined) room = to(item)
    }
    kept = kept.slice(next)
    return room
  }
  const pull = async (): Promise<void> => {
    try {
      if (!(await carrier.read(take))) finish(translator.cutShort() ?? 'ended')
    } catch (thrown) {
      finish(translator.explain(asTransportError(thrown)))
    }
  }

  return {
    protocol: `durable:${carrier.protocol}`,
    async read(to) {
      if (!handOver(to)) return true
      if (outcome === 'open') {
        deliver = to
        await pull()
        // A full reader takes the rest first; only then does it hear how the stream went on.
        if (deliver === undefined) return true
        deliver = undefined
      }
      if (outcome === 'ended') return false
      throw outcome
    },
    append,
    appendsAtOnce,
    ...(ping && { ping }),
    close(code, reason) {
      outcome = new TransportError('aborted', 'The link was closed.')
      kept = []
      carrier.close(code, reason)
      release()
    },
  }
}
