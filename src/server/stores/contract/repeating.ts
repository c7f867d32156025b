/**
 * The contract: what is repeated is appended once, and who may say so.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { by, expectNoEffect, type MakeStore, open } from './rig.ts'

export function repeatingCases(make: MakeStore): void {
  describe('a producer', () => {
    test('appends once what it sends twice, and hears how far it has come', async () => {
      const rig = await open(make)
      await rig.create('a')
      for (const seq of [0, 1, 2])
        expect(await rig.append('a', [`${seq}`], by('p', 0, seq))).toMatchObject({ kind: 'appended' })
      for (const seq of [2, 0, 1])
        await expectNoEffect(rig, 'a', () => rig.append('a', ['again'], by('p', 0, seq)), {
          kind: 'duplicate',
          seq: 2,
          differs: false,
        })
      expect(await rig.bodies('a')).toEqual(['0', '1', '2'])
    })

    test('appends once what it sends twice in one turn', async () => {
      const rig = await open(make)
      await rig.create('a')
      const outcomes = await Promise.all([0, 0, 1, 1, 0].map((seq) => rig.append('a', [`${seq}`], by('p', 0, seq))))
      expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'duplicate', 'appended', 'duplicate', 'duplicate'])
      expect(await rig.bodies('a')).toEqual(['0', '1'])
    })

    test.each([
      ['its first sequence is not 0', [], [0, 1], { kind: 'gap', expected: 0 }],
      ['it leaves one out', [[0, 0]], [0, 2], { kind: 'gap', expected: 1 }],
      ['a new epoch does not start at 0', [[0, 0]], [1, 1], { kind: 'epoch-start' }],
      [
        'a younger epoch has taken over',
        [
          [0, 0],
          [4, 0],
        ],
        [0, 1],
        { kind: 'stale', epoch: 4 },
      ],
      [
        'a younger epoch has taken over, also for what was appended',
        [
          [0, 0],
          [4, 0],
        ],
        [0, 0],
        { kind: 'stale', epoch: 4 },
      ],
    ])('is refused when %s', async (_when, before, [epoch = 0, seq = 0], outcome) => {
      const rig = await open(make)
      await rig.create('a')
      for (const [e = 0, s = 0] of before) await rig.append('a', ['x'], by('p', e, s))
      await expectNoEffect(rig, 'a', () => rig.append('a', ['y'], by('p', epoch, seq)), outcome)
    })

    test('starts again at 0 in a new epoch, which may skip some', async () => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], by('p', 0, 0))
      for (const seq of [0, 1])
        expect(await rig.append('a', ['y'], by('p', 7, seq))).toMatchObject({ kind: 'appended' })
    })

    test('counts to 2^53 - 1 in its epoch', async () => {
      const rig = await open(make)
      await rig.create('a')
      expect(await rig.append('a', ['x'], by('p', Number.MAX_SAFE_INTEGER, 0))).toMatchObject({ kind: 'appended' })
      expect(await rig.append('a', ['x'], by('p', 1, 0))).toEqual({ kind: 'stale', epoch: Number.MAX_SAFE_INTEGER })
    })

    test('is one of many, each with a count of its own, in one turn', async () => {
      const rig = await open(make)
      await rig.create('a')
      const tuples = Array.from({ length: 50 }, (_, n) => by(n % 2 === 0 ? 'p' : 'q', 0, Math.floor(n / 2)))
      const outcomes = await Promise.all(tuples.map((tuple, n) => rig.append('a', [`${n}`], tuple)))
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['appended']))
      expect(await rig.bodies('a')).toEqual(tuples.map((_, n) => `${n}`))
    })

    test.each(['__proto__', 'constructor', 'toString', 'P', 'p '])('called %s is none that is known', async (id) => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], by('p', 0, 0))
      expect(await rig.append('a', ['y'], by(id, 0, 1))).toEqual({ kind: 'gap', expected: 0 })
      expect(await rig.append('a', ['y'], by(id, 0, 0))).toMatchObject({ kind: 'appended' })
      expect(await rig.append('a', ['y'], by(id, 0, 0))).toMatchObject({ kind: 'duplicate', seq: 0 })
    })

    test.each([
      ['the next append', 1],
      ['a repetition', 0],
      ['a gap', 9],
    ])('belongs to who used it first: a stranger learns nothing from %s', async (_what, seq) => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], by('p', 3, 0))
      for (const principal of ['ben', null])
        for (const epoch of [0, 3, 9])
          await expectNoEffect(rig, 'a', () => rig.append('a', ['y'], by('p', epoch, seq, { principal })), {
            kind: 'owned',
          })
    })

    test('of another stream is another one', async () => {
      const rig = await open(make)
      for (const path of ['a', 'b']) {
        await rig.create(path)
        expect(await rig.append(path, ['x'], by('p', 0, 0, { principal: path }))).toMatchObject({ kind: 'appended' })
      }
    })

    test('hears when its repetition comes with another body', async () => {
      const rig = await open(make)
      await rig.create('a')
      for (const seq of [0, 1, 2]) await rig.append('a', ['x'], by('p', 0, seq, { fingerprint: `f${seq}` }))
      for (const seq of [0, 1, 2]) {
        const repeat = (fingerprint: string | null) => rig.append('a', ['x'], by('p', 0, seq, { fingerprint }))
        expect(await repeat(`f${seq}`)).toMatchObject({ kind: 'duplicate', seq: 2, differs: false })
        expect(await repeat('other')).toMatchObject({ kind: 'duplicate', seq: 2, differs: true })
        expect(await repeat(null)).toMatchObject({ kind: 'duplicate', seq: 2, differs: false })
      }
    })

    test('may repeat the append that closed the stream', async () => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], by('p', 0, 0))
      await rig.append('a', ['last'], by('p', 0, 1, { close: true, fingerprint: 'f' }))
      await expectNoEffect(
        rig,
        'a',
        () => rig.append('a', ['last'], by('p', 0, 1, { close: true, fingerprint: 'g' })),
        {
          kind: 'duplicate',
          seq: 1,
          differs: true,
        },
      )
      await expectNoEffect(rig, 'a', () => rig.append('a', ['x'], by('p', 0, 0)), { kind: 'closed' })
      await expectNoEffect(rig, 'a', () => rig.append('a', [], by('p', 0, 2, { close: true })), { kind: 'closed' })
    })

    test('is remembered by number: one more than there is room for is refused, until others are idle for a week', async () => {
      const rig = await open(make, { producers: 2, idleMs: Infinity })
      await rig.create('a')
      for (const id of ['p', 'q']) await rig.append('a', [id], by(id, 0, 0))
      await expectNoEffect(rig, 'a', () => rig.append('a', ['r'], by('r', 0, 0)), { kind: 'producers' })
      rig.clock.advance(4 * 86_400_000)
      expect(await rig.append('a', ['q'], by('q', 0, 1))).toMatchObject({ kind: 'appended' })
      rig.clock.advance(4 * 86_400_000)
      expect(await rig.append('a', ['r'], by('r', 0, 0))).toMatchObject({ kind: 'appended' })
      expect(await rig.append('a', ['q'], by('q', 0, 1))).toMatchObject({ kind: 'duplicate' })
    })
  })

  describe('the order of the checks', () => {
    test.each([
      ['a stranger before a stale epoch', by('p', 0, 0, { principal: 'ben' }), 'open', 'owned'],
      ['a stale epoch before the end', by('p', 1, 0), 'closed', 'stale'],
      ['the end before the type', { essence: 'application/json' }, 'closed', 'closed'],
      ['the type before a gap', by('p', 2, 9, { essence: 'application/json' }), 'open', 'type'],
      ['the type before a repetition', by('p', 2, 0, { essence: 'application/json' }), 'open', 'type'],
      ['a repetition before Stream-Seq', by('p', 2, 0, { streamSeq: 'a' }), 'open', 'duplicate'],
      ['a gap before Stream-Seq', by('p', 2, 9, { streamSeq: 'a' }), 'open', 'gap'],
    ] as const)('is: %s', async (_what, request, state, kind) => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], by('p', 2, 0, { streamSeq: 'm' }))
      if (state === 'closed') await rig.append('a', [], { close: true })
      await expectNoEffect(rig, 'a', () => rig.append('a', ['y'], request), { kind })
    })
  })

  describe('an idempotency key', () => {
    const keyed = { idempotencyKey: 'k', fingerprint: 'f', principal: 'ann' }

    test('is appended once', async () => {
      const rig = await open(make)
      await rig.create('a')
      expect(await rig.append('a', ['x'], keyed)).toMatchObject({ kind: 'appended' })
      await expectNoEffect(rig, 'a', () => rig.append('a', ['x'], keyed), { kind: 'duplicate', seq: 0, differs: false })
    })

    test.each([
      ['another body', { fingerprint: 'g' }],
      ['another principal', { principal: 'ben' }],
      ['no principal', { principal: null }],
    ])('is not for %s', async (_what, other) => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], keyed)
      await expectNoEffect(rig, 'a', () => rig.append('a', ['x'], { ...keyed, ...other }), { kind: 'key-reused' })
    })

    test('is known still when the stream has been closed', async () => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], { ...keyed, close: true })
      expect(await rig.append('a', ['x'], { ...keyed, close: true })).toMatchObject({ kind: 'duplicate', seq: 0 })
    })

    test('is remembered with a thousand others for a day, and then forgotten', async () => {
      const rig = await open(make)
      await rig.create('a')
      const repeat = (n: number) => rig.append('a', ['x'], { ...keyed, idempotencyKey: `__proto__${n}` })
      for (let n = 0; n < 1_000; n++) await repeat(n)
      rig.clock.advance(86_400_000 - 1)
      expect([(await repeat(0)).kind, (await repeat(999)).kind]).toEqual(['duplicate', 'duplicate'])
      await rig.append('a', ['still in use'])
      rig.clock.advance(2)
      expect([(await repeat(0)).kind, (await repeat(0)).kind]).toEqual(['appended', 'duplicate'])
    })

    test('is not used up by an append that was refused', async () => {
      const rig = await open(make)
      await rig.create('a')
      expect(await rig.append('a', ['x'], { ...keyed, essence: 'application/json' })).toEqual({ kind: 'type' })
      expect(await rig.append('a', ['x'], keyed)).toMatchObject({ kind: 'appended' })
    })
  })
}
