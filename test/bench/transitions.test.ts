/**
 * What makes the data plane fast, without a clock: while messages arrive the chart does nothing at all.
 *
 * @module
 */
import { expect, onTestFinished, test } from 'vitest'
import { createActor, type InspectionEvent, SimulatedClock } from 'xstate'
import { json } from '../../src/codecs/codec.ts'
import { connection } from '../../src/connection/connection.ts'
import { httpStream } from '../../src/transports/http-stream.ts'
import { sse } from '../../src/transports/sse.ts'
import { webSocket } from '../../src/transports/websocket.ts'
import { openBlastServer } from './blast.ts'
import type { Protocol } from './protocols.ts'

const count = 20_000

const logics = {
  websocket: connection(webSocket, { codec: json }),
  sse: connection(sse, { codec: json }),
  ndjson: connection(httpStream, { codec: json }),
}

/** Everything XState does that an inspector can see, or that a subscriber is told. */
interface Work {
  inspected: number
  told: number
}

async function receiveAll(protocol: Protocol) {
  const server = await openBlastServer(count)
  onTestFinished(server.close)
  const work: Work = { inspected: 0, told: 0 }
  const inspect = (event: InspectionEvent): void => {
    // The actor's birth is no work of the chart's.
    if (event.type !== '@xstate.actor') work.inspected += 1
  }
  const input = { url: server.urlOf(protocol) }
  // On a clock that stands still no timer of the chart can be mistaken for the work of a message.
  const actor = createActor(logics[protocol], { input, inspect, clock: new SimulatedClock() })
  onTestFinished(() => void actor.stop())
  actor.subscribe(() => {
    work.told += 1
  })
  const numbers: unknown[] = []
  const marks: (Work & { readonly snapshot: unknown })[] = []
  const mark = (): unknown => marks.push({ ...work, snapshot: actor.getSnapshot() })
  const all = new Promise<void>((resolve) => {
    actor.on('message', ({ message }) => {
      numbers.push((message.data as { readonly seq: number }).seq)
      if (numbers.length === 1) mark()
      if (numbers.length === count) resolve(void mark())
    })
  })
  actor.start().send({ type: 'connect' })
  await all
  return { actor, work, marks, numbers }
}

test.each<Protocol>(['websocket', 'sse', 'ndjson'])(
  `%s hands over ${count} messages without a transition of the chart and without a snapshot`,
  async (protocol) => {
    const { actor, work, marks, numbers } = await receiveAll(protocol)

    expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index + 1))
    const [atFirst, atLast] = marks
    expect(atFirst?.inspected).toBeGreaterThan(0)
    expect(atFirst?.told).toBeGreaterThan(0)
    expect({ inspected: atLast?.inspected, told: atLast?.told }).toEqual({
      inspected: atFirst?.inspected,
      told: atFirst?.told,
    })
    expect(atLast?.snapshot).toBe(atFirst?.snapshot)

    // The counters do see a transition when there is one.
    actor.send({ type: 'pause' })
    expect(work.inspected).toBeGreaterThan(atLast?.inspected ?? Number.POSITIVE_INFINITY)
    expect(work.told).toBeGreaterThan(atLast?.told ?? Number.POSITIVE_INFINITY)
  },
)
