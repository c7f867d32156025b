/**
 * The contract: streams come and go.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { type MakeStore, open } from './rig.ts'

/** Names that are something else in an object, in SQL, in a key pattern or in a file system. */
const AWKWARD = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "a'b",
  '%',
  '_',
  'a%b',
  '*',
  'ä',
  'A',
  'a',
  '{a}',
  'a:b',
]

export function creatingCases(make: MakeStore): void {
  describe('creating', () => {
    test('makes an empty, open stream in term 1 with the configuration it was given', async () => {
      const rig = await open(make)
      const given = { contentType: 'application/json; charset=utf-8', ttlMs: 60_000, owner: 'ann' }
      const outcome = await rig.create('rooms/42', given)
      const head = {
        path: 'rooms/42',
        gen: expect.stringMatching(/^[0-9a-f]{16}$/),
        terms: [{ term: 1, after: 0 }],
        earliest: 0,
        tail: 0,
        state: 'open',
        config: { ...given, expiresAt: null },
        bytes: 0,
      }
      expect(outcome).toEqual({ kind: 'created', head })
      expect(await rig.store.head('rooms/42')).toEqual(head)
    })

    test('puts the first records in, in the same step', async () => {
      const rig = await open(make)
      await rig.create('a', { records: ['one', 'zwölf'] })
      expect(await rig.records('a')).toEqual([
        { seq: 1, at: rig.clock.now(), size: 3, body: 'one' },
        { seq: 2, at: rig.clock.now(), size: 6, body: 'zwölf' },
      ])
      expect(await rig.head('a')).toMatchObject({ tail: 2, bytes: 9 })
    })

    test('makes a stream that is closed from the beginning', async () => {
      const rig = await open(make)
      await rig.create('a', { records: ['all'], closed: true })
      expect(await rig.head('a')).toMatchObject({ state: 'closed', tail: 1 })
      expect(await rig.append('a', ['more'])).toMatchObject({ kind: 'closed', head: { tail: 1 } })
    })

    test('finds the same stream there, whatever the records and the parameters of the type', async () => {
      const rig = await open(make)
      const created = await rig.create('a', { contentType: 'text/plain', ttlMs: 5_000 })
      const again = await rig.create('a', { contentType: 'Text/PLAIN; charset=utf-8', ttlMs: 5_000, records: ['x'] })
      expect(again).toEqual({ ...created, kind: 'exists' })
      expect(await rig.bodies('a')).toEqual([])
    })

    test.each([
      ['type', { contentType: 'application/json' }],
      ['time to live', { ttlMs: 5_001 }],
      ['expiry', { ttlMs: null, expiresAt: Date.UTC(2030, 0, 1) }],
      ['state', { closed: true }],
    ])('conflicts with a stream of another %s', async (_what, other) => {
      const rig = await open(make)
      await rig.create('a', { ttlMs: 5_000 })
      expect(await rig.create('a', { ttlMs: 5_000, ...other })).toMatchObject({ kind: 'conflict', head: { path: 'a' } })
    })

    test('counts the first of many who create the same stream in one turn, and tells the others', async () => {
      const rig = await open(make)
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => rig.create('a', { records: [`${n}`] })))
      expect(outcomes.map(({ kind }) => kind)).toEqual(['created', ...Array(19).fill('exists')])
      expect(await rig.bodies('a')).toEqual(['0'])
      expect(rig.hints).toHaveLength(1)
    })

    test.each(AWKWARD)('keeps a stream called %s apart from all others', async (path) => {
      const rig = await open(make)
      expect(await rig.store.head(path)).toBeNull()
      for (const other of AWKWARD) await rig.create(other, { records: [other], owner: other })
      expect(await rig.bodies(path)).toEqual([path])
      await rig.store.delete(path)
      const left = await Promise.all(AWKWARD.map(async (other) => (await rig.store.head(other)) !== null))
      expect(AWKWARD.filter((_, index) => !left[index])).toEqual([path])
    })
  })

  describe('deleting', () => {
    test('says whether there was a stream', async () => {
      const rig = await open(make)
      await rig.create('a')
      expect([await rig.store.delete('a'), await rig.store.delete('a')]).toEqual([true, false])
      expect([await rig.store.head('a'), await rig.store.read('a', 0, { records: 1, bytes: 1 })]).toEqual([null, null])
    })

    test('forgets all that belonged to the stream', async () => {
      const rig = await open(make)
      const first = { producer: { id: 'p', epoch: 3, seq: 0 }, streamSeq: 'z', idempotencyKey: 'k', fingerprint: 'f' }
      await rig.create('a')
      await rig.append('a', ['old'], { ...first, principal: 'ann' })
      await rig.store.delete('a')
      await rig.create('a')
      const anew = { ...first, producer: { id: 'p', epoch: 0, seq: 0 }, streamSeq: 'a', fingerprint: 'g' }
      expect(await rig.append('a', ['new'], { ...anew, principal: 'ben' })).toMatchObject({ kind: 'appended' })
      expect(await rig.bodies('a')).toEqual(['new'])
    })

    test('gives each stream a younger generation than any before it, within one millisecond and with the clock set back', async () => {
      const rig = await open(make)
      const gens: string[] = []
      for (const path of ['a', 'b', 'a', 'a', 'c']) {
        await rig.store.delete(path)
        await rig.create(path)
        gens.push((await rig.head(path)).gen)
        rig.clock.advance(gens.length === 3 ? -86_400_000 : 0)
      }
      expect(gens).toEqual([...new Set(gens)].sort())
    })
  })
}
