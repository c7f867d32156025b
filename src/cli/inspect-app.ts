/**
 * The program behind `--app`: started with the hub's address in its environment, ended with the command.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { CommandIO, Terminal } from './command-io.ts'
import { usage } from './usage.ts'

export interface StartedApp {
  /** Asks it to end, and resolves when it has. */
  stop(): Promise<void>
}

/** How it ended, in words. */
export type Ended = (how: string) => void

/** Rejects `bad_option` when there is no such program. No shell: the arguments are what they are. */
export function startApp(
  [program, ...rest]: readonly [string, ...string[]],
  appUrl: string,
  { environment, stdout, stderr }: Pick<CommandIO, 'environment' | 'stdout' | 'stderr'>,
  ended: Ended,
): Promise<StartedApp> {
  const child = spawn(program, rest, {
    env: { ...environment, STATEWIRE_INSPECT: appUrl },
    stdio: ['inherit', own(stdout), own(stderr)],
  })
  // A descriptor of ours it writes to itself, and keeps its colours; another stream is written for it.
  pass(child.stdout, stdout)
  pass(child.stderr, stderr)
  const gone = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      ended(signal === null ? `with ${code}` : `by ${signal}`)
      resolve()
    })
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(usage('The program behind --app cannot be started.', error)))
    child.once('spawn', () => {
      const stop = (): Promise<void> => {
        child.kill()
        return gone
      }
      resolve({ stop })
    })
  })
}

function own(stream: Terminal): 'inherit' | 'pipe' {
  return stream === process.stdout || stream === process.stderr ? 'inherit' : 'pipe'
}

function pass(from: Readable | null, to: Terminal): void {
  from?.pipe(to, { end: false })
}
