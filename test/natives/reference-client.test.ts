import { DurableStream, IdempotentProducer, stream } from '@durable-streams/client'
import { describe, expect, it } from 'vitest'
import { noCuts, oneCut, randomCuts } from './cut-plans.ts'
import { expectLog, printedSeed, randomFrom, recordsFrom } from './log.ts'
import { feed, LOG, type Origin, startOrigin } from './origin.ts'
import { backoffOptions, headers, readToTheEnd } from './reference-reader.ts'

describe('the reference client of Durable Streams', () => {
  it.each(['sse', 'long-poll', false] as const)('reads every record once across cuts, live: %s', async (live) => {
    const random = randomFrom(printedSeed(`the reference client, live: ${live}`))
    const records = recordsFrom(random, 1_200)
    const origin = await startOrigin({ plan: randomCuts({ random, cuts: 30, bytes: 3_300 }) })
    const [read] = await Promise.all([readToTheEnd(logOf(origin), live), feed(origin, records)])
    expectLog(read.records, records)
    expect(read.lives).toBeGreaterThan(1)
    expect(origin.proxy.cuts).toBeGreaterThanOrEqual(20)
    expect(origin.reports).toEqual([])
  })

  it('writes every record once across cuts, in order, with five appends in flight', async () => {
    const random = randomFrom(printedSeed('the reference producer'))
    const records = recordsFrom(random, 1_200)
    const origin = await startOrigin({ plan: randomCuts({ random, cuts: 60, bytes: 4_000, alsoUploads: true }) })
    const failures: unknown[] = []
    const sender = new UntilAnswered()
    const producer = new IdempotentProducer(handleOf(origin), 'writer', {
      maxBatchBytes: 400,
      maxInFlight: 5,
      fetch: sender.fetch,
      onError: (error) => failures.push(error),
    })
    for (const record of records) producer.append(JSON.stringify(record))
    await producer.close()
    expect(failures).toEqual([])
    expectLog(await storedIn(origin), records)
    // Some were stored before their answer was cut off: sent again they are known, and not stored twice.
    expect(sender.repeats).toBeGreaterThan(0)
    expect(origin.proxy.cuts).toBeGreaterThanOrEqual(20)
    expect(origin.reports).toEqual([])
  })
})

/** Why the readers and writers above start the client anew. Once one of these fails, the client has learnt it. */
describe('the reference client by itself', () => {
  it('ends with the first cut of an event stream', async () => {
    const origin = await startOrigin({ plan: noCuts })
    await origin.stream.append({ n: 1 })
    const session = await stream({ url: logOf(origin), live: 'sse', headers, backoffOptions, warnOnHttp: false })
    let batches = 0
    session.subscribeJson(() => {
      // The first is history, fetched before; the second one has come over the event stream.
      batches += 1
      if (batches === 2) origin.proxy.cutAll()
    })
    await expect(session.closed).rejects.toThrow('terminated')
  })

  it('claims a position behind records that it has not handed over', async () => {
    // The head of the answer passes, half of its body does not.
    const origin = await startOrigin({ plan: oneCut(50_000) })
    await origin.stream.append(...Array.from({ length: 100 }, () => 'x'.repeat(1_000)))
    const session = await stream({ url: logOf(origin), live: false, headers, backoffOptions, warnOnHttp: false })
    const status = await origin.stream.status()
    expect(session.offset).toBe(status?.tail.offset)
    await expect(session.json()).rejects.toThrow('terminated')
  })

  it('loses a batch whose request is cut once', async () => {
    const origin = await startOrigin({ plan: oneCut(0) })
    const failures: unknown[] = []
    const producer = new IdempotentProducer(handleOf(origin), 'writer', { onError: (error) => failures.push(error) })
    producer.append('{"n":1}')
    await producer.flush()
    expect(String(failures)).toContain('fetch failed')
    expect(producer.pendingCount + producer.inFlightCount).toBe(0)
  })
})

function logOf({ url }: Origin): string {
  return `${url}/v1/stream/${LOG}`
}

function handleOf(origin: Origin): DurableStream {
  return new DurableStream({ url: logOf(origin), headers, contentType: 'application/json', warnOnHttp: false })
}

async function storedIn({ stream: log }: Origin): Promise<unknown[]> {
  const values: unknown[] = []
  for (;;) {
    const page = await log.read(values.length)
    if (page.length === 0) return values
    values.push(...page.map(({ value }) => value))
  }
}

/** Sends a request until it is answered: the producer itself gives up a batch whose request was cut. */
class UntilAnswered {
  /** Requests that came to the server twice, which it noticed. */
  repeats = 0

  readonly fetch: typeof fetch = async (...request) => {
    for (;;) {
      try {
        const answer = await fetch(...request)
        if (answer.status === 204) this.repeats += 1
        return answer
      } catch {
        // Cut. Whether the server had taken it nobody knows, and nobody needs to.
      }
    }
  }
}
