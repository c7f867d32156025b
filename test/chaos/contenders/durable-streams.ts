/**
 * The reference client of the Durable Streams protocol against our server, with the retries that it has.
 *
 * @module
 */
import { type BackoffOptions, DurableStream, IdempotentProducer, stream } from '@durable-streams/client'
import type { Contender, ContenderClient, Ears } from '../contender.ts'
import { serveStream, streamUrl } from './stream-server.ts'

/** As short as ours. */
const backoffOptions: BackoffOptions = { initialDelay: 5, maxDelay: 50, multiplier: 2 }

export function durableStreamsReader(live: 'sse' | 'long-poll'): Contender {
  return {
    name: `@durable-streams/client, ${live}`,
    reads: true,
    writes: false,
    echoes: false,
    watchful: false,
    serve: serveStream,
    connect: async (url, ears) => {
      const leaving = new AbortController()
      // Not awaited: its first request may be cut, and is repeated.
      read(streamUrl(url), live, ears, leaving.signal).catch((thrown: unknown) => ears.died('down', String(thrown)))
      return { send: () => Promise.resolve(), close: () => leaving.abort() }
    },
  }
}

async function read(url: string, live: 'sse' | 'long-poll', ears: Ears, signal: AbortSignal): Promise<void> {
  // "Retry with same params", as its page on errors recommends.
  const onError = (): object => (signal.aborted ? Promise.reject(signal.reason) : {})
  const session = await stream({ url, live, signal, backoffOptions, onError, warnOnHttp: false })
  session.subscribeJson(({ items }) => {
    for (const item of items) ears.read(item)
  })
  await session.closed
}

export const durableStreamsProducer: Contender = {
  name: '@durable-streams/client, IdempotentProducer',
  reads: false,
  writes: true,
  echoes: false,
  watchful: false,
  serve: serveStream,
  connect: async (url, ears) => producerOf(streamUrl(url), ears),
}

function producerOf(url: string, ears: Ears): ContenderClient {
  const handle = new DurableStream({ url, contentType: 'application/json', backoffOptions, warnOnHttp: false })
  const producer = new IdempotentProducer(handle, 'writer', { autoClaim: true, onError: ears.told })
  return {
    async send(record) {
      producer.append(JSON.stringify(record))
    },
    // Waits for what is under way; what fails has been told.
    close: () => producer.close().then(ignore, ignore),
  }
}

function ignore(): void {}
