/**
 * Node's own `EventSource` against our server. It only reads. It runs in a thread of its own, because it is behind a flag.
 *
 * @module
 */
import { Worker } from 'node:worker_threads'
import type { Contender } from '../contender.ts'
import { serveStream, streamUrl } from './stream-server.ts'

/** What the thread tells. */
export type Told = { readonly record: unknown } | { readonly closed: string }

export const eventSource: Contender = {
  name: "Node's EventSource",
  reads: true,
  writes: false,
  echoes: false,
  watchful: false,
  serve: serveStream,
  async connect(url, ears) {
    const worker = new Worker(new URL('./event-source-thread.ts', import.meta.url), {
      workerData: `${streamUrl(url)}?offset=-1&live=sse&errors=event`,
      execArgv: ['--experimental-eventsource'],
    })
    worker.on('message', (told: Told) => {
      if ('record' in told) ears.read(told.record)
      else ears.died('down', told.closed)
    })
    worker.on('error', (error) => ears.died('down', String(error)))
    return {
      send: () => Promise.resolve(),
      async close() {
        await worker.terminate()
      },
    }
  },
}
