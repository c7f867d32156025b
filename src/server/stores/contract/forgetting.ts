/**
 * The contract: the oldest records go, by wish or by retention, and never leave a hole.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { EVERYTHING, type MakeStore, open } from './rig.ts'

const RECORDS = Array.from({ length: 10 }, (_, n) => `${n + 1}`.padStart(10, '.'))

export function forgettingCases(make: MakeStore): void {
  describe('trimming', () => {
    test.each([
      ['through a sequence', { through: 4 }, 4],
      ['through nothing', { through: 0 }, 0],
      ['through more than there is', { through: 99 }, 10],
      ['all but so many', { keepRecords: 3 }, 7],
      ['all but more than there are', { keepRecords: 99 }, 0],
      ['everything', { keepRecords: 0 }, 10],
      ['down to so many bytes', { keepBytes: 35 }, 7],
      ['down to exactly what some take', { keepBytes: 30 }, 7],
      ['down to no bytes', { keepBytes: 0 }, 10],
    ])('forgets %s', async (_what, trim, earliest) => {
      const rig = await open(make)
      await rig.create('a', { records: RECORDS })
      const head = { earliest, tail: 10, bytes: (10 - earliest) * 10 }
      expect(await rig.store.trim('a', trim)).toMatchObject(head)
      expect(await rig.head('a')).toMatchObject(head)
      expect(await rig.bodies('a')).toEqual(RECORDS.slice(earliest))
    })

    test('forgets what was appended before a time', async () => {
      const rig = await open(make)
      await rig.create('a')
      for (const body of ['1', '2', '3', '4']) {
        await rig.append('a', [body])
        rig.clock.advance(1_000)
      }
      expect(await rig.store.trim('a', { before: rig.clock.now() - 2_000 })).toMatchObject({ earliest: 2 })
      expect(await rig.bodies('a')).toEqual(['3', '4'])
    })

    test('does not turn back', async () => {
      const rig = await open(make)
      await rig.create('a', { records: RECORDS })
      await rig.store.trim('a', { through: 6 })
      expect(await rig.store.trim('a', { through: 2 })).toMatchObject({ earliest: 6 })
      expect(await rig.bodies('a')).toEqual(RECORDS.slice(6))
    })

    test('goes on numbering where it was, also behind nothing', async () => {
      const rig = await open(make)
      await rig.create('a', { records: RECORDS })
      await rig.store.trim('a', { keepRecords: 0 })
      await rig.append('a', ['next'])
      expect(await rig.records('a')).toMatchObject([{ seq: 11, body: 'next' }])
      expect(await rig.head('a')).toMatchObject({ earliest: 10, tail: 11, bytes: 4 })
    })

    test('works on a closed stream, and leaves it closed', async () => {
      const rig = await open(make)
      await rig.create('a', { records: RECORDS, closed: true })
      expect(await rig.store.trim('a', { keepRecords: 1 })).toMatchObject({ earliest: 9, state: 'closed' })
    })

    test('says when there is no such stream', async () => {
      const rig = await open(make)
      expect(await rig.store.trim('a', { keepRecords: 1 })).toBeNull()
    })
  })

  describe('retention', () => {
    test.each([
      ['records', { records: 3 }, 3],
      ['bytes', { bytes: 45 }, 4],
      ['whichever is reached first', { records: 5, bytes: 25 }, 2],
    ])('by %s forgets the oldest', async (_what, retention, kept) => {
      const rig = await open(make, { retention })
      await rig.create('a')
      for (const body of RECORDS) {
        const tail = (await rig.head('a')).tail + 1
        const head = { earliest: Math.max(0, tail - kept), tail, bytes: Math.min(tail, kept) * 10 }
        expect(await rig.append('a', [body])).toMatchObject({ kind: 'appended', head })
      }
      expect(await rig.bodies('a')).toEqual(RECORDS.slice(-kept))
    })

    test('applies within one append, and within the first records', async () => {
      const rig = await open(make, { retention: { records: 3 } })
      await rig.create('a', { records: RECORDS })
      expect(await rig.head('a')).toMatchObject({ earliest: 7, tail: 10, bytes: 30 })
      await rig.append('a', RECORDS)
      expect(await rig.head('a')).toMatchObject({ earliest: 17, tail: 20, bytes: 30 })
      expect(await rig.bodies('a')).toEqual(RECORDS.slice(7))
    })

    test('keeps the newest record though it alone is too large, until there is a newer one', async () => {
      const rig = await open(make, { retention: { bytes: 5 } })
      await rig.create('a')
      for (const body of ['much too large', 'also much too large']) {
        await rig.append('a', ['x', body])
        expect(await rig.bodies('a')).toEqual([body])
      }
    })

    test('by age forgets without anything being done, all but the newest', async () => {
      const rig = await open(make, { retention: { ageMs: 1_000 } })
      await rig.create('a')
      for (const body of ['1', '2', '3']) {
        await rig.append('a', [body])
        rig.clock.advance(400)
      }
      expect(await rig.bodies('a')).toEqual(['2', '3'])
      expect(await rig.head('a')).toMatchObject({ earliest: 1, tail: 3, bytes: 2 })
      expect(await rig.store.read('a', 0, EVERYTHING)).toMatchObject({ head: { earliest: 1 }, records: [] })
      rig.clock.advance(60_000)
      expect(await rig.bodies('a')).toEqual(['3'])
    })

    test('by age stays the same when the sweep has been', async () => {
      const rig = await open(make, { retention: { ageMs: 1_000 } })
      await rig.create('a', { records: RECORDS })
      await rig.append('a', ['younger'])
      for (let second = 0; second < 5; second++) {
        rig.clock.advance(400)
        if (second === 1) await rig.append('a', ['youngest'])
        const before = await rig.head('a')
        await rig.store.sweep()
        expect(await rig.head('a')).toEqual(before)
      }
      expect(await rig.bodies('a')).toEqual(['youngest'])
      rig.clock.advance(2_000)
      await rig.append('a', ['last'])
      expect(await rig.records('a')).toMatchObject([{ seq: 13, body: 'last' }])
    })

    test('never makes a hole, whatever is mixed', async () => {
      const rig = await open(make, { retention: { records: 7, bytes: 90, ageMs: 500 } })
      await rig.create('a')
      for (let round = 0; round < 60; round++) {
        await rig.append('a', RECORDS.slice(0, round % 4))
        if (round % 5 === 0) await rig.store.trim('a', { keepRecords: round % 3 })
        if (round % 7 === 0) await rig.store.sweep()
        rig.clock.advance((round * 37) % 200)
        const head = await rig.head('a')
        const records = await rig.records('a')
        expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => head.earliest + index + 1))
        expect(records.length).toBe(head.tail - head.earliest)
        expect(records.reduce((sum, { size }) => sum + size, 0)).toBe(head.bytes)
      }
    })
  })
}
