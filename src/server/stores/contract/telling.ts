/**
 * The contract of a store in this process: watchers hear each change once, in order, and when it is true.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import type { StoreHint } from '../store.ts'
import { by, EVERYTHING, type MakeStore, open } from './rig.ts'

export function tellingCases(make: MakeStore): void {
  describe('a watcher', () => {
    test('hears of creation, appends, closing, trimming and deletion, with the records and the head after each', async () => {
      const rig = await open(make)
      await rig.create('a', { records: ['1'] })
      const { gen } = await rig.head('a')
      await rig.append('a', ['2', '3'])
      await rig.append('a', [], { close: true })
      await rig.store.trim('a', { through: 2 })
      await rig.store.delete('a')
      expect(rig.hints).toMatchObject([
        { path: 'a', gen, head: { gen, tail: 1, state: 'open' }, records: [{ seq: 1, body: '1' }] },
        {
          path: 'a',
          gen,
          head: { tail: 3 },
          records: [
            { seq: 2, size: 1 },
            { seq: 3, body: '3' },
          ],
        },
        { path: 'a', gen, head: { tail: 3, state: 'closed' }, records: [] },
        { path: 'a', gen, head: { earliest: 2, tail: 3 }, records: [] },
        { path: 'a', gen, head: null, records: [] },
      ])
    })

    test('hears of an expiry once, from the sweep or from who takes the place', async () => {
      const rig = await open(make)
      for (const path of ['a', 'b']) await rig.create(path, { ttlMs: 1_000 })
      const gens = [(await rig.head('a')).gen, (await rig.head('b')).gen]
      rig.clock.advance(1_000)
      await rig.create('b', { ttlMs: 1_000 })
      for (let n = 0; n < 3; n++) await rig.store.sweep()
      const told = rig.hints.slice(2)
      expect(
        told
          .filter(({ head }) => head === null)
          .map(({ gen }) => gen)
          .sort(),
      ).toEqual(gens.sort())
      expect(told.filter(({ path }) => path === 'b').map(({ head }) => head === null)).toEqual([true, false])
    })

    test('hears nothing of what changed nothing', async () => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], by('p', 0, 0))
      const before = rig.hints.length
      await rig.append('a', ['x'], by('p', 0, 0))
      await rig.append('a', ['x'], by('p', 0, 7))
      await rig.append('b', ['x'])
      await rig.create('a')
      await rig.store.trim('a', { through: 0 })
      await rig.store.delete('b')
      await rig.store.touch('a')
      await rig.store.lease('l', 'ann', 1_000)
      await rig.store.sweep()
      expect(rig.hints.length).toBe(before)
    })

    test('hears all appends of one turn in order', async () => {
      const rig = await open(make)
      await Promise.all([rig.create('a'), rig.create('b')])
      await Promise.all(Array.from({ length: 60 }, (_, n) => rig.append(n % 2 === 0 ? 'a' : 'b', [`${n}`])))
      const told = rig.hints.slice(2).flatMap(({ records }) => records.map(({ body }) => body))
      expect(told).toEqual(Array.from({ length: 60 }, (_, n) => `${n}`))
    })

    test('hears before who appended does, and reads what it hears of', async () => {
      const rig = await open(make)
      await rig.create('a')
      const order: string[] = []
      const reads: Promise<unknown>[] = []
      rig.store.watch((hint) => {
        order.push('hint')
        reads.push(rig.store.read(hint.path, (hint.head?.tail ?? 0) - 1, EVERYTHING))
      })
      await rig.append('a', ['x']).then(() => order.push('answer'))
      expect(order).toEqual(['hint', 'answer'])
      expect(await Promise.all(reads)).toMatchObject([{ head: { tail: 1 }, records: [{ body: 'x' }] }])
    })

    test('hears nothing any more after its end, and others still do', async () => {
      const rig = await open(make)
      const heard: string[] = []
      const listener = (hint: StoreHint) => heard.push(hint.path)
      const ends = [rig.store.watch(listener), rig.store.watch(listener)]
      await rig.create('a')
      ends[0]?.()
      ends[0]?.()
      await rig.create('b')
      ends[1]?.()
      await rig.create('c')
      expect(heard).toEqual(['a', 'a', 'b'])
      expect(rig.hints).toHaveLength(3)
    })

    test('that throws spoils neither the append nor the other watchers', async () => {
      const rig = await open(make)
      const warnings: unknown[] = []
      const warned = (warning: unknown) => warnings.push(warning)
      process.on('warning', warned)
      const failure = new Error('a watcher')
      rig.store.watch(() => {
        throw failure
      })
      const heard: string[] = []
      rig.store.watch((hint) => heard.push(hint.path))
      expect(await rig.create('a')).toMatchObject({ kind: 'created' })
      expect(heard).toEqual(['a'])
      await expect.poll(() => warnings).toEqual([failure])
      process.off('warning', warned)
    })

    test('that appends in turn is heard by all in the same order', async () => {
      const rig = await open(make)
      await rig.create('a')
      const answers: Promise<unknown>[] = []
      const heard: string[][] = [[], []]
      rig.store.watch((hint) => {
        heard[0]?.push(...hint.records.map(({ body }) => String(body)))
        if (hint.head?.tail === 1) answers.push(rig.append('a', ['second']))
      })
      rig.store.watch((hint) => heard[1]?.push(...hint.records.map(({ body }) => String(body))))
      await rig.append('a', ['first'])
      await Promise.all(answers)
      expect(heard).toEqual([
        ['first', 'second'],
        ['first', 'second'],
      ])
    })
  })
}
