/**
 * What the command's exit code says, so that a script can decide without reading a word of stderr.
 *
 * @module
 */
import { classify } from '../connection/classification.ts'
import type { TransportError, TransportErrorCode } from '../errors.ts'

/** The codes of all commands; `docs/cli.md` and `--help` list the same ones. */
export const exitCodes = {
  /** Ended by the server, by `--count`, by `--until`, by the reader of stdout, or by Ctrl-C after data. */
  ended: 0,
  /** Stdout could not be written: a full disk, for example. Of `serve`: the store could not be closed properly. */
  outputFailed: 1,
  usage: 2,
  refused: 3,
  spent: 4,
  gap: 5,
  badData: 6,
  /** Of `coverage`: fewer transitions were taken than `--min` asks for. */
  belowMinimum: 7,
  /** Ctrl-C before anything arrived: 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const { usage, refused, spent, gap, badData, interrupted } = exitCodes

/** For failures the chart would not retry. A new error code does not compile until it has a row here. */
const byCode: Readonly<Record<TransportErrorCode, ExitCode>> = {
  bad_url: usage,
  bad_option: usage,
  bad_header: usage,
  duplicate_id: usage,
  no_provider: usage,
  limit_reached: refused,
  restarts_spent: spent,
  encode_failed: usage,
  unsupported: refused,
  connect_timeout: refused,
  budget_spent: spent,
  network: refused,
  tls: refused,
  http_status: refused,
  unexpected_content_type: refused,
  redirect_refused: refused,
  too_many_redirects: refused,
  not_a_stream_server: refused,
  closed_by_server: refused,
  authorize_failed: refused,
  send_refused: refused,
  send_dropped: refused,
  send_failed: refused,
  send_unconfirmed: refused,
  outbox_full: refused,
  outbox_failed: refused,
  outbox_lost: refused,
  producer_fenced: refused,
  producer_owned: refused,
  aborted: interrupted,
  interrupted: spent,
  silent: spent,
  first_byte_timeout: spent,
  idle_timeout: spent,
  total_timeout: spent,
  gap,
  overflow: badData,
  limit_exceeded: badData,
  invalid_utf8: badData,
  bad_frame: badData,
  decode_failed: badData,
  schema_refused: badData,
  decrypt_failed: badData,
  unknown_key: badData,
  wrong_channel: badData,
  replayed: badData,
  internal: badData,
}

/** A lost line, as opposed to one that was never there. */
const losses: ReadonlySet<TransportErrorCode> = new Set(['network', 'tls', 'connect_timeout'])

/**
 * The exit code for the failure a connection came to rest with.
 *
 * @param established - whether the connection was ever up. A POST whose answer is cut is not repeated: its one attempt is spent.
 */
export function exitCodeOf(failure: TransportError, established: boolean): ExitCode {
  // The chart rests with a failure that passes by itself only when no attempt is left.
  if (classify(failure, established) === 'retry') return spent
  return established && losses.has(failure.code) ? spent : byCode[failure.code]
}
