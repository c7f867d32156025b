/**
 * One real connection for all tabs of an origin: one tab leads and dials, the others follow.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Dial, DialRequest, Link } from '../link.ts'
import { readAlone } from './alone.ts'
import { takeSeat } from './election.ts'
import { follow } from './follower.ts'
import type { Beginning } from './frames.ts'
import { checkKey, defaultKey, nameOf } from './key.ts'
import { lead } from './leader.ts'
import { enter, type Membership } from './membership.ts'
import { pagePlatform, type TabPlatform } from './platform.ts'
import { Ring } from './ring.ts'
import { isObject } from './shapes.ts'

export interface AcrossTabsOptions<Input> {
  /**
   * Tabs with the same key have one connection. Default: made of the URL and of how it is read; a request with a body or a method of
   * its own is not shared. Give one where that is not enough: two dials for one URL, or users who see different things there.
   */
  readonly key?: string | ((input: Input) => string) | undefined
  /** After so much silence a follower asks its leader whether it is there, in ms. Default 3,000. */
  readonly silence?: number | undefined
  /** So long the answer may take, in ms. Default 1,000. Of a leader without answers the lead is taken after two more questions. */
  readonly patience?: number | undefined
  /** How many of the newest messages each tab keeps for others that come later or are behind. Default 1,024. */
  readonly messages?: number | undefined
  /** How much they may weigh, in bytes. Default 1,048,576. */
  readonly bytes?: number | undefined
}

/**
 * Wraps a dial so that all tabs, same-origin frames and workers that ask for the same key share one link. Where the platform cannot
 * (Node, no TLS, a sandboxed frame) it is the plain dial. Call it at module level, as `connection`: each wrapping is a dial of its own.
 *
 * With positions nothing is lost and nothing comes twice, whichever tab is closed, crashes or freezes. Without them a hand-over is
 * like any reconnection: what was sent meanwhile is gone.
 *
 * @throws TransportError `bad_option`
 * @example
 * const room = connection(acrossTabs(durable), { codec: values, queue: producerQueue })
 * const actor = createActor(room, { input: { url: '/v1/stream/rooms/42' } }).start()
 */
export function acrossTabs<Input extends object>(
  dial: Dial<Input>,
  options: AcrossTabsOptions<Input> = {},
): Dial<Input> {
  return acrossTabsOn(pagePlatform, dial, options)
}

/** The same with a platform that is asked for when it is needed. */
export function acrossTabsOn<Input extends object>(
  platformNow: () => TabPlatform | undefined,
  dial: Dial<Input>,
  { key = defaultKey as (input: Input) => string, ...options }: AcrossTabsOptions<Input> = {},
): Dial<Input> {
  const { silence = 3_000, patience = 1_000, messages = 1_024, bytes = 1_048_576 } = options
  for (const [name, value] of Object.entries({ silence, patience, messages, bytes })) {
    if (!(value >= 1)) throw new TransportError('bad_option', `Option ${name} must be one or more.`)
  }
  if (typeof key !== 'function') checkKey(key)
  // A connection dials with the same input each time; what it has read serves others whatever its role is.
  const rings = new WeakMap<object, Ring>()
  const ringOf = (input: Input): Ring => {
    const ring = rings.get(input) ?? new Ring({ messages, bytes })
    rings.set(input, ring)
    return ring
  }

  return async (input, request) => {
    const platform = platformNow()
    const asked: string | undefined = typeof key === 'function' ? key(input) : key
    if (platform === undefined || asked === undefined) return dial(input, request)
    checkKey(asked)
    const member = await enter(platform, await nameOf(asked)).catch(() => undefined)
    // Forbidden where everything was there: an opaque origin, a document that is being left.
    if (member === undefined) return dial(input, request)
    try {
      const wish = { position: request.position, beginning: beginningOf(input), signal: request.signal, patience }
      const seat = await takeSeat(member, wish)
      if (seat.kind === 'follower') return follow(request, { member, ring: ringOf(input), seat, silence, patience })
      if (seat.kind === 'alone') return await dialAlone(dial, input, request, member)
      member.keep(seat.held)
      return await lead(dial, input, request, { member, ring: ringOf(input), held: seat.held })
    } catch (thrown) {
      member.leave()
      throw thrown
    }
  }
}

async function dialAlone<Input>(
  dial: Dial<Input>,
  input: Input,
  request: DialRequest,
  member: Membership,
): Promise<Link> {
  return readAlone(await dial(input, request), member, request.position)
}

/** Durable streams can be asked for from now on. */
function beginningOf(input: unknown): Beginning {
  return isObject(input) && input.from === 'now' ? 'now' : 'history'
}
