/**
 * WebSocket close codes. The hundreds digit alone tells the client what to do, so that an unknown code is understood:
 * 40xx stop, 41xx get a new credential once, 42xx back off and resume, 43xx come back when told to.
 *
 * @module
 */

/** RFC 6455 section 7.4.1, as far as we send them. 1005, 1006 and 1015 are never sent: they mean "no close frame came". */
export const NORMAL = 1000
export const GOING_AWAY = 1001
export const PROTOCOL_ERROR = 1002
export const UNSUPPORTED_DATA = 1003
export const INVALID_UTF8 = 1007
export const TOO_BIG = 1009
export const INTERNAL_ERROR = 1011
export const SERVICE_RESTART = 1012
export const TRY_AGAIN_LATER = 1013

/** 4000 to 4099: stop, and tell the user. */
export const BAD_FRAME = 4000
export const FORBIDDEN = 4003
export const NO_SUCH_ENDPOINT = 4004
export const SUPERSEDED = 4009
export const OVER_LIMIT = 4013
export const PROTOCOL_VERSION = 4026

/** 4100 to 4199: get a new credential once and reconnect; the second time within 60 s, stop. */
export const UNAUTHENTICATED = 4101
export const TOKEN_EXPIRED = 4102
export const REVOKED = 4103

/** 4200 to 4299: back off, reconnect, resume. */
export const SERVER_FAILURE = 4200
export const SLOW_CONSUMER = 4208
export const NO_PONG = 4210
export const HELLO_TIMEOUT = 4211
export const RATE_LIMITED = 4229
export const POSITION_INVALIDATED = 4231

/** 4300 to 4399: reconnect after the announced pause; the backoff does not grow. */
export const DRAINING = 4300
export const REBALANCE = 4301
export const MAXIMUM_AGE = 4302

/** What a close code asks of the client. */
export type CloseAdvice = 'stop' | 'refresh-token' | 'retry' | 'return'

/** What to do about one of our codes (4000 to 4399), known or not; `null` for any other code. */
export function closeAdvice(code: number): CloseAdvice | null {
  switch (Math.floor(code / 100)) {
    case 40:
      return 'stop'
    case 41:
      return 'refresh-token'
    case 42:
      return 'retry'
    case 43:
      return 'return'
    default:
      return null
  }
}

/** A close reason: an ASCII slug, with the pause in milliseconds when the peer is asked for one (at most 123 bytes). */
export function closeReason(slug: string, milliseconds?: number): string {
  return milliseconds === undefined ? slug : `${slug} ms=${Math.max(0, Math.round(milliseconds))}`
}

/** The pause a close reason asks for, or `undefined` when it names none. */
export function pauseFromReason(reason: string): number | undefined {
  const match = /(?:^| )ms=(\d{1,9})$/.exec(reason)
  return match?.[1] === undefined ? undefined : Number(match[1])
}
