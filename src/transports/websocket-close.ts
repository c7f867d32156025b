/**
 * What the end of a WebSocket means: an end the protocol knows, or one typed failure.
 *
 * @module
 */
import { believedPause, TransportError } from '../errors.ts'
import { INVALID_UTF8, NORMAL, pauseFromReason, TOO_BIG } from '../wire/close-codes.ts'

/** RFC 6455 section 7.4.1: a close frame without a code. The peer did close, it only gave no reason. */
const NO_STATUS = 1005

/** RFC 6455 section 7.4.1: no close frame came. */
const ABNORMAL = 1006

/** The failure behind a close code, or `null` for a clean end. */
export function failureOfClose(closeCode: number, reason: string): TransportError | null {
  if (closeCode === NORMAL || closeCode === NO_STATUS) return null
  if (closeCode === ABNORMAL) {
    return new TransportError('network', 'The connection was lost without a close frame.', { closeCode })
  }
  if (closeCode === INVALID_UTF8) {
    return new TransportError('invalid_utf8', 'The server refused a message as invalid UTF-8 (1007).', { closeCode })
  }
  if (closeCode === TOO_BIG) {
    return new TransportError('limit_exceeded', 'The server refused a message as too big (1009).', { closeCode })
  }
  const pause = pauseFromReason(reason)
  const facts = { closeCode, retryAfterMs: pause === undefined ? undefined : believedPause(pause) }
  // The reason is the peer's free text: it may hold anything, so it stays out of the sentence.
  return new TransportError('closed_by_server', `The server closed the connection with code ${closeCode}.`, facts)
}
