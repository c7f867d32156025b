import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { durableConnection, resumeTokenOf, sendOver } from '../durable.ts'
import { startServer } from '../server/testing/rig.ts'
import { until } from '../transports/websocket-rig.ts'

const quick = { backoff: { base: 5, cap: 20 }, retryBudget: 1_000_000, environment: false } as const

const rungs = ['websocket', 'sse', 'ndjson', 'long-poll'] as const

test.each(rungs)('over %s: a thousand sends arrive once and in order, under one producer', async (via) => {
  const { server, at } = await startServer({ autoCreate: true })
  const stream = server.stream('a')
  await stream.append({ first: true })
  const actor = createActor(durableConnection, { input: { url: at('a'), via, ...quick } }).start()
  onTestFinished(() => actor.send({ type: 'close' }))
  const seen: unknown[] = []
  actor.on('message', ({ message }) => seen.push(message.data))
  actor.send({ type: 'connect' })
  await Promise.all(Array.from({ length: 1000 }, (_, n) => sendOver(actor, { n })))
  await until(() => seen.length >= 1001)
  expect(seen.slice(1)).toEqual(Array.from({ length: 1000 }, (_, n) => ({ n })))
  expect(resumeTokenOf(actor)).toMatchObject({ producer: { epoch: 0, waiting: 0 } })
})
