/**
 * The contract: what a store says of itself, and what is left of it.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { StoreError } from '../store.ts'
import { by, EVERYTHING, type MakeStore, open } from './rig.ts'

export function endingCases(make: MakeStore): void {
  describe('a store', () => {
    test('says what it promises, and that it is usable', async () => {
      const { store } = await open(make)
      expect(store.capabilities).toEqual({ durability: expect.any(String), maxRecordBytes: expect.any(Number) })
      expect(store.capabilities.maxRecordBytes).toBeGreaterThanOrEqual(1024 * 1024)
      expect(await store.ready()).toEqual({ state: 'usable', identity: expect.stringMatching(/.{8}/) })
      expect((await store.ready()).identity).toBe((await store.ready()).identity)
    })

    test('is another one each time it is opened', async () => {
      const [one, other] = [await open(make), await open(make)]
      expect((await one.store.ready()).identity).not.toBe((await other.store.ready()).identity)
    })

    test('closes twice, is down then, and refuses everything with one plain error', async () => {
      const rig = await open(make)
      await rig.create('a')
      await Promise.all([rig.store.close(), rig.store.close()])
      await rig.store.close()
      expect(await rig.store.ready()).toMatchObject({ state: 'down' })
      for (const use of [
        () => rig.create('b'),
        () => rig.append('a', ['x']),
        () => rig.store.head('a'),
        () => rig.store.read('a', 0, EVERYTHING),
        () => rig.store.trim('a', { keepRecords: 1 }),
        () => rig.store.touch('a'),
        () => rig.store.delete('a'),
        () => rig.store.lease('l', 'ann', 1),
        () => rig.store.sweep(),
      ]) {
        const refusal = await use().then(
          () => null,
          (error: unknown) => error,
        )
        expect(refusal).toBeInstanceOf(StoreError)
        expect(refusal).toMatchObject({ code: 'unavailable' })
      }
    })

    test('answers what was asked before it was closed', async () => {
      const rig = await open(make)
      const asked = [rig.create('a'), rig.append('a', ['x']), rig.store.close()]
      expect(await Promise.all(asked)).toMatchObject([{ kind: 'created' }, { kind: 'appended' }, undefined])
    })
  })
}

/** For stores that leave something: after a proper end as after a crash. */
export function survivingCases(make: MakeStore): void {
  describe.each(['closed', 'killed'] as const)('a store that was %s', (end) => {
    test('has everything that was acknowledged when it is opened again', async () => {
      const rig = await open(make)
      const config = { contentType: 'application/json', ttlMs: 86_400_000, owner: 'ann' }
      await rig.create('a', { ...config, records: ['1', Buffer.from([0, 255]), 'ä\0😀'] })
      await rig.append('a', ['4'], { streamSeq: 'm' })
      await rig.create('closed', { closed: true })
      await rig.create('trimmed', { records: ['1', '2', '3'] })
      await rig.store.trim('trimmed', { through: 2 })
      await rig.create('deleted')
      await rig.store.delete('deleted')
      const before = [await rig.head('a'), await rig.head('closed'), await rig.head('trimmed')]
      const records = await rig.records('a')
      await rig.reopen(end)
      const after = [await rig.head('a'), await rig.head('closed'), await rig.head('trimmed')]
      expect(after.map((head) => ({ ...head, terms: [] }))).toEqual(before.map((head) => ({ ...head, terms: [] })))
      expect((await rig.records('a')).map(({ body }) => Buffer.from(body))).toEqual(
        records.map(({ body }) => Buffer.from(body)),
      )
      expect(await rig.store.head('deleted')).toBeNull()
      expect(await rig.append('a', ['5'], { streamSeq: 'm' })).toEqual({ kind: 'stream-seq' })
      expect(await rig.append('a', ['5'])).toMatchObject({ kind: 'appended', head: { tail: 5 } })
    })

    test('knows repetitions as before', async () => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], by('p', 2, 0, { fingerprint: 'f' }))
      await rig.append('a', ['y'], by('q', 0, 0, { fingerprint: 'f', idempotencyKey: 'k' }))
      await rig.append('a', ['z'], by('p', 2, 1, { close: true }))
      await rig.reopen(end)
      expect(await rig.append('a', ['z'], by('p', 2, 1))).toMatchObject({ kind: 'duplicate', seq: 1 })
      expect(await rig.append('a', ['z'], by('p', 1, 0))).toEqual({ kind: 'stale', epoch: 2 })
      expect(await rig.append('a', ['z'], by('p', 2, 2, { principal: 'ben' }))).toEqual({ kind: 'owned' })
      const keyed = { idempotencyKey: 'k', principal: 'ann' }
      expect(await rig.append('a', ['y'], { ...keyed, fingerprint: 'f' })).toMatchObject({ kind: 'duplicate', seq: 0 })
      expect(await rig.append('a', ['y'], { ...keyed, fingerprint: 'g' })).toEqual({ kind: 'key-reused' })
      expect(await rig.bodies('a')).toEqual(['x', 'y', 'z'])
    })

    test('goes on growing its generations and lease epochs, with the clock set back', async () => {
      const rig = await open(make)
      await rig.create('a')
      const { gen } = await rig.head('a')
      const lease = await rig.store.lease('l', 'ann', 1_000)
      rig.clock.advance(-86_400_000)
      await rig.reopen(end)
      await rig.store.delete('a')
      await rig.create('a')
      expect((await rig.head('a')).gen > gen).toBe(true)
      await rig.store.lease('l', 'ann', 0)
      expect((await rig.store.lease('l', 'ben', 1_000))?.epoch).toBeGreaterThan(lease?.epoch ?? Infinity)
    })

    test('counts its quotas on from where they were', async () => {
      const rig = await open(make, { bytes: 250_000 })
      await rig.create('a', { owner: 'ann', records: ['x'.repeat(200_000)] })
      await rig.reopen(end)
      expect(await rig.append('a', ['x'.repeat(100_000)])).toEqual({ kind: 'quota' })
      const quota = { streams: Infinity, ofOwner: 1 }
      expect(await rig.create('b', { owner: 'ann', quota })).toEqual({ kind: 'quota', of: 'owner' })
    })

    test('lets what has expired in the meantime be absent', async () => {
      const rig = await open(make, { retention: { ageMs: 500 } })
      await rig.create('a', { ttlMs: 1_000 })
      await rig.create('b', { records: ['old', 'new'] })
      rig.clock.advance(1_000)
      await rig.reopen(end)
      expect(await rig.store.head('a')).toBeNull()
      expect(await rig.bodies('b')).toEqual(['new'])
      await rig.store.sweep()
      expect(rig.hints.at(-1)).toMatchObject({ path: 'a', head: null })
    })

    test('says by a term whether anything may be missing', async () => {
      const rig = await open(make)
      await rig.create('a', { records: ['1', '2'] })
      for (let round = 0; round < 2; round++) await rig.reopen(end)
      const { terms } = await rig.head('a')
      const lossless = end === 'closed' && rig.store.capabilities.durability !== 'process'
      const one = { term: 1, after: 0 }
      // The second time nothing had been written in between, so that nothing more can be missing.
      expect(terms).toEqual(lossless ? [one] : [one, { term: 2, after: 2 }])
      await rig.append('a', ['3'])
      expect((await rig.head('a')).terms).toEqual(terms)
    })
  })
}
