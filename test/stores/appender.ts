/**
 * A process that appends as fast as it can until it is killed: `appender.ts <file> <durability> <next sequence of each
 * producer>…`. Every acknowledged append is a line, `<producer> <sequence>`, and on the pipe before the next one begins.
 *
 * @module
 */

import { writeSync } from 'node:fs'
import { fileStore } from '../../src/server/stores/file-store.ts'
import type { AppendRequest } from '../../src/server/stores/store.ts'

const [path = '', durability, ...starts] = process.argv.slice(2)
const store = fileStore({
  path,
  durability: durability === 'normal' ? 'normal' : 'full',
  retention: { records: 1_000_000, bytes: 2 ** 30 },
})
const quota = { streams: 10, ofOwner: 10 }
const config = { contentType: 'text/plain', ttlMs: null, expiresAt: null, owner: null }
await store.create('log', { config, records: [], closed: false, quota })

/** Two records each, of different sizes: half an append would show. */
function appendOf(producer: string, seq: number): AppendRequest {
  return {
    records: [`${producer} ${seq} first`, `${producer} ${seq} second ${'x'.repeat((seq * 37) % 6_000)}`],
    essence: 'text/plain',
    producer: { id: producer, epoch: 0, seq },
    principal: 'ann',
    streamSeq: null,
    idempotencyKey: `${producer} ${seq}`,
    fingerprint: `${seq}`,
    close: false,
  }
}

async function produce(producer: string, start: number): Promise<never> {
  for (let seq = start; ; seq++) {
    const outcome = await store.append('log', appendOf(producer, seq))
    if (outcome.kind !== 'appended') throw new Error(`${producer} ${seq}: ${outcome.kind}`)
    writeSync(1, `${producer} ${seq}\n`)
  }
}

writeSync(1, 'open\n')
await Promise.all(starts.map((start, index) => produce(`p${index}`, Number(start))))
