/**
 * What becomes of the errors of the file system.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/** The code of a system error: `ENOENT`, `ENOSPC`. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** `outbox_failed` with the reason as its cause, which names the file. What is such an error already passes unchanged. */
export function outboxFailure(cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  const full = ['ENOSPC', 'EDQUOT'].includes(String(codeOf(cause)))
  const message = full ? 'The device of the outbox takes no more data.' : 'The outbox could not be read or written.'
  return new TransportError('outbox_failed', message, { cause })
}

/** What stands in the file is not what was written. Nothing of it is used: what is missing could not be told. */
export function damaged(file: string, entry: number): TransportError {
  return new TransportError('outbox_failed', 'The file of the outbox is damaged; move it away to begin anew.', {
    cause: new Error(`Entry ${entry} of ${file} is not as it was written.`),
  })
}
