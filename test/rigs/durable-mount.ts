/**
 * The real stream server under each room: `/room/NAME/v1/stream/log` and `/room/NAME/v1/ws`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { createStreamServer, memoryStore } from '../../src/server/index.ts'
import { liftedLimits } from '../../src/server/testing/lifted-limits.ts'
import type { RigRequest, RigResponse } from './exchange.ts'
import type { Room } from './room.ts'

/** A room's durable side. It is made when it is first used: most rooms never do. */
export interface DurableMount {
  handle(request: RigRequest, response: RigResponse, url: string): Promise<void>
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: string): void
  append(values: readonly unknown[]): void
  end(): void
  close(): Promise<void>
}

/** The name of the one stream in each room. */
const streamName = 'log'

export function mountDurable(room: Room): DurableMount {
  const retention = { records: 100_000, bytes: 256 * 1024 * 1024 }
  const store = memoryStore({ retention, bytes: Number.POSITIVE_INFINITY })
  const server = createStreamServer({ allowAnonymous: true, limits: liftedLimits, store })
  const stream = server.stream(streamName)
  // What goes into memory is there at once: nobody has to wait for the promises.
  let appending = true
  void stream.create()
  void stream.append(...room.records.map(({ data }) => data))
  if (room.ended) void stream.close()
  appending = false
  // What the rig did not append itself came from a client.
  store.watch(({ records }) => {
    if (appending) return
    for (const { body } of records) room.receive({ body: String(JSON.parse(String(body))), type: 'application/json' })
  })
  return {
    async handle(request, response, url) {
      prepare(request, url)
      await server.handle(request as IncomingMessage, response as ServerResponse)
    },
    upgrade(request, socket, head, url) {
      prepare(request, url)
      server.upgrade(request, socket, head)
    },
    append(values) {
      appending = true
      void stream.append(...values)
      appending = false
    },
    end: () => void stream.close(),
    // At once: the clients of a test that is over have nothing left to say.
    close: () => server.close({ spreadMs: 0, graceMs: 1 }),
  }
}

/** Nobody can say which origin the test page has, so that the server is not asked to judge it. */
function prepare(request: RigRequest, url: string): void {
  request.url = url
  delete request.headers.origin
}
