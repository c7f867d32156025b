import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { durableConnection } from '../durable.ts'
import { mountServer } from '../server/testing/rig.ts'
import type { DurableInput, DurableVia } from './durable-input.ts'
import { until } from './websocket-rig.ts'

function startReader(input: DurableInput) {
  const data: unknown[] = []
  const gaps: unknown[] = []
  const errors: unknown[] = []
  const reader = createActor(durableConnection, { input: { backoff: { base: 1, cap: 1 }, ...input } })
  reader.on('message', ({ message }) => void data.push(message.data))
  reader.on('gap', ({ gap }) => void gaps.push(gap))
  reader.on('error', ({ error }) => void errors.push(error))
  onTestFinished(() => void reader.stop())
  reader.start().send({ type: 'connect' })
  return { data, gaps, errors }
}

test.each<DurableVia | 'auto'>(['sse', 'ndjson', 'websocket', 'auto'])(
  'over %s, whoever asks for all of a stream of which only the newest counts is given that, and no gap is said',
  async (via) => {
    const { server, url } = await mountServer({ tuning: () => ({ latestOnly: true }) })
    const room = server.stream('rooms/42')
    await room.append(1, 2, 3)
    const { data, gaps, errors } = startReader({ url: `${url}/v1/stream/rooms/42`, via })
    await until(() => data.length === 1 && server.connections === 1)
    await room.append(4)
    await until(() => data.length === 2)
    expect([data, gaps, errors]).toEqual([[3, 4], [], []])
  },
)

test.each<DurableVia>(['sse', 'ndjson', 'long-poll'])(
  'over %s, a place behind the end is a gap that is said once, and reading goes on as was wished',
  async (via) => {
    const { server, url } = await mountServer()
    const room = server.stream('rooms/42')
    await room.append(1, 2)
    const address = `${url}/v1/stream/rooms/42`
    const tail = (await fetch(address, { method: 'HEAD' })).headers.get('stream-next-offset')
    const input: DurableInput = { url: address, via, from: `${tail}+3` }
    const { data, gaps } = startReader({ ...input, onGap: 'restart' })
    await until(() => data.length === 2)
    const strict = startReader(input)
    await until(() => strict.errors.length > 0)
    await room.append(3)
    await until(() => data.length === 3)
    expect([data, gaps]).toEqual([[1, 2, 3], [{ reason: 'truncated', lost: null }]])
    expect([strict.data, strict.errors]).toEqual([[], [expect.objectContaining({ code: 'gap', lost: null })]])
  },
)
