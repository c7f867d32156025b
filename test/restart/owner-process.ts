/**
 * The owner of a slot: `owner-process.ts DIRECTORY STREAM`. It says `ready`, then claims when it is told `claim` and puts a batch when
 * it is told `put`. It answers with the producer's id, and the number for the next batch. It releases nothing: it is there to die.
 *
 * @module
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileOutbox, type OutboxSlot } from '../../src/file-outbox.ts'

const [directory = '', stream = ''] = process.argv.slice(2)
const storage = fileOutbox(directory)
let slot: OutboxSlot | undefined
let next = 0

createInterface(process.stdin).on('line', async (line) => {
  if (line === 'claim') {
    slot = await storage.claim(stream)
    next = slot.next
  } else {
    await slot?.put({ sequence: next, records: [`record ${next}`] })
    next += 1
  }
  writeSync(1, `${slot?.producer.id} ${next}\n`)
})
writeSync(1, `ready ${process.pid}\n`)
