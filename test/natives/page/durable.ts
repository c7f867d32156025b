/**
 * Opens a stream with our own client again and again, over each kind of answer in turn, and tells what came of it.
 *
 * @module
 */
import { createActor, waitFor } from 'xstate'
import { durableConnection } from '../../../src/durable.ts'
import { taskOfPage, tell } from './task.ts'

const ROUNDS = 90
const vias = ['sse', 'ndjson', 'long-poll'] as const

const { url } = taskOfPage()
const failures: string[] = []
let opened = 0

for (let round = 0; round < ROUNDS; round++) {
  const connection = createActor(durableConnection, {
    input: {
      url: `${url}/v1/stream/log`,
      via: vias[round % vias.length] ?? 'sse',
      credentials: 'include',
      backoff: { base: 1, cap: 2 },
      retryBudget: 1_000_000,
    },
  }).start()
  connection.send({ type: 'connect' })
  const { context, value } = await waitFor(
    connection,
    (snapshot) => snapshot.hasTag('online') || snapshot.hasTag('failed'),
  )
  if (context.failure === null || context.established > 0) opened += 1
  else failures.push(`${round}: ${JSON.stringify(value)} ${context.failure.code}`)
  connection.stop()
}

await tell({ records: [], opened, gaveUp: failures.length, failure: failures.join(', ') || null })
