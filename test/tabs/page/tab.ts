/**
 * One tab of several: it reads a stream across tabs, and sends what it is asked for.
 *
 * @module
 */
import { createActor } from 'xstate'
import { stateOf } from '../../../machines/connection.ts'
import { values } from '../../../src/codecs/codec.ts'
import { connection } from '../../../src/connection/connection.ts'
import { sendOver } from '../../../src/connection/send-over.ts'
import { TransportError } from '../../../src/errors.ts'
import type { Dial } from '../../../src/link.ts'
import { producerQueue } from '../../../src/producer/queue-kind.ts'
import { acrossTabs } from '../../../src/tabs/across-tabs.ts'
import { type DurableInput, durable } from '../../../src/transports/durable.ts'
import type { Seen, Sent } from './seen.ts'

const asked = new URLSearchParams(location.search)
const got: unknown[] = []
const failures: string[] = []
const silence = Number(asked.get('silence'))
let dials = 0
let protocol = ''
let stored = 0

const counted: Dial<DurableInput> = (input, request) => {
  dials += 1
  return durable(input, request)
}
const logic = connection(acrossTabs(counted, { silence, patience: silence }), { codec: values, queue: producerQueue })
const actor = createActor(logic, {
  input: {
    url: asked.get('url') ?? '',
    via: asked.get('via') === 'websocket' ? 'websocket' : 'sse',
    backoff: { base: 20, cap: 100 },
    retryBudget: 10_000,
  },
})
function failed(thrown: unknown): void {
  failures.push(thrown instanceof TransportError ? thrown.code : String(thrown))
}
actor.on('message', ({ message }) => got.push(message.data))
actor.on('connected', (event) => {
  protocol = event.protocol
})
actor.start()
actor.send({ type: 'connect' })

Object.assign(globalThis, {
  seen: (): Seen => ({ got, dials, state: stateOf(actor.getSnapshot()), protocol, stored, failures }),
  /** Does not wait for the answers. */
  sendRecords(tab: string, count: number): void {
    for (let n = 0; n < count; n++)
      sendOver(actor, { tab, n } satisfies Sent).then(() => {
        stored += 1
      }, failed)
  },
})
