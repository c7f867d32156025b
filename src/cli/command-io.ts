/**
 * What the command has of its surroundings; `main.ts` gives the process's own, tests give theirs.
 *
 * @module
 */
import type { Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type Terminal = Writable & { readonly isTTY?: boolean | undefined }

export interface CommandIO {
  /** Read for `--data -` only. */
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly stdout: Terminal
  readonly stderr: Terminal
  /** Aborts at Ctrl-C and SIGTERM: connections are closed properly. */
  readonly signal: AbortSignal
  /** Calls the listener at each SIGHUP from now on; the result ends that. Without one it ends the process. */
  readonly onHangup?: ((listener: () => void) => () => void) | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Source of jitter, from 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Colours where a person looks, unless that person said no (no-color.org). */
export function wantsColor(terminal: Terminal, environment: CommandIO['environment']): boolean {
  return terminal.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
}
