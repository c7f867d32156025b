import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Mounted, start } from './mounted.ts'
import { ask } from './peers.ts'

let mounted: Mounted
beforeAll(async () => {
  mounted = await start('hono')
})

test('a reader behind a real socket that stands still misses nothing, and gets nothing twice', async () => {
  const url = `${mounted.url}/v1/stream/slow`
  const headers = { 'content-type': 'application/json' }
  await ask(url, { method: 'PUT', headers })
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}?offset=-1&live=ndjson`, { agent: false }, resolve).on('error', reject)
  })
  onTestFinished(() => void answer.destroy())
  // Nobody listens to its data: what does not fit into the sockets' buffers waits in the stream.
  const records = 60
  const filler = 'x'.repeat(100_000)
  const stream = mounted.streams.stream('slow')
  for (let number = 1; number <= records; number++) await stream.append({ number, filler })
  let text = ''
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  while (!text.includes(`"number":${records},`)) await once(answer, 'data')
  const numbers = [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number))
  expect(numbers).toEqual(Array.from({ length: records }, (_, index) => index + 1))
})

test('a client that goes away ends its read on the server', async () => {
  const url = `${mounted.url}/v1/stream/gone`
  await ask(url, { method: 'PUT', headers: { 'content-type': 'application/json' } })
  const reads = await Promise.all([1, 2, 3].map(() => ask(`${url}?offset=-1&live=sse`)))
  await Promise.all(reads.map((read) => read.saw('upToDate')))
  for (const read of reads) read.close()
  // A read that were still open would hold the server for as long as it is given to close: far beyond this test's time.
  await mounted.streams.close({ spreadMs: 0, graceMs: 1_000_000 })
})
