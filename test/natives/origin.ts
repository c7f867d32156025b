/**
 * A server that demands a token, a proxy in front of it that cuts, and a log that grows while it is read.
 *
 * @module
 */
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { createStreamServer, type ServerStream, type StreamServerOptions } from '../../src/server/index.ts'
import { liftedLimits } from '../../src/server/testing/lifted-limits.ts'
import { CuttingProxy, type CuttingProxyOptions } from './cutting-proxy.ts'
import type { LogRecord } from './log.ts'

/** What the server demands, as a bearer token or in the cookie {@link SESSION_COOKIE}. */
export const TOKEN = 'natives-token'

/** How a page shows the token where it can set no header. */
export const SESSION_COOKIE = `session=${TOKEN}`

/** The name of the one stream. */
export const LOG = 'log'

export interface Origin {
  /** The server as clients reach it: behind the proxy. */
  readonly url: string
  /** The server itself. */
  readonly directUrl: string
  readonly proxy: CuttingProxy
  readonly stream: ServerStream
  /** What the server reported: nothing, if all is well. */
  readonly reports: readonly unknown[]
}

/** Everything is gone again when the test is over. */
export async function startOrigin(
  cutting: Omit<CuttingProxyOptions, 'upstream'>,
  options: Partial<StreamServerOptions> = {},
): Promise<Origin> {
  const reports: unknown[] = []
  const server = createStreamServer({
    authenticate: ({ token, header }) =>
      token === TOKEN || header('cookie') === SESSION_COOKIE ? { id: 'reader' } : null,
    // One machine is the only client, and comes back without rest.
    limits: liftedLimits,
    report: (error) => reports.push(error),
    ...options,
  })
  const { url: directUrl, port } = await server.listen()
  const stream = server.stream(LOG)
  await stream.create()
  const proxy = new CuttingProxy({ ...cutting, upstream: port })
  const url = await proxy.listen()
  onTestFinished(async () => {
    await proxy.close()
    await server.close({ spreadMs: 0, graceMs: 1 })
  })
  return { url, directUrl, proxy, stream, reports }
}

/** How many records one append brings. */
const BATCH = 5

/**
 * Appends all records and closes the stream. Each batch waits until bytes have gone out after the one before: so it is read
 * live as well as from history, and nobody has to guess how long a reader needs.
 */
export async function feed({ stream, proxy }: Origin, records: readonly LogRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += BATCH) {
    const moved = once(proxy, 'moved')
    await stream.append(...records.slice(from, from + BATCH))
    await moved
  }
  await stream.close()
}
