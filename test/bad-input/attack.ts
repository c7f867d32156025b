/**
 * Starts `slow-attack.ts`, and waits for what it tells.
 *
 * @module
 */

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AttackReport, Slowness } from './slow-attack.ts'

export interface Attack {
  /** All connections are open. */
  readonly open: Promise<void>
  /** All of them have ended: how many with which status or close code. */
  readonly over: Promise<Readonly<Record<string, number>>>
  stop(): void
}

const PROGRAM = fileURLToPath(new URL('./slow-attack.ts', import.meta.url))

/** Opens so many connections to a server, from another process. */
export function attack(kind: Slowness, port: number, count: number, token: string): Attack {
  const child = fork(PROGRAM, [kind, String(port), String(count), token], { execArgv: [] })
  const told = <T>(pick: (report: AttackReport) => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      child.on('message', (message) => {
        const found = pick(message as AttackReport)
        if (found !== undefined) resolve(found)
      })
    })
  return {
    open: told((report) => ('open' in report ? true : undefined)).then(() => {}),
    over: told((report) => ('ended' in report ? report.ended : undefined)),
    stop: () => void child.kill(),
  }
}
