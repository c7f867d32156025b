/**
 * A plain stream that is polled where a proxy holds it back: on the ladder of carriers that durable streams stand on, with its memory,
 * its evidence, and its way back up.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Dial, DialRequest, Link } from '../link.ts'
import type { DurableInput } from '../transports/durable-input.ts'
import { loaded } from '../transports/durable-parts.ts'
import type { AnswerHead } from '../transports/http-answer.ts'
import { openLadder } from '../transports/ladder.ts'
import { historyOf, REFUSED, verdictOn } from '../transports/ladder-evidence.ts'
import type { Carry } from '../transports/ladder-tap.ts'
import { createLazyPoster } from '../transports/post-lazy.ts'
import { methodOf } from '../transports/request.ts'
import { HEADERS } from '../wire/names.ts'
import { FROM_START } from '../wire/offset.ts'
import type { AutoInput } from './auto-input.ts'
import { failureOfPoll, pollInput } from './auto-polling.ts'

type StreamVia = 'sse' | 'ndjson'

/** The ladder tries the next carrier after 2 s by itself. */
const STAGGER = 2_000

/** Opens the stream, or polls it where its head came and its first byte does not. */
export async function openPolled(
  via: StreamVia,
  stream: Dial<AutoInput>,
  input: AutoInput,
  request: DialRequest,
): Promise<Link> {
  if (input.polling === false || methodOf(input) !== 'GET') return stream(input, request)
  const opening = new Opening(stream, input)
  const plan = { rungs: [via, 'long-poll'] as const, input: ladderInput(input), request, carry: opening.carry }
  // A position of such a stream is opaque: nothing is read into it.
  const opened = await openLadder(plan, { offset: request.position ?? FROM_START, skip: 0 })
  if ('link' in opened) return sending(opened.link, input, request, opening)
  throw new TransportError('internal', 'A plain stream has no positions to reset.')
}

/** What both carriers of one dial know of each other. */
class Opening {
  latest: AnswerHead | undefined
  readonly #stream: Dial<AutoInput>
  readonly #input: AutoInput
  #streaming: 'silent' | 'failed' = 'failed'
  #polling: 'possible' | 'failed' = 'possible'
  /** Takes a silent stream for a quiet one. */
  #vouch: () => void = () => {}

  constructor(stream: Dial<AutoInput>, input: AutoInput) {
    this.#stream = stream
    this.#input = input
  }

  readonly carry: Carry = async (name, { onAnswer }, request) => {
    const tell = async (answer: AnswerHead): Promise<void> => onAnswer?.(answer)
    return { link: await (name === 'long-poll' ? this.#poll(tell, request) : this.#open(tell, request)) }
  }

  async #open(tell: (answer: AnswerHead) => Promise<void>, request: DialRequest): Promise<Link> {
    this.#streaming = 'silent'
    try {
      const input: AutoInput = {
        ...this.#input,
        onAnswer: async (answer) => {
          await this.#input.onAnswer?.(answer)
          this.latest = answer
          await tell(this.#canPoll() ? promising(answer) : answer)
        },
      }
      const link = await this.#stream(input, request)
      this.#vouch = request.heard
      // Polling has failed while the head was on its way; the ladder waits for a byte as soon as it has the link.
      if (!this.#canPoll()) void request.delay(0).then(request.heard)
      return link
    } catch (thrown) {
      this.#streaming = 'failed'
      throw thrown
    }
  }

  async #poll(tell: (answer: AnswerHead) => Promise<void>, request: DialRequest): Promise<Link> {
    const { firstByteTimeout = 3_000 } = this.#input
    if (this.#streaming === 'silent') await request.delay(Math.max(0, firstByteTimeout - STAGGER))
    try {
      const { longPoll } = await loaded(import('../transports/long-poll.ts'))
      const input = pollInput(this.#input)
      const onAnswer = async (answer: AnswerHead): Promise<void> => {
        await input.onAnswer?.(answer)
        this.latest = answer
        await tell(answer)
      }
      return await longPoll({ ...input, onAnswer }, request)
    } catch (thrown) {
      const failure = failureOfPoll(asTransportError(thrown))
      if (request.signal.aborted) throw failure
      this.#noteFailure(failure)
      if (this.#streaming === 'failed') throw failure
      // The stream is all there is. Its dial goes on without this one, whose failure says nothing about it.
      this.#vouch()
      return await new Promise<never>((_, reject) => {
        request.signal.addEventListener('abort', () => reject(failure))
      })
    }
  }

  #noteFailure(failure: TransportError): void {
    this.#polling = 'failed'
    if (verdictOn('long-poll', failure, false) === 'refused') this.#history().note('long-poll', REFUSED)
  }

  #canPoll(): boolean {
    return this.#polling === 'possible' && !this.#history().isOut('long-poll')
  }

  #history(): ReturnType<typeof historyOf> {
    return historyOf(ladderInput(this.#input))
  }
}

/** The ladder waits for the first byte of those who promise one with the head, as stream servers do. */
function promising(answer: AnswerHead): AnswerHead {
  return { ...answer, header: (name) => (name === HEADERS.protocol ? '1' : answer.header(name)) }
}

const ladderInputs = new WeakMap<AutoInput, DurableInput>()

/** The same object for each dial of a connection, as the ladder's history hangs on it; the app's own ear is called by the carriers. */
function ladderInput(input: AutoInput): DurableInput {
  const known = ladderInputs.get(input)
  if (known !== undefined) return known
  const { url, ladder } = input
  const made: DurableInput = { url, ladder }
  ladderInputs.set(input, made)
  return made
}

/** A ladder appends under numbers; here each `send()` is a POST of its own, whatever carries what comes. */
function sending(link: Link, input: AutoInput, request: DialRequest, opening: Opening): Link {
  const { close, read } = link
  const poster = createLazyPoster({ input, answer: () => opening.latest })
  return Object.assign(link, {
    read(deliver: Parameters<Link['read']>[0]) {
      // Its first byte came while it was dialled: the chart waits for none.
      request.heard()
      link.read = read
      return read(deliver)
    },
    write: poster.write,
    close(code?: number, reason?: string) {
      poster.close()
      close(code, reason)
    },
  })
}
