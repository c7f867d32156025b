/**
 * A command that comes to its end by itself, and what it has left behind.
 *
 * @module
 */
import { Writable } from 'node:stream'
import { command, type InProcessOptions } from './command.ts'

export interface Finished {
  /** Its exit code. */
  readonly code: number
  /** All of stdout. */
  readonly text: string
  /** All of stderr. */
  readonly said: string
}

export async function finished(argv: readonly string[], options?: InProcessOptions): Promise<Finished> {
  const { exit, stderr, stdout } = command(argv, options)
  return { code: await exit, text: stdout.text, said: stderr.text }
}

/** A stdout that takes nothing. @param code of the error it fails with: `EPIPE`, `ENOSPC`. */
export function failingStdout(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, callback) => callback(Object.assign(new Error('no'), { code })),
  })
}
