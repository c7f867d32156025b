/**
 * A server in a process of its own, which drains when it is told to stop: `serving-process.ts PORT SPREAD_MS [FILE]`. It tells its
 * parent where it listens and what its closing said; its parent may block it, or ask for what it knows.
 *
 * @module
 */
import { createStreamServer, drainOnSignal, fileStore, memoryStore } from '../../../src/server/index.ts'
import { liftedLimits } from '../../../src/server/testing/lifted-limits.ts'

/** What the parent may ask for. */
export interface Wish {
  /** Let the event loop stand still for so many milliseconds. */
  readonly block: number
}

/** What the parent is told. */
export type News = { readonly port: number } | { readonly blocked: number } | { readonly report: string }

const [port = '0', spreadMs = '0', path] = process.argv.slice(2)
const tell = (news: News): void => void process.send?.(news)

const retention = { records: 100_000 }
const server = createStreamServer({
  allowAnonymous: true,
  autoCreate: true,
  store: path === undefined ? memoryStore({ retention }) : fileStore({ path, retention }),
  limits: liftedLimits,
  report: (error) => tell({ report: String(error) }),
})

drainOnSignal(server, { afterMs: 1_000, spreadMs: Number(spreadMs), withinMs: 20_000 })
process.on('disconnect', () => process.exit(3))
process.on('message', ({ block }: Wish) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, block)
  tell({ blocked: block })
})

const listening = await server.listen({ port: Number(port) })
tell({ port: listening.port })
