/**
 * Processes of the tests in this room: what they say, line by line, and their end.
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A directory for outboxes, until the test is over. */
export function outboxDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'statewire-restart-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  return join(parent, 'outbox')
}

export class Spoken {
  readonly lines: string[] = []
  readonly child: ChildProcessWithoutNullStreams
  /** What it said against its will. */
  errors = ''
  /** Resolves with the signal, or `null` when it ended by itself. */
  readonly ended: Promise<NodeJS.Signals | null>
  #hear: () => void = () => {}

  /** Runs a program of this room. */
  constructor(program: URL, args: readonly string[] = [], command: readonly string[] = []) {
    const [file = '', ...rest] = [...command, process.execPath, '--no-warnings', program.pathname, ...args]
    this.child = spawn(file, rest)
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    createInterface(this.child.stdout).on('line', (line) => {
      this.lines.push(line)
      this.#hear()
    })
    this.ended = new Promise((resolve) => {
      this.child.on('close', (_code, signal) => {
        this.#hear()
        resolve(signal)
      })
    })
    onTestFinished(async () => {
      this.child.kill('SIGKILL')
      await this.ended
    })
  }

  /** Resolves once it has said so much; rejects when it ends before. */
  async said(count: number): Promise<readonly string[]> {
    while (this.lines.length < count) {
      const gone = this.child.exitCode !== null || this.child.signalCode !== null
      if (gone) throw new Error(`The process ended after ${this.lines.length} lines. ${this.errors}`)
      await new Promise<void>((resolve) => {
        this.#hear = resolve
      })
    }
    return this.lines
  }

  /** Says a line to it, and resolves with its answer. */
  async ask(line: string): Promise<string> {
    const { length } = this.lines
    this.child.stdin.write(`${line}\n`)
    return (await this.said(length + 1)).at(length) ?? ''
  }

  /** Ends it without a warning. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
