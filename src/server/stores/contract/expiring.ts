/**
 * The contract: streams end by themselves, at the moment the clock says so.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { EVERYTHING, type MakeStore, open, type StoreRig } from './rig.ts'

const exists = async (rig: StoreRig) => (await rig.store.head('a')) !== null

export function expiringCases(make: MakeStore): void {
  describe('a time to live', () => {
    test('ends the stream for every operation at once, before any sweep', async () => {
      const rig = await open(make)
      await rig.create('a', { ttlMs: 1_000, records: ['x'] })
      rig.clock.advance(999)
      expect(await exists(rig)).toBe(true)
      rig.clock.advance(1)
      expect(await rig.store.head('a')).toBeNull()
      expect(await rig.store.read('a', 0, EVERYTHING)).toBeNull()
      expect(await rig.append('a', ['y'])).toEqual({ kind: 'absent' })
      expect(await rig.store.trim('a', { keepRecords: 0 })).toBeNull()
      expect(await rig.store.delete('a')).toBe(false)
      await rig.store.touch('a')
      expect(await exists(rig)).toBe(false)
    })

    test.each<[string, (rig: StoreRig) => Promise<unknown>]>([
      ['an append', (rig) => rig.append('a', ['x'])],
      ['a close without records', (rig) => rig.append('a', [], { close: true })],
      ['a reader', (rig) => rig.store.touch('a')],
    ])('starts anew with %s', async (_what, use) => {
      const rig = await open(make)
      await rig.create('a', { ttlMs: 1_000 })
      rig.clock.advance(900)
      await use(rig)
      rig.clock.advance(900)
      await rig.store.sweep()
      expect(await exists(rig)).toBe(true)
      rig.clock.advance(100)
      expect(await exists(rig)).toBe(false)
    })

    test.each<[string, (rig: StoreRig) => Promise<unknown>]>([
      ['looking at the head', (rig) => rig.store.head('a')],
      ['an append that is refused', (rig) => rig.append('a', ['x'], { essence: 'application/json' })],
      ['being created again', (rig) => rig.create('a', { ttlMs: 1_000 })],
      ['a trim', (rig) => rig.store.trim('a', { keepRecords: 0 })],
      ['a sweep', (rig) => rig.store.sweep()],
    ])('does not start anew with %s', async (_what, use) => {
      const rig = await open(make)
      await rig.create('a', { ttlMs: 1_000, records: ['x'] })
      rig.clock.advance(900)
      await use(rig)
      rig.clock.advance(100)
      expect(await exists(rig)).toBe(false)
    })

    test('does not let a reader’s touch shorten it', async () => {
      const rig = await open(make)
      await rig.create('a', { ttlMs: 1_000 })
      rig.clock.advance(500)
      await rig.append('a', ['x'])
      for (let n = 0; n < 5; n++) await rig.store.touch('a')
      rig.clock.advance(999)
      expect(await exists(rig)).toBe(true)
    })
  })

  describe('an expiry', () => {
    test('ends the stream at its time, however much it is used', async () => {
      const rig = await open(make)
      await rig.create('a', { expiresAt: rig.clock.now() + 1_000 })
      for (let n = 0; n < 4; n++) {
        rig.clock.advance(249)
        expect(await rig.append('a', ['x'])).toMatchObject({ kind: 'appended' })
        await rig.store.touch('a')
      }
      rig.clock.advance(4)
      expect(await exists(rig)).toBe(false)
    })

    test('may lie beyond the idle time', async () => {
      const rig = await open(make, { idleMs: 1_000 })
      await rig.create('a', { expiresAt: rig.clock.now() + 10_000 })
      rig.clock.advance(9_999)
      await rig.store.sweep()
      expect(await exists(rig)).toBe(true)
    })
  })

  describe('idleness', () => {
    test('ends a stream that has no expiry of its own', async () => {
      const rig = await open(make, { idleMs: 1_000 })
      await rig.create('a')
      rig.clock.advance(900)
      await rig.store.touch('a')
      rig.clock.advance(999)
      expect(await exists(rig)).toBe(true)
      rig.clock.advance(1)
      expect(await exists(rig)).toBe(false)
    })

    test('does not end one that has', async () => {
      const rig = await open(make, { idleMs: 1_000 })
      await rig.create('a', { ttlMs: 5_000 })
      rig.clock.advance(4_999)
      expect(await exists(rig)).toBe(true)
    })
  })

  describe('what has expired', () => {
    test('makes room for another stream of that path at once', async () => {
      const rig = await open(make)
      await rig.create('a', { ttlMs: 1_000, records: ['old'] })
      const { gen } = await rig.head('a')
      rig.clock.advance(1_000)
      expect(await rig.create('a', { contentType: 'application/json', records: ['1'] })).toMatchObject({
        kind: 'created',
      })
      expect((await rig.head('a')).gen > gen).toBe(true)
      expect(await rig.bodies('a')).toEqual(['1'])
    })

    test('does not count for the quota', async () => {
      const rig = await open(make)
      const quota = { streams: 2, ofOwner: 2 }
      await rig.create('a', { ttlMs: 1_000, owner: 'ann' })
      await rig.create('b', { owner: 'ann' })
      rig.clock.advance(1_000)
      expect(await rig.create('c', { owner: 'ann', quota })).toMatchObject({ kind: 'created' })
    })

    test('is removed by the sweep, each in its time', async () => {
      const rig = await open(make)
      for (let n = 0; n < 300; n++) await rig.create(`${n}`, { ttlMs: 1_000 + n, records: ['x'] })
      for (const [advance, gone] of [
        [999, 0],
        [1, 1],
        [99, 100],
        [1_000, 300],
      ] as const) {
        rig.clock.advance(advance)
        await rig.store.sweep()
        const removed = rig.hints.filter((hint) => hint.head === null).map((hint) => hint.path)
        expect(removed.toSorted((a, b) => Number(a) - Number(b))).toEqual(
          Array.from({ length: gone }, (_, n) => `${n}`),
        )
      }
    })
  })
}
