/**
 * Stopping when the machine says so: a container that is replaced, or Ctrl-C.
 *
 * @module
 */

import { constants } from 'node:os'

/** What can be stopped: a stream server. */
export interface Drainable {
  close(options: {
    readonly afterMs?: number | undefined
    readonly spreadMs?: number | undefined
    readonly graceMs: number
  }): Promise<void>
}

/** How a process stops. */
export interface DrainOptions {
  /** Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly NodeJS.Signals[] | undefined
  /** What clients are asked to wait at least, in milliseconds. Default 0. */
  readonly afterMs?: number | undefined
  /** Over how long their return is spread, in milliseconds. Default: by their number, 30 s at most. */
  readonly spreadMs?: number | undefined
  /**
   * The process is gone after so long, in milliseconds. Connections that do not end by themselves are cut when nine tenths of it
   * are over. Default 30,000, which is what Kubernetes and systemd wait or less.
   */
  readonly withinMs?: number | undefined
  /** Told which signal has come, before anything is done about it. */
  readonly stopping?: ((signal: NodeJS.Signals) => void) | undefined
  /** Told why `close()` failed. Default: a process warning. */
  readonly report?: ((error: unknown) => void) | undefined
  /**
   * Ends the process: 0 when all is drained, 1 when that failed or took too long, 128 and the signal's number at the second
   * signal. Default `process.exit`.
   */
  readonly exit?: ((code: number) => void) | undefined
}

const WITHIN_MS = 30_000

/** What is left of the time to flush the store, once the last connection is cut. */
const CUT_AT = 0.9

/**
 * Drains the server at the first signal: it says that it is not ready, says goodbye to its readers, lets appends under way finish, and ends
 * the process. The second signal ends it now.
 *
 * @returns Leaves the signals alone again.
 *
 * @example
 * const server = createStreamServer({ allowAnonymous: true })
 * await server.listen({ port: 8080 })
 * drainOnSignal(server)
 */
export function drainOnSignal(server: Drainable, options: DrainOptions = {}): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], exit = process.exit } = options
  let act = (signal: NodeJS.Signals): void => {
    act = (second) => exit(128 + constants.signals[second])
    options.stopping?.(signal)
    void drain(server, options).then(exit)
  }
  const listener = (signal: NodeJS.Signals): void => act(signal)
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
  }
}

/** The exit code. Never rejects. */
function drain(server: Drainable, options: DrainOptions): Promise<number> {
  const { afterMs, spreadMs, withinMs = WITHIN_MS, report = warn } = options
  return new Promise((resolve) => {
    // Not unref'd: a process with nothing left but a pending promise would end with Node's own code 13.
    const timer = setTimeout(() => resolve(1), withinMs)
    const end = (code: number): void => {
      clearTimeout(timer)
      resolve(code)
    }
    server.close({ afterMs, spreadMs, graceMs: withinMs * CUT_AT }).then(
      () => end(0),
      (error: unknown) => {
        report(error)
        end(1)
      },
    )
  })
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
