/**
 * The contract: a read is contiguous, or says by the head why it is empty.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { EVERYTHING, type MakeStore, open, type StoreRig } from './rig.ts'

async function tenRecords(make: MakeStore): Promise<StoreRig> {
  const rig = await open(make)
  await rig.create('a', { records: Array.from({ length: 10 }, (_, n) => `${n + 1}`.repeat(10)) })
  return rig
}

export function readingCases(make: MakeStore): void {
  describe('reading', () => {
    test.each([
      ['from the beginning', 0, EVERYTHING, [1, 10]],
      ['from the middle', 4, EVERYTHING, [5, 10]],
      ['the last one', 9, EVERYTHING, [10, 10]],
      ['as many records as wanted', 4, { records: 3, bytes: Infinity }, [5, 7]],
      ['as many bytes as wanted', 0, { records: Infinity, bytes: 35 }, [1, 3]],
      ['exactly as many bytes', 0, { records: Infinity, bytes: 30 }, [1, 3]],
      ['one record though it is larger than wanted', 0, { records: 5, bytes: 1 }, [1, 1]],
      ['one record though none is wanted', 3, { records: 0, bytes: 0 }, [4, 4]],
    ])('brings %s', async (_what, after, limits, [first, last]) => {
      const rig = await tenRecords(make)
      const result = await rig.store.read('a', after, limits)
      expect(result?.head).toEqual(await rig.head('a'))
      const seqs = (result?.records ?? []).map((record) => record.seq)
      expect([seqs[0], seqs.at(-1), seqs.length]).toEqual([first, last, (last ?? 0) - (first ?? 0) + 1])
      expect(result?.records[0]?.body).toBe(`${first}`.repeat(10))
    })

    test.each([
      ['at the tail', 10],
      ['beyond the tail', 11],
      ['far beyond the tail', Number.MAX_SAFE_INTEGER],
      ['before the earliest', 1],
      ['at no position at all', -1],
    ])('brings the head and no records %s', async (_where, after) => {
      const rig = await tenRecords(make)
      await rig.store.trim('a', { through: 2 })
      expect(await rig.store.read('a', after, EVERYTHING)).toEqual({ head: await rig.head('a'), records: [] })
    })

    test('brings nothing of a stream that is not there', async () => {
      const rig = await open(make)
      expect([await rig.store.read('a', 0, EVERYTHING), await rig.store.head('a')]).toEqual([null, null])
    })

    test('goes through a closed stream to its end', async () => {
      const rig = await tenRecords(make)
      await rig.append('a', [], { close: true })
      expect(await rig.store.read('a', 8, EVERYTHING)).toMatchObject({
        head: { state: 'closed', tail: 10 },
        records: [{ seq: 9 }, { seq: 10 }],
      })
    })

    test('page by page gets every record once, while others append and trim', async () => {
      const rig = await tenRecords(make)
      const seen: number[] = []
      for (let after = 0; after < 30; ) {
        const result = await rig.store.read('a', after, { records: 3, bytes: 25 })
        seen.push(...(result?.records ?? []).map((record) => record.seq))
        after = seen.at(-1) ?? 0
        await Promise.all([rig.append('a', [`after ${after}`]), rig.store.trim('a', { through: after })])
        if (seen.length > 60) break
      }
      expect(seen.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
    })

    test('has what was acknowledged before it began', async () => {
      const rig = await open(make)
      await rig.create('a')
      for (let n = 1; n <= 20; n++) {
        await rig.append('a', [`${n}`])
        expect(await rig.store.read('a', n - 1, EVERYTHING)).toMatchObject({ head: { tail: n }, records: [{ seq: n }] })
      }
    })

    test('gives heads that later changes do not reach', async () => {
      const rig = await tenRecords(make)
      const head = await rig.head('a')
      const copy = structuredClone(head)
      await rig.append('a', ['x'], { close: true })
      await rig.store.trim('a', { through: 5 })
      expect(head).toEqual(copy)
    })
  })
}
