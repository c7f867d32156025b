/**
 * What a failure says about the carrier it happened on, as opposed to the network, the server, the stream or the credential.
 *
 * @module
 */
import { isTorn } from '../connection/classification.ts'
import type { TransportError, TransportErrorCode } from '../errors.ts'
import type { DurableVia } from './durable-input.ts'

/**
 * - `unfit`: this connection cannot use it at all, and no request was made: no socket in this runtime, headers it cannot carry.
 * - `refused`: somebody on the way, or the server, does not let this carrier through. The next one is tried at once.
 * - `missed`: no answer, or trouble behind a gateway. Says nothing by itself: the server may be down.
 * - `said`: about the stream, the credential or the load. Every other carrier would be told the same.
 */
export type Verdict = 'unfit' | 'refused' | 'missed' | 'said'

const byCode: Partial<Record<TransportErrorCode, Verdict>> = {
  unsupported: 'unfit',
  not_a_stream_server: 'refused',
  // What is in between has garbled it.
  bad_frame: 'refused',
  invalid_utf8: 'refused',
  network: 'missed',
  interrupted: 'missed',
}

/** Before an upgrade these are the server's own words, or its load: each carrier gets to hear them. */
const SAID_TO_ALL: readonly number[] = [401, 407, 408, 425, 429, 503]

/** HTTP: what is not offered is answered so; 404 and 410 are about the stream. */
const NOT_OFFERED: readonly number[] = [400, 405, 406, 415, 501, 505]

/** RFC 6455 section 7.4.1: the peer cannot go on with a socket like this. 4004 and 4026 are ours: no endpoint, other version. */
const SOCKET_UNWANTED: readonly number[] = [1002, 1003, 1008, 1010, 4004, 4026]

/**
 * Judges a failed opening.
 *
 * @param heard - whether anything came before it. A refusal behind an open socket is the server's, about the stream; before it,
 *   403 is a firewall's word as likely as the server's, and if it is the server's, the next carrier is told so too.
 */
export function verdictOn(via: DurableVia, failure: TransportError, heard: boolean): Verdict {
  const { code, status = 0, closeCode = 0 } = failure
  const socket = via === 'websocket'
  if (code === 'http_status') return socket && !heard ? onUpgrade(status) : socket ? 'said' : onRead(status)
  if (code === 'closed_by_server') return onClose(closeCode)
  if (isTorn(failure)) return 'missed'
  // A portal's page is shown to every carrier. Other types are those of a server, or a proxy, that does not stream like this.
  if (code === 'unexpected_content_type') return failure.contentType === 'text/html' ? 'said' : 'refused'
  // Only a socket needs the mount in the URL, and only a socket cannot follow a redirect.
  if (code === 'bad_url') return socket ? 'unfit' : 'said'
  if (code === 'redirect_refused') return socket ? 'refused' : 'said'
  return byCode[code] ?? 'said'
}

function onUpgrade(status: number): Verdict {
  if (SAID_TO_ALL.includes(status)) return 'said'
  // 502 is what a gateway says that cannot upgrade; 504 and the like are also said of a server that is down.
  return status < 500 || [501, 502, 505].includes(status) ? 'refused' : 'missed'
}

function onRead(status: number): Verdict {
  if (NOT_OFFERED.includes(status)) return 'refused'
  return status >= 500 && status !== 503 ? 'missed' : 'said'
}

function onClose(code: number): Verdict {
  if (SOCKET_UNWANTED.includes(code)) return 'refused'
  return code < 4000 ? 'missed' : 'said'
}

const deaths: ReadonlySet<TransportErrorCode> = new Set(['network', 'interrupted', 'closed_by_server'])

/** Whether the end of an open link may be the carrier's fault: not if the server said goodbye, or gave a reason of its own. */
export function isDeath({ code, closeCode = 0, retryAfterMs }: TransportError): boolean {
  return deaths.has(code) && retryAfterMs === undefined && closeCode < 4000
}

/** Two unanswered openings in a row, or three links in a row that died before they were of any use, and a carrier is out. */
const OUT = 6
export const MISSED = 3
export const DIED = 2
export const REFUSED: number = OUT
export const UNFIT: number = Number.POSITIVE_INFINITY

/**
 * What one connection has met since each carrier last worked. It outlives dials. That a carrier is out is a guess: it decides
 * where the next dial begins, and is checked as soon as another carrier works.
 */
export class LadderHistory {
  readonly #faults = new Map<DurableVia, number>()

  note(via: DurableVia, faults: number): void {
    this.#faults.set(via, (this.#faults.get(via) ?? 0) + faults)
  }

  forget(via: DurableVia): void {
    this.#faults.delete(via)
  }

  isOut(via: DurableVia): boolean {
    return (this.#faults.get(via) ?? 0) >= OUT
  }

  isFit(via: DurableVia): boolean {
    return this.#faults.get(via) !== UNFIT
  }
}

const histories = new WeakMap<object, LadderHistory>()

/** The history of a connection, which is known by its input. */
export function historyOf(input: object): LadderHistory {
  const history = histories.get(input) ?? new LadderHistory()
  histories.set(input, history)
  return history
}
