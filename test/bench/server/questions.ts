/**
 * Questions to a child process and its answers, over Node's IPC channel: each name a function, in both processes the same types.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { pinned } from '../processes.ts'

/** What a process can be asked. */
export type Answers<Names> = { readonly [Name in keyof Names]: (value: never) => unknown }

interface Question {
  readonly number: number
  readonly name: string
  readonly value: unknown
}

interface Answer {
  readonly number: number
  readonly value?: unknown
  readonly error?: string | undefined
}

/** A child process that answers. */
export interface Asked<Names extends Answers<Names>> {
  /** Rejects when the process fails at it, or ends. */
  ask<Name extends keyof Names>(
    name: Name,
    ...value: Parameters<Names[Name]>
  ): Promise<Awaited<ReturnType<Names[Name]>>>
  /** Ends the process, and resolves when it is gone. */
  end(): Promise<void>
}

/** 10,000 connections at the slowest rate seen take 20 s; whoever is silent for much longer is stuck. */
const PATIENCE_MS = 180_000

/** Starts a script on one core (where the machine lets us) that calls {@link answerWith}. Its output goes to ours. */
export function startAsked<Names extends Answers<Names>>(
  script: string,
  core: number,
  ...values: readonly string[]
): Asked<Names> {
  const node = [process.execPath, ...process.execArgv, script, ...values]
  const [command = '', ...rest] = pinned ? ['taskset', '-c', String(core), ...node] : node
  return asked(spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
}

function asked<Names extends Answers<Names>>(child: ChildProcess): Asked<Names> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let asks = 0
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const { reject } of waiting.values()) reject(new Error(`The process ended: ${signal ?? code}.`))
      waiting.clear()
      resolve()
    })
  })
  child.on('message', (message) => {
    const { number, value, error } = message as Answer
    const asker = waiting.get(number)
    waiting.delete(number)
    if (error === undefined) asker?.resolve(value)
    else asker?.reject(new Error(error))
  })
  return {
    ask(name, value?: unknown) {
      const number = asks++
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`No answer to ${String(name)}.`)), PATIENCE_MS)
        waiting.set(number, {
          resolve: (answer) => {
            clearTimeout(timer)
            // The other process was compiled against the same types.
            resolve(answer as never)
          },
          reject: (error) => {
            clearTimeout(timer)
            reject(error)
          },
        })
        child.send({ number, name: String(name), value } satisfies Question)
      })
    },
    async end() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Answers the parent's questions until the parent is gone. */
export function answerWith<Names extends Answers<Names>>(answers: Names): void {
  process.on('message', async (message) => {
    const { number, name, value } = message as Question
    try {
      if (!Object.hasOwn(answers, name)) throw new Error(`Nobody answers to ${name}.`)
      reply({ number, value: await answers[name as keyof Names](value as never) })
    } catch (error) {
      reply({ number, error: error instanceof Error ? error.message : String(error) })
    }
  })
  process.once('disconnect', () => process.exit(0))
}

function reply(answer: Answer): void {
  process.send?.(answer)
}
