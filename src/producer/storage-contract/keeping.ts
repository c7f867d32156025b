/**
 * The contract: what was put is there, whole, in order and until it was acknowledged.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { batch, claimed, type MakePlace, reclaimed } from './rig.ts'

const MIB = 1024 * 1024

const RECORDS: readonly (readonly [string, string | Uint8Array])[] = [
  ['an empty text', ''],
  ['empty bytes', new Uint8Array()],
  ['every byte', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
  ['a part of a larger buffer', Uint8Array.from({ length: 64 }, (_, byte) => byte).subarray(7, 9)],
  ['bytes that look like text', new TextEncoder().encode('text')],
  ['line ends and quotes', 'a\r\nb\n"\\\0'],
  ['characters of two to four bytes', 'ä日😀'],
  ['half of a pair of surrogates', 'a\ud83d'],
  ['a MiB of text', 'ä'.repeat(MIB / 2)],
  ['a MiB of bytes', new Uint8Array(MIB).fill(255)],
]

export function keepingCases(make: MakePlace): void {
  describe('keeping', () => {
    test.each(RECORDS)('gives back %s as it was', async (_what, record) => {
      const storage = (await make()).open()
      const slot = await claimed(storage)
      await slot.put({ sequence: 0, records: ['before', record, record] })
      const { batches } = await reclaimed(storage, slot)
      expect(batches).toHaveLength(1)
      const found = batches[0]?.records ?? []
      expect(found.map((each) => typeof each)).toEqual(['string', typeof record, typeof record])
      // One by one: a difference in a MiB would be printed for minutes.
      expect(found.slice(1).every((each) => sameRecord(each, record))).toBe(true)
    })

    test('keeps batches in the order of their numbers, beyond nine and ninety-nine', async () => {
      const storage = (await make()).open()
      const slot = await claimed(storage, 101)
      const next = await reclaimed(storage, slot)
      expect(next.batches).toEqual(Array.from({ length: 101 }, (_, sequence) => batch(sequence)))
      expect(next.next).toBe(101)
    })

    test('goes on putting where the last owner stopped', async () => {
      const storage = (await make()).open()
      const second = await reclaimed(storage, await claimed(storage, 2))
      await second.put(batch(2))
      const third = await reclaimed(storage, second)
      expect(third.batches).toEqual([batch(0), batch(1), batch(2)])
      expect(third.next).toBe(3)
    })

    test('forgets everything up to the number that was acknowledged, and nothing behind it', async () => {
      const storage = (await make()).open()
      const slot = await claimed(storage, 5)
      await slot.acknowledge(2)
      expect((await reclaimed(storage, slot)).batches).toEqual([batch(3), batch(4)])
    })

    test('takes an acknowledgement again, and one that is late', async () => {
      const storage = (await make()).open()
      const slot = await claimed(storage, 3)
      await slot.acknowledge(1)
      await slot.acknowledge(1)
      await slot.acknowledge(0)
      const next = await reclaimed(storage, slot)
      expect(next.batches).toEqual([batch(2)])
      expect(next.next).toBe(3)
    })

    test('renumbers what waits under a new epoch', async () => {
      const storage = (await make()).open()
      const slot = await claimed(storage, 5)
      await slot.acknowledge(2)
      await slot.renumber(7, [batch(0, 'record 3'), batch(1, 'record 4')])
      const next = await reclaimed(storage, slot)
      expect(next).toMatchObject({ found: 'kept', next: 2, producer: { id: slot.producer.id, epoch: 7 } })
      expect(next.batches).toEqual([batch(0, 'record 3'), batch(1, 'record 4')])
    })

    test('goes on behind what was renumbered', async () => {
      const storage = (await make()).open()
      const slot = await claimed(storage, 3)
      await slot.renumber(1, [batch(0, 'all in one')])
      await slot.put(batch(1))
      await slot.acknowledge(0)
      const next = await reclaimed(storage, slot)
      expect(next).toMatchObject({ next: 2, producer: { epoch: 1 } })
      expect(next.batches).toEqual([batch(1)])
    })

    test('begins with number 0 when nothing waits that could be renumbered', async () => {
      const storage = (await make()).open()
      const slot = await claimed(storage, 3)
      await slot.renumber(1, [])
      expect(await reclaimed(storage, slot)).toMatchObject({ next: 0, batches: [], producer: { epoch: 1 } })
    })

    test('keeps the slots of a stream apart', async () => {
      const place = await make()
      const [one, other] = [await claimed(place.open(), 2), await claimed(place.open(), 4)]
      await one.acknowledge(1)
      await other.renumber(1, [batch(0, 'other')])
      expect(await reclaimed(place.open(), one)).toMatchObject({ next: 2, batches: [], producer: { epoch: 0 } })
      expect(await reclaimed(place.open(), other)).toMatchObject({ next: 1, batches: [batch(0, 'other')] })
    })
  })
}

function sameRecord(one: string | Uint8Array, other: string | Uint8Array): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
