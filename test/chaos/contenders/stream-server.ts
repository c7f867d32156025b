/**
 * Our server, for every contender that speaks its protocol: one stream that everybody writes to and reads.
 *
 * @module
 */
import { createStreamServer, memoryStore } from '../../../src/server/index.ts'
import { liftedLimits } from '../../../src/server/testing/lifted-limits.ts'
import type { ContenderServer } from '../contender.ts'
import { writerOf } from '../record.ts'

const PATH = 'room'

/** Far more than a reader may be behind; a million records would not fit. */
const retention = { records: 50_000, bytes: 64 * 1024 * 1024 }

export function streamUrl(url: string): string {
  return `${url}/v1/stream/${PATH}`
}

export async function serveStream(stored: (value: unknown) => void): Promise<ContenderServer> {
  const reports: unknown[] = []
  const server = createStreamServer({
    allowAnonymous: true,
    // One machine is the only client, and comes back without rest.
    limits: liftedLimits,
    store: memoryStore({ retention }),
    report: (error) => reports.push(error),
  })
  const stream = server.stream(PATH)
  await stream.create()
  stream.subscribe((records) => {
    for (const { value } of records) if (writerOf(value) !== 'server') stored(value)
  })
  const { port } = await server.listen()
  return {
    port,
    reports,
    async write(records) {
      await stream.append(...records)
    },
    close: () => server.close({ spreadMs: 0, graceMs: 1 }),
  }
}
