/**
 * `statewire serve` under test, with what its greeting says.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { command, type InProcessOptions, type RunningCommand } from './command.ts'

export interface Served extends RunningCommand {
  readonly url: string
  /** The line behind this name in the greeting. */
  line(name: string): string
}

/** Runs `statewire serve --port 0` with more options until the test ends, and waits until it listens. */
export async function served(argv: readonly string[], options: InProcessOptions = {}): Promise<Served> {
  const run = command(['serve', '--port', '0', ...argv], options)
  onTestFinished(async () => {
    run.interrupt()
    await run.exit
  })
  return greeted(run)
}

/** Waits for the greeting of a command that runs already. */
export async function greeted<Run extends RunningCommand>(run: Run): Promise<Run & Served> {
  await run.stdout.saw(/^EventSource .*\n/m)
  const line = (name: string): string =>
    run.stdout.lines.find((text) => text.startsWith(`${name} `))?.slice(13) ?? `${name} is missing`
  return Object.assign(run, { url: run.stdout.lines[0] ?? '', line })
}

/** A file that is gone after the test. */
export async function temporaryFile(name: string, text: string, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'statewire-serve-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, name)
  if (text !== '') await writeFile(path, text, { mode })
  return path
}

/** What a program printed, when it has printed this; the program is ended then, and after the test at the latest. */
export function printed(program: string, argv: readonly string[], wanted: string, environment = {}): Promise<string> {
  const child = spawn(program, argv, { env: { ...process.env, ...environment } })
  onTestFinished(() => void child.kill('SIGKILL'))
  return textOf(child, wanted)
}

function textOf(child: ChildProcess, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    let complaint = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (!text.includes(wanted)) return
      resolve(text)
      child.kill('SIGKILL')
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      complaint += chunk
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`never saw ${wanted} in:\n${text}\n${complaint}`)))
  })
}
