/**
 * The command under test: inside this process with streams of ours, or as the process a user starts.
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { run } from '../../src/cli/run.ts'

const entry = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Text that grows, and can be waited for. */
export interface Transcript {
  readonly text: string
  /** Its whole lines so far. */
  readonly lines: readonly string[]
  /** Resolves when the text holds this; rejects when it ends without. */
  saw(what: string | RegExp): Promise<void>
}

interface Writer extends Transcript {
  add(more: string): void
  end(): void
}

function transcript(): Writer {
  let text = ''
  let ended = false
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const check of waiting) check()
  }
  return {
    get text() {
      return text
    },
    get lines() {
      return text.split('\n').slice(0, -1)
    },
    add(more) {
      text += more
      look()
    },
    end() {
      ended = true
      look()
    },
    saw: (what) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = typeof what === 'string' ? text.includes(what) : what.test(text)
          if (!found && !ended) return
          waiting.delete(check)
          if (found) resolve()
          else reject(new Error(`never saw ${what} in:\n${text}`))
        }
        waiting.add(check)
        check()
      }),
  }
}

export interface RunningCommand {
  readonly stdout: Transcript
  readonly stderr: Transcript
  readonly exit: Promise<number>
  /** Ctrl-C. */
  interrupt(): void
  /** SIGHUP. */
  hangUp(): void
}

export interface InProcessOptions {
  readonly stdin?: string | undefined
  /** Instead of a stdout that takes everything at once. */
  readonly stdout?: Writable | undefined
  readonly environment?: Record<string, string> | undefined
  /** Make stdout and stderr look like terminals. */
  readonly terminal?: boolean | undefined
}

/** Runs the command here. Retries come without jitter, so that no test waits for chance. */
export function command(argv: readonly string[], options: InProcessOptions = {}): RunningCommand {
  const stdout = transcript()
  const stderr = transcript()
  const interrupted = new AbortController()
  const hangups = new Set<() => void>()
  const exit = run(argv, {
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: options.stdout ?? Object.assign(into(stdout), { isTTY: options.terminal }),
    stderr: Object.assign(into(stderr), { isTTY: options.terminal }),
    signal: interrupted.signal,
    onHangup(listener) {
      hangups.add(listener)
      return () => hangups.delete(listener)
    },
    environment: options.environment ?? {},
    now: Date.now,
    random: () => 0,
  }).finally(() => {
    stdout.end()
    stderr.end()
  })
  const hangUp = (): void => {
    for (const listener of hangups) listener()
  }
  return { stdout, stderr, exit, interrupt: () => interrupted.abort(), hangUp }
}

function into(target: Writer): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      target.add(chunk.toString())
      callback()
    },
  })
}

export interface SpawnedCommand extends RunningCommand {
  readonly child: ChildProcessWithoutNullStreams
}

/** Starts the command as a process of its own. */
export function spawned(argv: readonly string[]): SpawnedCommand {
  const child = spawn(process.execPath, [entry, ...argv])
  const stdout = transcript()
  const stderr = transcript()
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => stdout.add(chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => stderr.add(chunk))
  const exit = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      stdout.end()
      stderr.end()
      resolve(code ?? -1)
    })
  })
  const interrupt = (): void => void child.kill('SIGINT')
  return { child, stdout, stderr, exit, interrupt, hangUp: () => void child.kill('SIGHUP') }
}
