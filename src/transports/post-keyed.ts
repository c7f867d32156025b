/**
 * Numbered appends to a stream server: several on their way at once, applied in order, safe to repeat.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Outgoing } from '../link.ts'
import { HEADERS, PRODUCER_INTEGER } from '../wire/names.ts'
import type { HttpAnswer } from './http-answer.ts'
import type { Delay } from './http-delay.ts'
import { post, refused, sendFailure } from './post-request.ts'
import type { HttpInput } from './request-input.ts'

/** Requests on their way at once. Browsers open six connections per host on HTTP/1.1 anyway. */
const MOST_FLYING = 8

/** Tries after the first, when the connection broke. */
const RETRIES = 3

/** A server that refuses the number so often does not count as we do. */
const MOST_GAPS = 3

interface Sending {
  readonly item: Outgoing
  sequence: number
  gaps: number
}

/** What numbered sending needs. */
export interface KeyedOptions {
  readonly input: HttpInput
  readonly signal: AbortSignal
  readonly delay: Delay
  random(): number
  /** There is room again. */
  more(): void
}

/** Sends numbered items. */
export interface KeyedPosts {
  hasRoom(): boolean
  send(item: Outgoing): void
  /** Settles everything that is on its way. */
  close(failure: TransportError): void
}

/**
 * Requests on several connections overtake each other: the server answers 409 to one that came too early, which is then parked
 * until all before it are answered, and sent again alone. When a number is lost for good, because its item was refused, nothing
 * after it can be applied under this producer either, and the parked ones go on under a fresh one.
 */
export function createKeyedPosts({ input, signal, delay, random, more }: KeyedOptions): KeyedPosts {
  const flying = new Set<Sending>()
  let parked: Sending[] = []
  let producer = crypto.randomUUID()
  let sequence = 0
  let numberLost = false

  const freshProducer = (): void => {
    producer = crypto.randomUUID()
    sequence = 0
    numberLost = false
    for (const sending of parked) sending.sequence = sequence++
  }
  const goOn = (): void => {
    if (flying.size === 0) {
      if (numberLost) freshProducer()
      const first = parked.shift()
      if (first !== undefined) return void fly(first, true)
    }
    more()
  }
  const fly = async (sending: Sending, alone: boolean): Promise<void> => {
    flying.add(sending)
    let failure: TransportError | undefined
    let early = false
    try {
      const answer = await persistently(sending)
      early = cameEarly(answer, sending.sequence)
      if (!early && (answer.status < 200 || answer.status > 299)) failure = refused(answer)
    } catch (thrown) {
      failure = sendFailure(thrown)
    }
    // Closing has settled it already.
    if (!flying.delete(sending)) return
    if (early && sending.gaps++ < MOST_GAPS) {
      // Early without anything before it: the server has forgotten this producer.
      if (alone) numberLost = true
      parked.push(sending)
      parked.sort((one, other) => one.sequence - other.sequence)
    } else {
      if (early)
        failure = new TransportError('send_failed', 'The server kept refusing the number of this item.', {
          repeatable: false,
        })
      if (failure !== undefined) numberLost = true
      sending.item.settle(failure)
    }
    goOn()
  }
  /** The same number again after a broken connection: the server knows whether it has it. */
  const persistently = async (sending: Sending): Promise<HttpAnswer> => {
    for (let retry = 0; ; retry++) {
      try {
        return await post(input, sending.item.data, signal, { id: producer, epoch: 0, sequence: sending.sequence })
      } catch (thrown) {
        if (!(thrown instanceof TransportError) || thrown.code !== 'network' || retry >= RETRIES) throw thrown
        await delay(random() * 250 * 2 ** retry, signal)
      }
    }
  }

  return {
    hasRoom: () => flying.size < MOST_FLYING && parked.length === 0 && !numberLost,
    send(item) {
      void fly({ item, sequence: sequence++, gaps: 0 }, false)
    },
    close(failure) {
      const unsettled = [...flying, ...parked]
      flying.clear()
      parked = []
      for (const { item } of unsettled) item.settle(failure)
    },
  }
}

/** 409 with a smaller expected number: one before it has not been applied yet. */
function cameEarly(answer: HttpAnswer, sequence: number): boolean {
  const expected = answer.header(HEADERS.producerExpectedSeq)
  return (
    answer.status === 409 && expected !== undefined && PRODUCER_INTEGER.test(expected) && Number(expected) < sequence
  )
}
