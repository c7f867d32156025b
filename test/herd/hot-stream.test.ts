/**
 * F44 of wire.md section 5: a stream that is hotter than its readers can take, in the size of a test.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { settle } from '../../src/testing/settle.ts'
import { STREAM, World } from './world.ts'

const protocols = ['websocket', 'sse'] as const

function faultsOf(world: World): unknown[] {
  const { members, reports } = world
  return [...members.map(({ journal }) => journal).filter(({ lost, repeated }) => lost + repeated > 0), ...reports]
}

/** A hub tells 512 in one turn of the event loop: these take three, and the next record is there after one. */
const many = 1_100

test.each(protocols)(
  'with a record in every turn and more %s readers than one turn can serve, records come several at once',
  async (protocol) => {
    const records = 50
    const world = new World({ clients: many, protocol, seed: 1 })
    const { server } = await world.open()
    await world.publish()
    await world.gather(0)
    await world.delivered()

    const stream = server.stream(STREAM)
    const before = world.members.map(({ journal }) => journal.deliveries)
    for (let count = 0; count < records; count++) {
      world.published += 1
      await Promise.all([stream.append({ n: world.published }), turn()])
    }
    await world.delivered()

    const deliveries = world.members.reduce(
      (sum, { journal }, index) => sum + journal.deliveries - (before[index] ?? 0),
      0,
    )
    const each = (records * many) / deliveries
    console.log(`${protocol}: ${each.toFixed(1)} records a delivery`)
    expect(each).toBeGreaterThan(1.5)
    expect(faultsOf(world)).toEqual([])
  },
)

/** wire.md 3.6: what may lie unsent for one connection is one batch beyond the socket's own high-water mark. */
const unsentLimit = 96 * 1024

/** What two sockets and the kernel between them may hold: 4 MB and 6 MB are Linux's most (`tcp_wmem`, `tcp_rmem`). */
const inFlightMost = 10 * 1024 * 1024

test.each(protocols)(
  '%s readers that stall lag, live, and lose nothing; nothing is kept for them',
  async (protocol) => {
    const [clients, slow, recordBytes] = [8, 2, 8 * 1024]
    const records = (3 * inFlightMost) / recordBytes / 2
    const wide = 'x'.repeat(recordBytes)
    const world = new World({ clients, protocol, seed: 1, retention: { bytes: 4 * inFlightMost } })
    const { server, sockets } = await world.open()
    await world.publish()
    await world.gather(0)
    await world.delivered()
    const stalled = world.members.slice(0, slow)
    const swift = world.members.slice(slow)
    for (const member of stalled) member.pause()

    const stream = server.stream(STREAM)
    let mostUnsent = 0
    for (let count = 0; count < records; count++) {
      world.published += 1
      await Promise.all([stream.append({ n: world.published, wide }), turn()])
      if (count % 20 === 0) mostUnsent = Math.max(mostUnsent, ...[...sockets].map((socket) => socket.writableLength))
    }
    await settle(() => swift.every(({ journal }) => journal.last === world.published), { timeout: 15_000 })
    console.log(`${protocol}: ${mostUnsent} bytes unsent at most`)

    // They lag, and the server remembers no more of them than where they are.
    for (const { journal } of stalled) expect(journal.last).toBeLessThan(world.published)
    expect(mostUnsent).toBeGreaterThan(0)
    expect(mostUnsent).toBeLessThanOrEqual(unsentLimit)
    expect(server.connections).toBe(clients)

    for (const member of stalled) member.resume()
    await world.delivered()
    expect(faultsOf(world)).toEqual([])
    // Nobody had to come back for it.
    expect(world.members.map(({ attempts }) => attempts.length)).toEqual(world.members.map(() => 1))
  },
)
