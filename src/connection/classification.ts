/**
 * The one table that decides what a failure means. Every failure is classified once, here, and nowhere else.
 *
 * @module
 */
import { TransportError, type TransportErrorCode } from '../errors.ts'

/**
 * - `retry`: back off and dial again.
 * - `refresh-token`: get a new credential once, then dial again.
 * - `stop`: only a person can help; rest in `error`.
 * - `done`: the protocol says it is over; go to `closed`.
 */
export type Disposition = 'retry' | 'refresh-token' | 'stop' | 'done'

const byCode: Partial<Record<TransportErrorCode, Disposition>> = {
  connect_timeout: 'retry',
  first_byte_timeout: 'retry',
  idle_timeout: 'retry',
  budget_spent: 'retry',
  network: 'retry',
  // An expired or mismatched certificate is mended by others, and a laptop's wrong clock by itself: slowly retried, visibly.
  tls: 'retry',
  interrupted: 'retry',
  silent: 'retry',
  overflow: 'retry',
}

/** HTTP: refusals that pass by themselves. Everything else below 500 is final (RFC 9110 section 15). */
const passingStatus = new Set([408, 421, 423, 425, 429])

function byStatus(status: number, established: boolean): Disposition {
  if (status === 204) return 'done'
  // A page where a socket should open: a wrong address at first, a captive portal later, as for the wrong content type below.
  if (status < 300) return established ? 'retry' : 'stop'
  if (status === 401) return 'refresh-token'
  // 501 and 505 say that the server will never understand this request.
  if (status === 501 || status === 505) return 'stop'
  return status >= 500 || passingStatus.has(status) ? 'retry' : 'stop'
}

/** WebSocket close codes; ours are grouped so that an unknown one is still understood (wire.md 2.5). */
function byCloseCode(code: number): Disposition {
  if (code === 1000) return 'done'
  // 1001 going away, 1005 and 1006 no close frame, 1011 to 1014 server trouble, 1015 TLS.
  if (code === 1001 || code === 1005 || code === 1006) return 'retry'
  if (code >= 1011 && code <= 1015) return 'retry'
  if (code >= 4100 && code < 4200) return 'refresh-token'
  // Third parties use 3000 to 3999 and 4400 up as they please; a code we do not know is no reason to give up.
  if (code >= 4200 && code < 5000) return 'retry'
  if (code >= 3000 && code < 4000) return 'retry'
  return 'stop'
}

/** An end the server has planned, 4300 to 4399: it says when to come back, and nothing failed (wire.md 2.5). */
export function isPlanned({ closeCode = 0 }: TransportError): boolean {
  return closeCode >= 4300 && closeCode < 4400
}

/**
 * What to do about a failure.
 *
 * @param established - whether this connection has ever been up. A web page or another server where a stream should be is a wrong
 *   address at first, and later a captive portal (wire.md F14).
 */
export function classify(failure: unknown, established: boolean): Disposition {
  if (!(failure instanceof TransportError)) return 'stop'
  const disposition = dispositionOf(failure, established)
  // A POST is never sent twice by itself (architecture 7.4); one that was refused for its credential was not done at all.
  return disposition === 'retry' && !failure.repeatable ? 'stop' : disposition
}

/** Failures of our own doing, though they pass by themselves. */
const ours: ReadonlySet<TransportErrorCode> = new Set(['budget_spent', 'overflow'])

/**
 * What a failure says about the server: an answer of any kind is `reached`; trouble, and a line that breaks, is `missed`; what
 * happened on this side only says nothing.
 */
export function reachOf(failure: TransportError): 'reached' | 'missed' | 'unknown' {
  if (isPlanned(failure)) return 'reached'
  if (ours.has(failure.code)) return 'unknown'
  if (dispositionOf(failure, true) === 'retry') return 'missed'
  return failure.status === undefined && failure.closeCode === undefined ? 'unknown' : 'reached'
}

/**
 * Whether the answer may have been cut off in the middle of its head: over plain HTTP browsers take that for a whole one. Whoever
 * names the type last, as our server does, has then said all the rest.
 */
export function isTorn({ code, contentType, status }: TransportError): boolean {
  const byHead = code === 'unexpected_content_type' || code === 'not_a_stream_server'
  return byHead && status === 200 && contentType === undefined
}

function dispositionOf(failure: TransportError, established: boolean): Disposition {
  if (failure.code === 'http_status' && failure.status !== undefined) return byStatus(failure.status, established)
  if (failure.code === 'closed_by_server' && failure.closeCode !== undefined) return byCloseCode(failure.closeCode)
  if (failure.code === 'unexpected_content_type') {
    return established && (failure.contentType === 'text/html' || isTorn(failure)) ? 'retry' : 'stop'
  }
  // With a status it was judged by its head, without one by what it said.
  if (failure.code === 'not_a_stream_server') return established && failure.status !== undefined ? 'retry' : 'stop'
  return byCode[failure.code] ?? 'stop'
}
