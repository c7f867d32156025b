/**
 * Our own server as an origin: positions, heartbeats and long lives on the simulated clock.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStreamServer } from '../../src/server/index.ts'
import { liftedLimits } from '../../src/server/testing/lifted-limits.ts'
import type { Entry, OpenOrigin } from './origin.ts'

/** Sent by a client, not by the server. */
const isSent = (id: string): boolean => id.startsWith('s')

export const openDurable: OpenOrigin = async (clock) => {
  const log: string[] = []
  const reports: unknown[] = []
  const report = (error: unknown): void => void reports.push(error)
  const server = createStreamServer({ allowAnonymous: true, limits: liftedLimits, clock, report })
  const stream = server.stream('log')
  let over = false
  await stream.create()
  stream.subscribe((records) => log.push(...records.map(({ value }) => (value as Entry).id)))
  const http = createServer((request, response) => {
    // One request per socket: a kept one would carry a read behind a post, and the gate tells them apart by the first line.
    response.shouldKeepAlive = false
    void server.handle(request, response)
  })
  http.on('upgrade', (request, socket, head) => server.upgrade(request, socket, head))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    port: (http.address() as AddressInfo).port,
    path: '/v1/stream/log',
    log,
    starts: [],
    pages: [],
    get received() {
      return log.filter(isSent)
    },
    get over() {
      return over
    },
    write: (entries) => void stream.append(...entries),
    end() {
      over = true
      void stream.close()
    },
    counts: () => true,
    async close() {
      http.closeAllConnections()
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      await server.close()
      await closed
      if (reports.length > 0) throw reports[0]
    },
  }
}
