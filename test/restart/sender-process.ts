/**
 * A client that sends `[life, 0]`, `[life, 1]`, … through an outbox in files: `sender-process.ts URL DIRECTORY VIA LIFE [COUNT]`.
 * Each record that the outbox has accepted is a line, `kept [life, n]`, and on the pipe before anything else happens; each confirmed one is
 * `stored n`. It sends for ever, or a number of records, and ends when all of them and what it found in the outbox are stored.
 *
 * @module
 */
import { writeSync } from 'node:fs'
import { createActor } from 'xstate'
import { durableConnection, type OutboxSlot, resumeTokenOf, sendOver } from '../../src/durable.ts'
import { fileOutbox } from '../../src/file-outbox.ts'
import { CARRIERS, PATIENT } from './patience.ts'
import { steadily } from './steadily.ts'

const [url = '', directory = '', carrier, life, count = 'Infinity'] = process.argv.slice(2)
const via = CARRIERS.find((each) => each === carrier)
const files = fileOutbox(directory)

function telling(slot: OutboxSlot): OutboxSlot {
  const { producer, found, next, batches } = slot
  return {
    producer,
    found,
    next,
    batches,
    put: async (batch) => {
      await slot.put(batch)
      for (const record of batch.records) writeSync(1, `kept ${record}\n`)
    },
    acknowledge: (sequence) => slot.acknowledge(sequence),
    renumber: (epoch, renumbered) => slot.renumber(epoch, renumbered),
    release: () => slot.release(),
  }
}

const storage = { ...files, claim: async (stream: string) => telling(await files.claim(stream)) }
const connection = createActor(durableConnection, { input: { url, via, producer: { storage }, ...PATIENT } }).start()
connection.on('error', ({ error }) => {
  throw error
})
connection.send({ type: 'connect' })

await steadily(
  async (n) => {
    await sendOver(connection, [Number(life), n])
    writeSync(1, `stored ${n}\n`)
  },
  (n) => n < Number(count),
)
if (resumeTokenOf(connection).producer?.waiting !== 0) throw new Error('Something still waits.')
connection.send({ type: 'close' })
