/**
 * The contract: what there may be at most, and who has what.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { by, expectNoEffect, type MakeStore, open } from './rig.ts'

/** Large beside what a store counts for a record itself. */
const LARGE = 'x'.repeat(100_000)

export function limitingCases(make: MakeStore): void {
  describe('the quota of streams', () => {
    test('counts all of them', async () => {
      const rig = await open(make)
      const quota = { streams: 2, ofOwner: Infinity }
      const kinds: string[] = []
      for (const path of ['a', 'b', 'c', 'a']) kinds.push((await rig.create(path, { quota })).kind)
      expect(kinds).toEqual(['created', 'created', 'quota', 'exists'])
      expect(await rig.create('c', { quota })).toEqual({ kind: 'quota', of: 'streams' })
      await rig.store.delete('a')
      expect(await rig.create('c', { quota })).toMatchObject({ kind: 'created' })
    })

    test('counts those of each owner, and nobody’s not at all', async () => {
      const rig = await open(make)
      const quota = { streams: Infinity, ofOwner: 1 }
      for (const [path, owner] of [
        ['a', 'ann'],
        ['b', '__proto__'],
        ['c', null],
        ['d', null],
      ] as const)
        expect(await rig.create(path, { owner, quota })).toMatchObject({ kind: 'created' })
      expect(await rig.create('e', { owner: 'ann', quota })).toEqual({ kind: 'quota', of: 'owner' })
      expect(await rig.create('e', { owner: '__proto__', quota })).toEqual({ kind: 'quota', of: 'owner' })
      await rig.store.delete('a')
      expect(await rig.create('e', { owner: 'ann', quota })).toMatchObject({ kind: 'created' })
    })

    test('holds for many who create in one turn', async () => {
      const rig = await open(make)
      const quota = { streams: 5, ofOwner: Infinity }
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => rig.create(`${n}`, { quota })))
      expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(5)
    })
  })

  describe('the quota of bytes', () => {
    test('refuses what does not fit, and nothing else', async () => {
      const rig = await open(make, { bytes: 350_000 })
      await rig.create('a')
      for (let n = 0; n < 3; n++) expect(await rig.append('a', [LARGE])).toMatchObject({ kind: 'appended' })
      await expectNoEffect(rig, 'a', () => rig.append('a', [LARGE], by('p', 0, 0)), { kind: 'quota' })
      expect(await rig.create('b', { records: [LARGE] })).toEqual({ kind: 'quota', of: 'bytes' })
      expect(await rig.store.head('b')).toBeNull()
      expect(await rig.append('a', ['small'], by('p', 0, 0))).toMatchObject({ kind: 'appended' })
    })

    test('is free again for what is trimmed, deleted or expired', async () => {
      const rig = await open(make, { bytes: 150_000 })
      for (const end of [
        () => rig.store.trim('a', { keepRecords: 0 }),
        () => rig.store.delete('a'),
        async () => {
          rig.clock.advance(1_000)
          await rig.store.sweep()
        },
      ]) {
        await rig.create('a', { ttlMs: 1_000 })
        expect(await rig.append('a', [LARGE])).toMatchObject({ kind: 'appended' })
        expect(await rig.append('a', [LARGE])).toEqual({ kind: 'quota' })
        await end()
      }
      expect(await rig.create('b', { records: [LARGE] })).toMatchObject({ kind: 'created' })
    })

    test('counts what retention gives back in the same step', async () => {
      const rig = await open(make, { bytes: 150_000, retention: { records: 1 } })
      await rig.create('a')
      for (let n = 0; n < 5; n++) expect(await rig.append('a', [LARGE])).toMatchObject({ kind: 'appended' })
    })

    test('takes closed streams first, the one that was closed first before the others, and says so', async () => {
      const rig = await open(make, { bytes: 450_000 })
      for (const path of ['open', 'second', 'first', 'third']) await rig.create(path, { records: [LARGE] })
      for (const path of ['first', 'second', 'third']) await rig.append(path, [], { close: true })
      const told = rig.hints.length
      expect(await rig.append('open', [LARGE])).toMatchObject({ kind: 'appended' })
      expect(rig.hints.slice(told)).toMatchObject([
        { path: 'first', head: null },
        { path: 'open', records: [{ seq: 2 }] },
      ])
      expect(await rig.append('open', [LARGE, LARGE])).toMatchObject({ kind: 'appended' })
      expect([await rig.store.head('second'), await rig.store.head('third')]).toEqual([null, null])
      await expectNoEffect(rig, 'open', () => rig.append('open', [LARGE]), { kind: 'quota' })
    })

    test('takes no closed stream when that would not be enough', async () => {
      const rig = await open(make, { bytes: 250_000 })
      await rig.create('closed', { records: [LARGE], closed: true })
      await rig.create('open', { records: [LARGE] })
      await expectNoEffect(rig, 'open', () => rig.append('open', [LARGE, LARGE]), { kind: 'quota' })
      expect(await rig.store.head('closed')).not.toBeNull()
    })

    test('counts a record, however small it is', async () => {
      const rig = await open(make, { bytes: 20_000 })
      await rig.create('a')
      expect(await rig.append('a', Array(10_000).fill(''))).toEqual({ kind: 'quota' })
      expect(await rig.append('a', Array(10).fill(''))).toMatchObject({ kind: 'appended' })
    })
  })

  describe('a lease', () => {
    test('belongs to one owner until it expires', async () => {
      const rig = await open(make)
      const { store, clock } = rig
      expect(await store.lease('l', 'ann', 1_000)).toEqual({
        epoch: expect.any(Number),
        expiresAt: clock.now() + 1_000,
      })
      clock.advance(999)
      expect(await store.lease('l', 'ben', 1_000)).toBeNull()
      clock.advance(1)
      expect(await store.lease('l', 'ben', 1_000)).not.toBeNull()
      expect(await store.lease('l', 'ann', 1_000)).toBeNull()
    })

    test('is renewed in the same epoch', async () => {
      const { store, clock } = await open(make)
      const first = await store.lease('l', 'ann', 1_000)
      clock.advance(900)
      expect(await store.lease('l', 'ann', 1_000)).toEqual({ epoch: first?.epoch, expiresAt: clock.now() + 1_000 })
      clock.advance(900)
      expect(await store.lease('l', 'ben', 1_000)).toBeNull()
    })

    test('has a higher epoch with each new owner, also when it was given back, and after a long time', async () => {
      const { store, clock } = await open(make)
      const epochs: (number | undefined)[] = []
      for (const [owner, after] of [
        ['ann', 1_000],
        ['ben', 86_400_000],
        ['ann', 1_000],
        ['ann', 1_000],
      ] as const) {
        epochs.push((await store.lease('l', owner, 1_000))?.epoch)
        clock.advance(after)
        await store.sweep()
      }
      epochs.push((await store.lease('l', 'ann', 1_000))?.epoch)
      await store.lease('l', 'ann', 0)
      epochs.push((await store.lease('l', 'ben', 1_000))?.epoch)
      expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => Number(a) - Number(b)))
    })

    test('is given back with 0, only by who has it', async () => {
      const { store } = await open(make)
      const lease = await store.lease('l', 'ann', 1_000)
      expect(await store.lease('l', 'ben', 0)).toBeNull()
      expect(await store.lease('l', 'ben', 1_000)).toBeNull()
      expect(await store.lease('l', 'ann', 0)).toMatchObject({ epoch: lease?.epoch })
      expect(await store.lease('l', 'ann', 0)).toBeNull()
      expect(await store.lease('l', 'ben', 1_000)).not.toBeNull()
    })

    test.each(['__proto__', 'a', "a'"])('called %s is one of its own', async (name) => {
      const { store } = await open(make)
      await store.lease('other', 'ann', 1_000)
      expect(await store.lease(name, 'ben', 1_000)).not.toBeNull()
      expect(await store.lease(name, 'ann', 1_000)).toBeNull()
    })

    test('goes to one of many who ask in one turn', async () => {
      const { store } = await open(make)
      const leases = await Promise.all(Array.from({ length: 10 }, (_, n) => store.lease('l', `${n}`, 1_000)))
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1)
    })
  })
}
