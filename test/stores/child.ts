/**
 * Child processes of the crash tests.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What one of these processes has said. */
export interface Said {
  readonly lines: readonly string[]
  /** What went wrong, if it ended by itself. */
  readonly errors: string
}

export function start(script: string, ...args: string[]): ChildProcess {
  const file = fileURLToPath(new URL(script, import.meta.url))
  return spawn(process.execPath, ['--no-warnings', file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Listens until `enough`, kills the process without a warning, and listens to what was still in the pipe. */
export async function killWhen(child: ChildProcess, enough: (lines: readonly string[]) => boolean): Promise<Said> {
  const lines: string[] = []
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(child, 'close')
  if (child.stdout !== null)
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      if (enough(lines)) child.kill('SIGKILL')
    })
  await ended
  return { lines, errors }
}
