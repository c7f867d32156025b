/**
 * A page that sends as fast as its outbox takes, and tells how far it has come.
 *
 * @module
 */
import { createActor } from 'xstate'
import { durableConnection, type OutboxSlot, type OutboxStorage, sendOver } from '../../../src/durable.ts'
import { TransportError } from '../../../src/errors.ts'
import { indexedDbOutbox } from '../../../src/producer/indexed-db-outbox.ts'
import { producerId } from '../../../src/producer/producer-id.ts'
import type { Sent, Told } from './told.ts'

/** So many may wait to be kept, or to be stored by the server: the connection itself refuses more than 1,000. */
const AHEAD = { ofDisk: 300, ofServer: 900 }

const asked = new URLSearchParams(location.search)
const records = Number(asked.get('records'))
const padding = 'x'.repeat(Number(asked.get('padding')))
let told: Told = {
  tab: asked.get('tab') ?? '',
  life: producerId(),
  claimed: null,
  writing: 0,
  accepted: 0,
  stored: 0,
  failures: [],
  inherited: [],
}
let telling = false
let news = false
let wake: () => void = () => {}

/** The test hears of the newest only: one request at a time. */
async function tell(change: Partial<Told>): Promise<void> {
  told = { ...told, ...change }
  wake()
  news = true
  if (telling) return
  telling = true
  while (news) {
    news = false
    await fetch('/told', { method: 'POST', body: JSON.stringify(told) })
  }
  telling = false
}

function overheardSlot(slot: OutboxSlot): OutboxSlot {
  const during = async (write: Promise<void> | void): Promise<void> => {
    void tell({ writing: told.writing + 1 })
    try {
      await write
    } finally {
      void tell({ writing: told.writing - 1 })
    }
  }
  return {
    ...slot,
    async put(batch) {
      await during(slot.put(batch))
      void tell({ accepted: told.accepted + batch.records.length })
    },
    acknowledge: (sequence) => during(slot.acknowledge(sequence)),
    renumber: (epoch, batches) => during(slot.renumber(epoch, batches)),
  }
}

/** The outbox, overheard: what has been kept is told when it is sure, and not before. */
function overheard(outbox: OutboxStorage): OutboxStorage {
  return {
    ...outbox,
    async claim(stream, wanted) {
      const slot = await outbox.claim(stream, wanted)
      void tell({ claimed: { ...slot.producer, found: slot.found } })
      return overheardSlot(slot)
    },
    inherit: (stream, take) =>
      outbox.inherit?.(stream, (slot) => {
        void tell({ inherited: [...told.inherited, slot.producer.id] })
        take(slot)
      }) ?? (() => {}),
  }
}

const connection = createActor(durableConnection, {
  input: {
    url: asked.get('url') ?? '',
    via: asked.get('via') === 'websocket' ? 'websocket' : 'sse',
    from: 'now',
    producer: { storage: overheard(indexedDbOutbox('t')) },
    backoff: { base: 20, cap: 100 },
    retryBudget: 1_000_000,
  },
})

function failed(thrown: unknown): void {
  const code = thrown instanceof TransportError ? thrown.code : String(thrown)
  void tell({ failures: [...told.failures, code] })
}

connection.on('error', ({ error }) => failed(error))
connection.start()
connection.send({ type: 'connect' })
for (let n = 0; n < records; n++) {
  while (n - told.accepted >= AHEAD.ofDisk || n - told.stored >= AHEAD.ofServer) {
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  sendOver(connection, { life: told.life, n, padding } satisfies Sent).then(
    () => tell({ stored: told.stored + 1 }),
    failed,
  )
}
