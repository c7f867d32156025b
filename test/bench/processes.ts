/**
 * Child processes on cores of their own: the server on 0, what is measured on 1, where the machine has both and `taskset`.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** Whether processes can be held on one core each. */
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

/** How long a measurement may take before it counts as stuck. */
const PATIENCE_MS = 60_000

/** Starts a script, by its path or its name in this folder. Its errors go to our own standard error. */
export function run(script: string, core: number, ...values: readonly string[]): ChildProcess {
  const path = resolve(import.meta.dirname, script)
  const node = [process.execPath, ...process.execArgv, path, ...values]
  const [command = '', ...rest] = pinned ? ['taskset', '-c', String(core), ...node] : node
  return spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The first line a process prints. Rejects when it ends, or is stuck, without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.')
  const lines = createInterface(child.stdout)
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  try {
    const [line]: unknown[] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
    if (typeof line !== 'string') throw new Error('The process ended without a word.')
    return line
  } finally {
    clearTimeout(timer)
    lines.close()
  }
}

/** Resolves when the process is gone. */
export async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
