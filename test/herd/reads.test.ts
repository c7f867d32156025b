/**
 * F43 of wire.md section 5: a herd that comes back from far behind does not trample the store.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { settle } from '../../src/testing/settle.ts'
import { World } from './world.ts'

const clients = 80

/** More than the newest 256 records or 1 MiB that a hub keeps at hand. */
const behind = 3_000

test.each(['websocket', 'sse'] as const)(
  'of 80 %s clients, each behind by another distance, at most 32 reads of the store are under way, and all catch up',
  async (protocol) => {
    // Some turns for each: with an answer at once no two reads would ever meet.
    const slowRead = async (): Promise<void> => {
      for (let count = 0; count < 5; count++) await turn()
    }
    const world = new World({ clients, protocol, seed: 1, slowRead })
    await world.open()
    await world.publish(1)
    // One after the other, with a record between: no two stand at the same position, and no read serves two.
    for (const member of world.members) {
      member.start()
      await world.passUntil(() => member.state === 'reading')
      await settle(() => member.journal.last === world.published)
      member.leave()
      await world.publish(1)
    }
    for (let count = 0; count < behind / 100; count++) await world.publish(100)
    expect(world.store.readsAtOnce).toBeLessThanOrEqual(32)

    for (const member of world.members) member.start()
    await world.passUntil(() => world.members.every(({ state }) => state === 'reading'))
    await world.delivered()

    expect(world.store.readsAtOnce).toBeLessThanOrEqual(32)
    // It was crowded: a queue that lets one through at a time would not pass either.
    expect(world.store.readsAtOnce).toBeGreaterThanOrEqual(16)
    expect(world.members.filter(({ journal }) => journal.lost + journal.repeated > 0)).toEqual([])
    expect(world.reports).toEqual([])
  },
)
