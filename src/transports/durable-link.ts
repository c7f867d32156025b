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
  /** Asks for no more records until {@link Translator.goOn}, so that answers get through. Only where both come the same way. */
  hold?(): void
  /** Goes on behind the last record that was emitted. Does nothing unless it was held. */
  goOn?(): void
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
  /** Whether appends are unanswered whose answers come as frames. Default: they come another way. */
  awaitsAnswer?(): boolean
  /** Rejects what is not answered. Called once or more. */
  release(): void
}

/**
 * Records that may wait for a reader while answers are read past them. Beyond that no more are asked for until he has read them: a
 * connection that was given up instead would meet the same records before the same answer, again and again.
 */
const MOST_KEPT = 2_048

/** Records that are read past for the sake of the server's pings: a quiet stream can be paused for as long as one likes. */
const MOST_AHEAD = 32

export function durableLink(options: DurableLinkOptions): Link {
  const { carrier, translator, start, until, append, appendsAtOnce, ping, release } = options
  const { awaitsAnswer = () => false } = options
  /** Whoever can ask for a sign of life is asked for one, too: within the stream, where only who reads finds the question. */
  const ahead = ping === undefined ? 0 : MOST_AHEAD
  // What one frame, event or page holds beyond a full reader, and what was read for the sake of an answer.
  let kept: (Message | Bookmark)[] = start === undefined ? [] : [{ position: start }]
  let deliver: Deliver | undefined
  let outcome: 'open' | 'ended' | 'closed' | TransportError = 'open'
  let pulling: Promise<void> | undefined
  let noticed: (error: TransportError) => void = () => {}
  const lost = new Promise<TransportError>((resolve) => {
    noticed = resolve
  })

  const finish = (how: 'ended' | TransportError, code?: number): void => {
    if (outcome !== 'open') return
    outcome = how
    carrier.close(code)
    release()
    // Of a gap the reader is told by reading: there its policy is applied.
    if (how !== 'ended' && how.code !== 'gap' && deliver === undefined) noticed(how)
  }
  const emit: Emit = (item) => {
    if (outcome !== 'open') return
    if (deliver === undefined) kept.push(item)
    else if (!deliver(item)) deliver = undefined
    if (until !== undefined && item.data !== undefined && until(item as Message)) finish('ended', 1000)
  }
  /** Nobody reads, and frames are wanted all the same: for the answer to an append, and for the server's questions. */
  const wantedUnread = (): boolean => awaitsAnswer() || kept.length < ahead
  const take = (item: Message | Bookmark): boolean => {
    const read = deliver !== undefined
    try {
      if (!translator.take(item, emit)) finish('ended', 1000)
      else if (deliver === undefined && kept.length > MOST_KEPT) translator.hold?.()
    } catch (thrown) {
      finish(asTransportError(thrown))
    }
    if (outcome !== 'open') return false
    // A reader that is full now is to hear of it at once.
    return read ? deliver !== undefined : wantedUnread()
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
  const pullOnce = async (): Promise<void> => {
    try {
      if (!(await carrier.read(take))) finish(translator.cutShort() ?? 'ended')
    } catch (thrown) {
      finish(translator.explain(asTransportError(thrown)))
    }
  }
  /** One at a time: who reads joins in with who waits for an answer, and the other way round. */
  const pull = (): Promise<void> => {
    pulling ??= pullOnce().finally(() => {
      pulling = undefined
    })
    return pulling
  }
  /** Answers and questions come behind records that nobody may be reading; those are kept. */
  const pullUnread = async (): Promise<void> => {
    while (outcome === 'open' && deliver === undefined && wantedUnread()) await pull()
  }
  void pullUnread()

  return {
    protocol: `durable:${carrier.protocol}`,
    async read(to) {
      if (!handOver(to)) return true
      if (outcome === 'open') {
        deliver = to
        translator.goOn?.()
        // What was begun for an answer alone may end before anything came for the reader.
        while (outcome === 'open' && deliver !== undefined) await pull()
        const full = deliver === undefined
        deliver = undefined
        void pullUnread()
        // A full reader takes the rest first; only then does it hear how the stream went on.
        if (full) return true
      }
      if (outcome === 'ended') return false
      // Made for who asks: an error is dear, for its stack, and every link is closed.
      throw outcome instanceof TransportError ? outcome : new TransportError('aborted', 'The link was closed.')
    },
    append(what) {
      const answer = append(what)
      void pullUnread()
      return answer
    },
    appendsAtOnce,
    lost,
    ...(ping && { ping }),
    close(code, reason) {
      outcome = 'closed'
      kept = []
      carrier.close(code, reason)
      release()
    },
  }
}
