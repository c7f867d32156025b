/**
 * The contract: records go in whole, in order and without holes.
 *
 * @module
 */

import { describe, expect, test } from 'vitest'
import { type MakeStore, open } from './rig.ts'

const MIB = 1024 * 1024

const BODIES: readonly (readonly [string, string | Uint8Array])[] = [
  ['an empty text', ''],
  ['empty bytes', new Uint8Array()],
  ['every byte', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
  ['bytes that look like text', Buffer.from('text')],
  ['a NUL in the middle', 'a\0b\0'],
  ['four bytes a character', '😀𝄞𠮷'],
  ['combining marks as they are', 'e\u0301 \u00e9'],
  ['line ends of all kinds', 'a\r\nb\rc\nd\u2028e\u2029'],
  ['a byte order mark', '\ufefftext'],
  ['digits only', '0123'],
  ['keys of an object’s prototype', '{"__proto__":{"a":1},"a":1,"a":2}'],
  ['a MiB of text', 'ä'.repeat(MIB / 2)],
  ['a MiB of bytes', new Uint8Array(MIB).fill(255)],
]

const size = (body: string | Uint8Array) => (typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength)
const bytes = (body: string | Uint8Array | undefined) => Buffer.from(body ?? 'nothing')

export function appendingCases(make: MakeStore): void {
  describe('appending', () => {
    test('numbers records from 1, over all appends', async () => {
      const rig = await open(make)
      await rig.create('a')
      expect(await rig.append('a', ['x'])).toMatchObject({ kind: 'appended', head: { tail: 1, bytes: 1 } })
      rig.clock.advance(5)
      expect(await rig.append('a', ['y', 'zz'])).toMatchObject({ kind: 'appended', head: { tail: 3, bytes: 4 } })
      const now = rig.clock.now()
      expect(await rig.records('a')).toEqual([
        { seq: 1, at: now - 5, size: 1, body: 'x' },
        { seq: 2, at: now, size: 1, body: 'y' },
        { seq: 3, at: now, size: 2, body: 'zz' },
      ])
    })

    test.each(BODIES)('keeps %s to the byte', async (_what, body) => {
      const rig = await open(make)
      await rig.create('a', { records: [body] })
      await rig.append('a', ['between', body])
      const [first, , last] = await rig.records('a')
      for (const record of [first, last]) {
        expect(record?.size).toBe(size(body))
        expect(typeof record?.body).toBe(typeof body)
        expect(bytes(record?.body).equals(bytes(body))).toBe(true)
      }
      expect((await rig.head('a')).bytes).toBe(2 * size(body) + 7)
    })

    test('keeps what was appended when the caller uses the buffer for something else', async () => {
      const rig = await open(make)
      await rig.create('a')
      const body = Buffer.from('before')
      await rig.append('a', [body])
      body.fill('x')
      expect((await rig.bodies('a')).map(bytes).map(String)).toEqual(['before'])
    })

    test('keeps streams apart', async () => {
      const rig = await open(make)
      for (const path of ['a', 'b']) await rig.create(path, { records: [path] })
      await rig.append('b', ['more'])
      expect([await rig.bodies('a'), await rig.bodies('b')]).toEqual([['a'], ['b', 'more']])
    })

    test('says that a stream is absent, and creates none', async () => {
      const rig = await open(make)
      expect(await rig.append('a', ['x'])).toEqual({ kind: 'absent' })
      expect(await rig.store.head('a')).toBeNull()
    })

    test.each([
      ['another type', 'application/json', 'type'],
      ['the stream’s type', 'text/plain', 'appended'],
      ['no type', null, 'appended'],
    ])('compares the type that came with the records: %s', async (_what, essence, kind) => {
      const rig = await open(make)
      await rig.create('a', { contentType: 'text/PLAIN; charset=utf-8' })
      expect(await rig.append('a', ['x'], { essence })).toMatchObject({ kind })
      expect((await rig.head('a')).tail).toBe(kind === 'type' ? 0 : 1)
    })

    test('takes a hundred appends of one turn in the order in which they came, without a hole', async () => {
      const rig = await open(make)
      await rig.create('a')
      const wanted = Array.from({ length: 100 }, (_, n) => `${n}`)
      const outcomes = await Promise.all(wanted.map((body) => rig.append('a', [body])))
      expect(outcomes.map((outcome) => (outcome.kind === 'appended' ? outcome.head.tail : outcome.kind))).toEqual(
        wanted.map((_, n) => n + 1),
      )
      expect(await rig.bodies('a')).toEqual(wanted)
      expect((await rig.records('a')).map(({ seq }) => seq)).toEqual(wanted.map((_, n) => n + 1))
    })

    test('lets an append of one turn that is refused spoil none of its neighbours', async () => {
      const rig = await open(make)
      await rig.create('a')
      const outcomes = await Promise.all([
        rig.append('a', ['1']),
        rig.append('b', ['nowhere']),
        rig.append('a', ['2'], { essence: 'application/json' }),
        rig.append('a', ['3']),
      ])
      expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'absent', 'type', 'appended'])
      expect(await rig.bodies('a')).toEqual(['1', '3'])
    })

    test('takes appends, a deletion and a creation of one turn one after the other', async () => {
      const rig = await open(make)
      await rig.create('a')
      const outcomes = await Promise.all([
        rig.append('a', ['old']),
        rig.store.delete('a'),
        rig.append('a', ['nowhere']),
        rig.create('a'),
        rig.append('a', ['new']),
      ])
      expect(outcomes).toMatchObject([
        { kind: 'appended' },
        true,
        { kind: 'absent' },
        { kind: 'created' },
        { kind: 'appended' },
      ])
      expect(await rig.bodies('a')).toEqual(['new'])
    })
  })

  describe('Stream-Seq', () => {
    test('has to grow, as text', async () => {
      const rig = await open(make)
      await rig.create('a')
      const kinds: string[] = []
      for (const streamSeq of ['10', '9', '9', '09', 'a', null, 'B', 'b'])
        kinds.push((await rig.append('a', [String(streamSeq)], { streamSeq })).kind)
      expect(kinds).toEqual([
        'appended',
        'appended',
        ...Array(2).fill('stream-seq'),
        ...Array(2).fill('appended'),
        'stream-seq',
        'appended',
      ])
    })

    test('is one for the whole stream, whoever appends', async () => {
      const rig = await open(make)
      await rig.create('a')
      await rig.append('a', ['x'], { streamSeq: '5', principal: 'ann' })
      expect(await rig.append('a', ['y'], { streamSeq: '4', principal: 'ben' })).toEqual({ kind: 'stream-seq' })
      await rig.create('b')
      expect(await rig.append('b', ['y'], { streamSeq: '4' })).toMatchObject({ kind: 'appended' })
    })
  })

  describe('closing', () => {
    test('comes behind the records of the same append', async () => {
      const rig = await open(make)
      await rig.create('a')
      expect(await rig.append('a', ['last'], { close: true })).toMatchObject({
        kind: 'appended',
        head: { tail: 1, state: 'closed' },
      })
    })

    test('needs no records, and is a duplicate the second time', async () => {
      const rig = await open(make)
      await rig.create('a')
      expect(await rig.append('a', [], { close: true })).toMatchObject({
        kind: 'appended',
        head: { tail: 0, state: 'closed' },
      })
      expect(await rig.append('a', [], { close: true })).toMatchObject({ kind: 'duplicate', seq: 0, differs: false })
    })

    test.each([
      ['records', ['x'], false],
      ['records and a close', ['x'], true],
    ])('keeps out %s from then on', async (_what, records, close) => {
      const rig = await open(make)
      await rig.create('a', { closed: true })
      expect(await rig.append('a', records, { close })).toMatchObject({
        kind: 'closed',
        head: { tail: 0, state: 'closed' },
      })
      expect(await rig.bodies('a')).toEqual([])
    })

    test('keeps out what came in the same turn behind it', async () => {
      const rig = await open(make)
      await rig.create('a')
      const outcomes = await Promise.all([
        rig.append('a', ['1']),
        rig.append('a', ['2'], { close: true }),
        rig.append('a', ['3']),
      ])
      expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'closed'])
      expect(await rig.bodies('a')).toEqual(['1', '2'])
    })
  })
}
