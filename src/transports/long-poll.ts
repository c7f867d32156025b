/**
 * Long-polling with a cursor: one request after another, each from where the last answer ended.
 *
 * @module
 */
import { asTransportError } from '../errors.ts'
import type { Deliver, Dial, DialRequest, Link, Message } from '../link.ts'
import { HEADERS, QUERY } from '../wire/names.ts'
import { type AnswerHead, abandoned, mediaType, refusal } from './http-answer.ts'
import { type Delay, delay as wait } from './http-delay.ts'
import { type Exchange, exchange, sessionOf, underDial } from './http-dial.ts'
import { readPage } from './long-poll-page.ts'
import { checkOption, checkPositive } from './option-checks.ts'
import type { PositionSession } from './positions.ts'
import { createLazyPoster } from './post-lazy.ts'
import { methodOf } from './request.ts'
import type { HttpInput } from './request-input.ts'

/** What long-polling can be told. */
export interface LongPollInput extends HttpInput {
  /** Query parameter that carries the cursor. Default `offset`. */
  readonly cursorParameter?: string | undefined
  /** Answer header with the cursor for the next request. Default `Stream-Next-Offset`. */
  readonly cursorHeader?: string | undefined
  /** The cursor of the very first request. Default: the parameter is left out. */
  readonly startAt?: string | undefined
  /** An answer header whose value goes back as a query parameter. Default `Stream-Cursor` as `cursor`; `false` for none. */
  readonly echo?: { readonly header: string; readonly parameter: string } | false | undefined
  /** Answer header that says `true` when nothing will ever follow. Default `Stream-Closed`. */
  readonly closedHeader?: string | undefined
  /**
   * Makes messages' data of an answer's text. Default: the parsed elements of a JSON array, the lines of NDJSON (as text), any
   * other JSON parsed, other text as it is, anything else as bytes.
   */
  readonly split?: ((body: string, answer: AnswerHead) => readonly unknown[]) | undefined
  /** The longest answer, in bytes. Default 4,194,304. */
  readonly maxPageBytes?: number | undefined
  /** Query of every request but the first: where the first only catches up, and is answered at once. Default: none. */
  readonly waitingQuery?: Readonly<Record<string, string>> | undefined
  /** How long an unanswered first request may be taken for a server that is merely waiting, in ms. Default 1,000. */
  readonly holdAfter?: number | undefined
  /** Waiting; tests give their own. */
  readonly delay?: Delay | undefined
}

/**
 * An empty answer at once, again and again, must not become a loop at the speed of the network: the polls are spaced wider each
 * time, up to what the retry budget of 30 a minute admits for ever.
 */
const emptyFloor = (empties: number): number => (empties > 0 ? Math.min(250 * 2 ** (empties - 1), 2_200) : 0)

/**
 * Polls while it is read. The position of a page stands on its last message only: those before it have none, as the server
 * named no place between them. The dial is over with the first answer, or when a server holds it back, which is what long-polling is.
 */
export const longPoll: Dial<LongPollInput> = (input, dial) =>
  underDial(dial, async (life) => {
    checkPositive('maxPageBytes', input.maxPageBytes)
    checkPositive('holdAfter', input.holdAfter)
    checkOption(methodOf(input) === 'GET', 'method', 'GET for long-polling')
    const session = sessionOf(input, dial)
    const poll = createPoll(input, dial, life.signal, session)
    const first = poll()
    // Awaited below, unless the server holds it back; then it is the link's first read that learns of a failure.
    first.catch(() => undefined)
    const held = new AbortController()
    const stopHolding = (): void => held.abort()
    life.signal.addEventListener('abort', stopHolding)
    const hold = (input.delay ?? wait)(input.holdAfter ?? 1_000, held.signal)
    try {
      await Promise.race([first, hold])
    } finally {
      life.signal.removeEventListener('abort', stopHolding)
      held.abort()
      hold.catch(() => undefined)
    }
    return longPollLink({ input, dial, life, first, poll, session })
  })

/** One answer, not read yet, and when it was asked for. */
interface Poll extends Exchange {
  readonly asked: number
}

interface LongPollState {
  readonly input: LongPollInput
  readonly dial: DialRequest
  readonly life: AbortController
  readonly first: Promise<Poll>
  readonly poll: ReturnType<typeof createPoll>
  readonly session: PositionSession | undefined
}

/** Asks again and again, with the cursor of the last answer. */
function createPoll(
  input: LongPollInput,
  dial: DialRequest,
  signal: AbortSignal,
  session: PositionSession | undefined,
): () => Promise<Poll> {
  const { cursorParameter = QUERY.offset, cursorHeader = HEADERS.nextOffset } = input
  const echo = input.echo ?? { header: HEADERS.cursor, parameter: QUERY.cursor }
  let cursor = dial.position ?? input.startAt
  let echoed: string | undefined
  let waiting: LongPollInput['waitingQuery']
  return async () => {
    const asked = performance.now()
    const at = session?.resumable ? undefined : cursor
    const query = { ...waiting, [cursorParameter]: at, ...(echo === false ? {} : { [echo.parameter]: echoed }) }
    const { request, answer } = await exchange(input, {
      attempt: dial.attempt,
      signal,
      spend: dial.spend,
      session,
      headers: { accept: 'application/json, application/x-ndjson;q=0.9, */*;q=0.5' },
      query,
    })
    dial.heard()
    if (answer.status !== 200 && answer.status !== 204) throw refusal(request, answer)
    if (input.split === undefined && mediaType(answer) === 'text/html') throw refusal(request, answer, 'messages')
    cursor = answer.header(cursorHeader) ?? cursor
    waiting = input.waitingQuery
    if (echo !== false) echoed = answer.header(echo.header) ?? echoed
    return { request, answer, asked }
  }
}

function longPollLink({ input, dial, life, first, poll, session }: LongPollState): Link {
  const { cursorHeader = HEADERS.nextOffset, closedHeader = HEADERS.closed, until } = input
  let answering: Promise<Poll> | undefined = first
  let page: unknown[] = []
  let at = 0
  let pagePosition: string | undefined
  let ended = false
  /** Whether the last answer had anything in it that had not come before. */
  let fresh = false
  /** Other answers in a row, not counting a first one that only caught up. */
  let empties = input.waitingQuery === undefined ? 0 : -1
  let askedLast = 0
  let latest: AnswerHead | undefined
  const poster = createLazyPoster({ input, answer: () => latest, delay: input.delay })

  /** Hands over what is left of the page; `false` when the consumer is full. */
  const handOver = (deliver: Deliver): boolean => {
    while (at < page.length && !life.signal.aborted) {
      const data = page[at++]
      const message: Message = at === page.length ? { data, position: pagePosition } : { data }
      if (session?.place(message) === false) continue
      fresh = true
      const more = deliver(message)
      if (until?.(message) === true) {
        ended = true
        page = []
      }
      if (!more) return false
    }
    return true
  }
  const nextPage = async (deliver: Deliver): Promise<boolean> => {
    if (answering === undefined) empties = fresh ? 0 : empties + 1
    if (answering === undefined && !fresh) {
      const rest = emptyFloor(empties) - (performance.now() - askedLast)
      if (rest > 0) await (input.delay ?? wait)(rest, life.signal)
      for (let pause = dial.spend(); pause > 0; pause = dial.spend()) await (input.delay ?? wait)(pause, life.signal)
    }
    answering ??= poll()
    const { answer, asked } = await answering
    answering = undefined
    latest = answer
    const before = pagePosition
    // Also an answer that must be empty: read to its end, its connection may serve the next poll.
    page = await readPage(input, answer)
    at = 0
    pagePosition = answer.header(cursorHeader) ?? before
    fresh = false
    askedLast = asked
    dial.heard()
    if (answer.header(closedHeader)?.toLowerCase() === 'true') ended = true
    if (page.length > 0 || pagePosition === undefined || pagePosition === before) return true
    const bookmark = { position: pagePosition }
    return session?.place(bookmark) === false || deliver(bookmark)
  }
  return {
    protocol: 'long-poll',
    async read(deliver) {
      try {
        for (;;) {
          if (!handOver(deliver)) return true
          life.signal.throwIfAborted()
          if (ended) return false
          if (!(await nextPage(deliver))) return true
        }
      } catch (thrown) {
        throw life.signal.aborted ? abandoned() : asTransportError(thrown)
      }
    },
    write: (batch) => poster.write(batch),
    close() {
      page = []
      poster.close()
      life.abort()
    },
  }
}
