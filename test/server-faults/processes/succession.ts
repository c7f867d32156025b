/**
 * Servers in processes of their own that follow each other on one port and one file.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { News, Wish } from './serving-process.ts'

const PROGRAM = fileURLToPath(new URL('serving-process.ts', import.meta.url))

export interface SuccessionOptions {
  /** Over how long a server that stops spreads the return of its clients. Default 0. */
  readonly spreadMs?: number | undefined
  /** Where streams are kept. Default: a file of their own. */
  readonly store?: 'file' | 'memory' | undefined
  /** What the shell does before the server starts: `ulimit -n 60`. */
  readonly confine?: string | undefined
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export class Succession {
  /** What the servers reported. */
  readonly reports: string[] = []
  readonly #args: readonly string[]
  readonly #confine: string
  #child: ChildProcess | null = null
  #ended: Promise<Ended> = Promise.resolve({ code: null, signal: null })
  #port = 0
  #up: Promise<void> = Promise.resolve()
  #arrived: () => void = () => {}
  readonly #heard = new Set<(news: News) => void>()

  constructor({ spreadMs = 0, store = 'file', confine = ':' }: SuccessionOptions = {}) {
    const directory = mkdtempSync(join(tmpdir(), 'statewire-faults-'))
    onTestFinished(async () => {
      this.#child?.kill('SIGKILL')
      await this.#ended
      rmSync(directory, { recursive: true })
    })
    this.#args = [String(spreadMs), ...(store === 'file' ? [join(directory, 'streams.db')] : [])]
    this.#confine = confine
    this.#down()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get port(): number {
    return this.#port
  }

  /** Where the present server is; while there is none, where the next one will be, once it is there. */
  readonly address = async (): Promise<string> => {
    await this.#up
    return `http://127.0.0.1:${this.#port}`
  }

  /** Starts a server, on the port of the one before it, and resolves when it listens. */
  async start(): Promise<string> {
    const command = `${this.#confine} && exec "$0" --no-warnings "$@"`
    const args = ['-c', command, process.execPath, PROGRAM, String(this.#port), ...this.#args]
    const child = spawn('sh', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#child = child
    this.#ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })))
    child.on('message', (news: News) => {
      if ('report' in news) this.reports.push(news.report)
      for (const hear of this.#heard) hear(news)
    })
    const listening = this.#news((news) => 'port' in news)
    const early = this.#ended.then(({ code }) => Promise.reject(new Error(`The server ended with ${code}.`)))
    early.catch(() => {})
    const news = await Promise.race([listening, early])
    if ('port' in news) this.#port = news.port
    this.#arrived()
    return this.address()
  }

  /** Ends the server; from now on {@link address} waits for the next one. */
  end(signal: NodeJS.Signals): Promise<Ended> {
    this.#down()
    this.#child?.kill(signal)
    return this.#ended
  }

  /** Lets the server's event loop stand still, and resolves when it runs again. */
  async block(milliseconds: number): Promise<void> {
    const blocked = this.#news((news) => 'blocked' in news)
    this.#child?.send({ block: milliseconds } satisfies Wish)
    await blocked
  }

  #down(): void {
    this.#up = new Promise((resolve) => {
      this.#arrived = resolve
    })
  }

  #news(wanted: (news: News) => boolean): Promise<News> {
    return new Promise((resolve) => {
      const hear = (news: News): void => {
        if (!wanted(news)) return
        this.#heard.delete(hear)
        resolve(news)
      }
      this.#heard.add(hear)
    })
  }
}
