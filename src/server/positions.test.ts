import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { FROM_NOW, FROM_START } from '../wire/offset.ts'
import { offsetAt } from './cursor.ts'
import type { Page } from './hub/page.ts'
import { positionsFrom } from './positions.ts'

const KEY = new Uint8Array(32).fill(7)
const GEN = '00000000000000a1'

const headOf = (path: string, gen = GEN) => ({ path, gen, terms: [{ term: 1, after: 0 }] })
const pageOf = (from: number, to: number, ended = false): Page => ({ records: [], from, to, atTail: true, ended })

describe('plain positions', () => {
  const positions = positionsFrom(undefined)

  test('are offsets, in and out', () => {
    const offset = offsetAt(headOf('a'), 3)
    expect(positions.counts).toBe(true)
    expect(positions.at(headOf('a'), 3)).toBe(offset)
    expect(positions.open('a', offset)).toBe(offset)
    expect([FROM_START, FROM_NOW, '', `${offset}0`].map((text) => positions.open('a', text))).toEqual(
      Array(4).fill(null),
    )
  })

  test('leave a reset as it is', () => {
    const reset = { kind: 'reset', reason: 'trimmed', lost: 2, earliest: 'one', next: 'two' } as const
    expect(positions.reset('a', reset)).toBe(reset)
  })

  test('tag a page by where it begins and ends', () => {
    expect(positions.tag(headOf('a'), pageOf(1, 3))).toBe(`"${GEN}.1.1.3"`)
    expect(positions.tag(headOf('a'), pageOf(1, 3, true))).toBe(`"${GEN}.1.1.3.c"`)
  })
})

describe('sealed positions', () => {
  const positions = positionsFrom(KEY)
  const token = positions.at(headOf('a'), 3)

  test('open for the stream they were sealed for', () => {
    expect(positions.counts).toBe(false)
    for (const seq of [0, 1, 3, Number.MAX_SAFE_INTEGER])
      expect(positions.open('a', positions.at(headOf('a'), seq))).toBe(offsetAt(headOf('a'), seq))
    for (const path of ['b', 'a/a', 'A', '']) expect(positions.open(path, token)).toBe(null)
  })

  test('are the same text for the same position, also from another server with the key', () => {
    // Another one in between, so that the second is not merely remembered.
    positions.at(headOf('b'), 3)
    expect(positions.at(headOf('a'), 3)).toBe(token)
    expect(positionsFrom(Uint8Array.from(KEY)).at(headOf('a'), 3)).toBe(token)
  })

  test('differ by position, path, generation and key, but not in length', () => {
    const others = [
      token,
      positions.at(headOf('a'), 4),
      positions.at(headOf('b'), 3),
      positions.at(headOf('a', '00000000000000a2'), 3),
      positionsFrom(new Uint8Array(32)).at(headOf('a'), 3),
    ]
    expect(new Set(others).size).toBe(others.length)
    // Not even the vector, the first 16 characters, is shared.
    expect(new Set(others.map((other) => other.slice(0, 16))).size).toBe(others.length)
    // No '+': clients count the records past an offset behind one.
    for (const other of others) expect(other).toMatch(/^[A-Za-z0-9_-]{88}$/)
  })

  test('do not open with any bit flipped', () => {
    const bytes = Buffer.from(token, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes)
      const index = bit >> 3
      forged[index] = (forged[index] ?? 0) ^ (1 << (bit & 7))
      expect(positions.open('a', forged.toString('base64url')), `bit ${bit}`).toBe(null)
    }
  })

  test('are written in one way only', () => {
    const variants = ['', ' ', '=', 'A']
      .flatMap((more) => [more, more + token, token + more])
      .filter((t) => t !== token)
    const standard = Buffer.from(token, 'base64url').toString('base64')
    const cut = [token.slice(1), token.slice(0, -1), token.slice(0, -4), `${token}\n`]
    // Which characters a token has is chance; with 40 of them the two alphabets differ in one at least.
    const many = Array.from({ length: 40 }, (_, seq) => positions.at(headOf('a'), seq)).filter((t) => /[-_]/.test(t))
    expect(many.length).toBeGreaterThan(0)
    const translated = many.map((text) => Buffer.from(text, 'base64url').toString('base64'))
    for (const text of [...variants, ...cut, ...translated, standard.replace(/.$/, '=')])
      expect(positions.open('a', text), text).toBe(null)
  })

  test('do not open when they are plain, a mark, or noise', () => {
    const noise = Array.from({ length: 50 }, () => randomBytes(66).toString('base64url'))
    for (const text of [offsetAt(headOf('a'), 3), FROM_START, FROM_NOW, ...noise])
      expect(positions.open('a', text)).toBe(null)
    expect(positionsFrom(new Uint8Array(32)).open('a', token)).toBe(null)
  })

  test('do not tell how many records are lost', () => {
    const [earliest, next] = [offsetAt(headOf('a'), 2), offsetAt(headOf('a'), 3)]
    expect(positions.reset('a', { kind: 'reset', reason: 'trimmed', lost: 2, earliest, next })).toEqual({
      kind: 'reset',
      reason: 'trimmed',
      lost: null,
      earliest: positions.at(headOf('a'), 2),
      next: token,
    })
  })

  test('tag a page by a keyed hash of where it is', () => {
    const tag = positions.tag(headOf('a'), pageOf(1, 3))
    expect(tag).toMatch(/^"[A-Za-z0-9_-]{22}"$/)
    expect(positions.tag(headOf('a'), pageOf(1, 3))).toBe(tag)
    const others = [
      tag,
      positions.tag(headOf('a'), pageOf(2, 3)),
      positions.tag(headOf('a'), pageOf(1, 4)),
      positions.tag(headOf('a'), pageOf(1, 3, true)),
      positions.tag(headOf('b'), pageOf(1, 3)),
      positions.tag(headOf('a', '00000000000000a2'), pageOf(1, 3)),
      positionsFrom(new Uint8Array(32)).tag(headOf('a'), pageOf(1, 3)),
    ]
    expect(new Set(others).size).toBe(others.length)
  })

  test('keep to the key they were made with', () => {
    const key = Uint8Array.from(KEY)
    const made = positionsFrom(key)
    key.fill(0)
    expect(made.at(headOf('a'), 3)).toBe(token)
  })

  test.each([0, 16, 31, 33, 64])('need a key of 32 bytes, not %d', (length) => {
    expect(() => positionsFrom(new Uint8Array(length))).toThrow(RangeError)
  })

  test('need bytes: a text of 32 characters is no key', () => {
    const text: unknown = 'k'.repeat(32)
    expect(() => positionsFrom(text as Uint8Array)).toThrow('opaqueOffsets has to be a key of 32 bytes.')
  })
})
