/**
 * The contract: a slot has one owner, and goes on where its last one stopped.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { producerId } from '../producer-id.ts'
import { claimed, type MakePlace, STREAM } from './rig.ts'

export function claimingCases(make: MakePlace): void {
  describe('claiming', () => {
    test('makes a slot where there is none', async () => {
      const storage = (await make()).open()
      expect(storage.survives).toBe(true)
      const slot = await storage.claim(STREAM)
      expect(slot).toMatchObject({ found: 'new', next: 0, batches: [], producer: { epoch: 0 } })
      expect(slot.producer.id).toMatch(/^[\w-]{16,}$/)
    })

    test('goes on with a slot that was released, under the same epoch', async () => {
      const place = await make()
      const slot = await claimed(place.open(), 3)
      await slot.acknowledge(0)
      await slot.release()
      const next = await place.open().claim(STREAM)
      expect(next).toMatchObject({ found: 'kept', next: 3, producer: slot.producer })
      expect(next.batches.map(({ sequence }) => sequence)).toEqual([1, 2])
    })

    test('goes on with the numbers of a slot in which nothing waits', async () => {
      const place = await make()
      const slot = await claimed(place.open(), 2)
      await slot.acknowledge(1)
      await slot.release()
      const next = await place.open().claim(STREAM)
      expect(next).toMatchObject({ found: 'kept', next: 2, batches: [], producer: slot.producer })
    })

    test('takes no slot that somebody holds', async () => {
      const place = await make()
      const [one, other] = [await claimed(place.open(), 1), await claimed(place.open(), 1)]
      expect(other).toMatchObject({ found: 'new', next: 0 })
      expect(other.producer.id).not.toBe(one.producer.id)
    })

    test('never shares a slot among ten who come at once', async () => {
      const place = await make()
      const first = await Promise.all(Array.from({ length: 10 }, () => place.open().claim(STREAM)))
      expect(new Set(first.map(({ producer }) => producer.id)).size).toBe(10)
      for (const slot of first) await slot.release()
      const second = await Promise.all(Array.from({ length: 12 }, () => place.open().claim(STREAM)))
      expect(new Set(second.map(({ producer }) => producer.id)).size).toBe(12)
    })

    test('shares no slot within one storage either', async () => {
      const storage = (await make()).open()
      const slots = await Promise.all([storage.claim(STREAM), storage.claim(STREAM), storage.claim(STREAM)])
      expect(new Set(slots.map(({ producer }) => producer.id)).size).toBe(3)
    })

    test('takes a slot in which something waits before one in which nothing does', async () => {
      const place = await make()
      const slots = [await claimed(place.open()), await claimed(place.open(), 1), await claimed(place.open())]
      for (const slot of slots) await slot.release()
      expect((await place.open().claim(STREAM)).producer).toEqual(slots[1]?.producer)
    })

    test('keeps streams apart', async () => {
      const place = await make()
      const slot = await claimed(place.open(), 1, 'https://example.com/v1/stream/a')
      await slot.release()
      expect(await place.open().claim('https://example.com/v1/stream/b')).toMatchObject({ found: 'new' })
      expect(await place.open().claim('https://example.com/v1/stream')).toMatchObject({ found: 'new' })
      expect((await place.open().claim('https://example.com/v1/stream/a')).producer).toEqual(slot.producer)
    })

    test('gives back the slot that is wanted, though something waits in another one', async () => {
      const place = await make()
      const [wanted, other] = [await claimed(place.open()), await claimed(place.open(), 1)]
      await wanted.release()
      await other.release()
      expect(await place.open().claim(STREAM, wanted.producer)).toMatchObject({
        found: 'kept',
        producer: wanted.producer,
      })
    })

    test('makes a wanted slot that is gone under the next epoch, and says that it is lost', async () => {
      const place = await make()
      const producer = { id: producerId(), epoch: 4 }
      const slot = await place.open().claim(STREAM, producer)
      expect(slot).toMatchObject({ found: 'lost', next: 0, batches: [], producer: { id: producer.id, epoch: 5 } })
      await slot.release()
      expect(await place.open().claim(STREAM, producer)).toMatchObject({ found: 'kept', producer: slot.producer })
    })

    test('takes another slot than the wanted one when somebody holds that', async () => {
      const place = await make()
      const held = await claimed(place.open(), 1)
      const slot = await place.open().claim(STREAM, held.producer)
      expect(slot).toMatchObject({ found: 'new', next: 0, batches: [] })
      expect(slot.producer.id).not.toBe(held.producer.id)
    })

    test('takes another slot than the wanted one when that was buried', async () => {
      const place = await make()
      const buried = await claimed(place.open(), 1)
      if (buried.bury === undefined) throw new Error('This storage cannot bury.')
      await buried.bury()
      const slot = await place.open().claim(STREAM, buried.producer)
      expect(slot).toMatchObject({ found: 'new', next: 0, batches: [] })
      expect(slot.producer.id).not.toBe(buried.producer.id)
    })

    test('gives a lost slot to one of two who want it at once', async () => {
      const place = await make()
      const producer = { id: producerId(), epoch: 0 }
      const slots = await Promise.all([place.open().claim(STREAM, producer), place.open().claim(STREAM, producer)])
      expect(slots.map(({ found }) => found).sort()).toEqual(['lost', 'new'])
      expect(new Set(slots.map(({ producer: { id } }) => id)).size).toBe(2)
    })

    test('keeps a slot to its owner however often an earlier one releases it', async () => {
      const place = await make()
      const slot = await claimed(place.open())
      await slot.release()
      const next = await place.open().claim(STREAM)
      await slot.release()
      expect((await place.open().claim(STREAM)).producer.id).not.toBe(next.producer.id)
    })
  })
}
