/**
 * Streams with positions: resumed at the single record, nothing twice, nothing silently missing.
 *
 * @module
 * @example
 * const link = await durable({ url: 'https://example.com/v1/stream/rooms/42' }, request)
 * await link.read(({ data, position }) => show(data, position))
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Dial, DialRequest, Gap, Link } from '../link.ts'
import { FROM_START } from '../wire/offset.ts'
import { gapError, type Reset, recover, resetBehind } from './durable-gap.ts'
import type { Opened } from './durable-http.ts'
import { CARRIERS, checkDurable, type DurableInput, type DurableVia, firstPlace } from './durable-input.ts'
import { partOf } from './durable-parts.ts'
import { checkPlace, formatPlace, type Place, parsePlace } from './durable-position.ts'
import type { LadderPlan } from './ladder.ts'
import type { Carry } from './ladder-tap.ts'

export type { DurableInput, DurableVia, GapPolicy } from './durable-input.ts'
export type { LadderMemory } from './ladder-memory.ts'

/** So often a fresh start may turn out to be gone as well: a server that trims as fast as we come, or lies. */
const MOST_RESETS = 3

const ladder = partOf(() => import('./ladder.ts'))
const overWebSocket = partOf(() => import('./durable-websocket.ts'))
const overHttp = partOf(() => import('./durable-http.ts'))

/**
 * Opens a stream of a statewire (or Durable Streams) server. Each record is one message `{ data, position }`: JSON parsed, text
 * as a string, bytes as a `Uint8Array`. The end of the stream is the end; every other end is `interrupted` and can be resumed.
 * Rejects as the plain transports do, and with `gap`, `not_a_stream_server` and `bad_frame`.
 */
export const durable: Dial<DurableInput> = async (input, request) => {
  try {
    checkDurable(input)
    let place = firstPlace(input, request.position)
    checkPlace(place)
    let gap: Gap | undefined
    for (let resets = 0; ; resets++) {
      const opened = await open(input, request, place)
      if ('link' in opened) {
        // Said only now: had the fresh start failed, the next attempt would meet the same gap, and say it again.
        if (gap !== undefined) request.gap(gap)
        return opened.link
      }
      if (resets === MOST_RESETS) throw gapError(opened.reset)
      const recovery = await recover(input, opened.reset, place, request.gap)
      place = recovery.place
      gap = recovery.gap ?? gap
      if (request.signal.aborted) throw new TransportError('aborted', 'The attempt was given up.')
    }
  } catch (thrown) {
    throw asTransportError(thrown)
  }
}

/** A single name is that carrier and no other; several, or `auto`, are tried from the first one on. */
function open(input: DurableInput, request: DialRequest, place: Place): Promise<Opened> {
  const { via = 'auto' } = input
  const carry: Carry = async (name, told, asked, from) => {
    const opened = await openCarrier(name, told, asked, from)
    return 'link' in opened ? { link: recovering(input, asked, from, opened.link) } : opened
  }
  if (typeof via === 'string' && via !== 'auto') return carry(via, input, request, place)
  return openSeveral({ rungs: via === 'auto' ? CARRIERS : via, input, request, carry }, place)
}

async function openSeveral(plan: LadderPlan, place: Place): Promise<Opened> {
  const { openLadder } = await ladder()
  return openLadder(plan, place)
}

async function openCarrier(via: DurableVia, input: DurableInput, request: DialRequest, place: Place): Promise<Opened> {
  if (via === 'websocket') {
    const { openOverWebSocket } = await overWebSocket()
    return openOverWebSocket(input, request, place)
  }
  const { openOverHttp } = await overHttp()
  return openOverHttp(via, input, request, place)
}

/**
 * A gap that opens while records flow. The next attempt asks from the last record that was handed over, is told exactly what is lost,
 * and follows the policy; where it would be told nothing, or the same again, it is sent to where it has to begin.
 */
function recovering(input: DurableInput, request: DialRequest, from: Place, link: Link): Link {
  let position: string | undefined
  let begun = false
  const onward = async (reset: Reset): Promise<Place> => {
    const { reason, earliest } = reset
    // All that is kept was wanted, and that is the newest.
    if (reason === 'skipped' && from.offset === FROM_START && !begun && earliest !== undefined)
      return { offset: earliest, skip: 0 }
    const stood = position === undefined ? from : parsePlace(position)
    const { place, gap } = await recover(input, reset, stood, request.gap)
    if (gap !== undefined) request.gap(gap)
    return place
  }
  return {
    ...link,
    async read(deliver) {
      try {
        return await link.read((item) => {
          if (item.data !== undefined) begun = true
          position = item.position ?? position
          return deliver(item)
        })
      } catch (thrown) {
        if (!(thrown instanceof TransportError) || thrown.code !== 'gap') throw thrown
        const reset = resetBehind(thrown)
        if (reset?.reason === 'skipped' || reset?.reason === 'truncated')
          deliver({ position: formatPlace(await onward(reset)) })
        else if ((input.onGap ?? 'fail') === 'fail') throw thrown
        // Said by the server, and so not the carrier's fault: a pause is named, though it is none.
        throw new TransportError(
          'interrupted',
          'Records were lost while reading; the next attempt goes on behind them.',
          {
            retryAfterMs: 0,
          },
        )
      }
    },
  }
}
