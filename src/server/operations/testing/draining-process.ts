/**
 * A server in a process of its own that stops when it is told to. It prints one line for each thing that happens. Its argument says how
 * closing goes: `well`, `never`, or `wrong`.
 *
 * @module
 */

import { createStreamServer } from '../../index.ts'
import { type Drainable, drainOnSignal } from '../signals.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const server = createStreamServer({ allowAnonymous: true, autoCreate: true })
const { port, admin } = await server.listen({ admin: {} })

const ways: Readonly<Record<string, Drainable>> = {
  well: server,
  never: { close: () => new Promise(() => {}) },
  wrong: { close: () => Promise.reject(new Error('the disk is full')) },
}

const [, , way = 'well', withinMs] = process.argv
drainOnSignal(ways[way] ?? server, {
  spreadMs: 5_000,
  withinMs: withinMs === undefined ? undefined : Number(withinMs),
  stopping: (signal) => say(`stopping ${signal}`),
  report: (error) => say(`report ${error}`),
})

say(`ports ${port} ${admin?.port}`)
