/**
 * What is measured against, as a process of its own: `node blast-server.ts COUNT` prints the {@link Ports} of the blast server and of
 * a real stream server with the same messages, in one line, and runs until it is killed.
 *
 * @module
 */
import { createStreamServer } from '../../src/server/index.ts'
import { liftedLimits } from '../../src/server/testing/lifted-limits.ts'
import { openBlastServer } from './blast.ts'
import { messageText } from './protocols.ts'

export interface Ports {
  readonly blast: number
  readonly streams: number
}

const APPEND_AT_ONCE = 1_000

const count = Number(process.argv[2])
const server = createStreamServer({
  allowAnonymous: true,
  limits: { ...liftedLimits, memoryBytes: count * 2_048 },
  retention: { records: count, bytes: count * 1_024 },
})
const stream = server.stream('bench')
for (let first = 1; first <= count; first += APPEND_AT_ONCE) {
  const records = Array.from({ length: Math.min(APPEND_AT_ONCE, count - first + 1) }, (_, index) => first + index)
  await stream.append(...records.map((seq): unknown => JSON.parse(messageText(seq))))
}
const ports: Ports = { blast: (await openBlastServer(count)).port, streams: (await server.listen()).port }
console.log(JSON.stringify(ports))
