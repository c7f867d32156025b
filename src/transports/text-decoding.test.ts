import { describe, expect, it } from 'vitest'
import { createTextDecoding, exceedsBytes } from './text-decoding.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('decoding UTF-8 as it arrives', () => {
  const text = '\ufeffa é € 😀 \u{10ffff}\ud7ff z'

  it('joins characters that are cut at any byte', () => {
    const bytes = bytesOf(text)
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const decoding = createTextDecoding()
        const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
        expect(parts.map((part) => decoding.decode(part)).join('')).toBe(text)
        expect(decoding.broken).toBe(false)
        expect(decoding.incomplete).toBe(false)
      }
    }
  })

  it('joins characters that come one byte at a time', () => {
    const decoding = createTextDecoding()
    expect(Array.from(bytesOf(text), (byte) => decoding.decode(Uint8Array.of(byte))).join('')).toBe(text)
  })

  it.each([
    ['a continuation byte alone', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong three-byte form', [0xe0, 0x9f, 0xbf]],
    ['an overlong four-byte form', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a value beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lead byte that is none', [0xff]],
    ['a lead byte without its rest', [0xe2, 0x28, 0xa1]],
  ])('gives the text before %s, however it is cut', (_name, bad) => {
    const bytes = Uint8Array.from([...bytesOf('good é'), ...bad, ...bytesOf(' never')])
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoding = createTextDecoding()
      expect(decoding.decode(bytes.subarray(0, cut)) + decoding.decode(bytes.subarray(cut))).toBe('good é')
      expect(decoding.broken).toBe(true)
      expect(decoding.decode(bytesOf('more'))).toBe('')
    }
  })

  it('says when it stopped in the middle of a character', () => {
    const decoding = createTextDecoding()
    expect(decoding.decode(bytesOf('€').subarray(0, 2))).toBe('')
    expect(decoding.incomplete).toBe(true)
  })

  it('agrees with TextDecoder on random bytes', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    let state = seed
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >>> 8) % below
    }
    const interesting = [0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5]
    for (let round = 0; round < 5_000; round++) {
      const bytes = Uint8Array.from({ length: 1 + random(8) }, () => interesting[random(interesting.length)] ?? 0)
      const decoding = createTextDecoding()
      const ours = decoding.decode(bytes)
      // The text before the first replacement character is what a lenient decoder could read.
      const [readable] = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\ufffd')
      expect(ours, `seed ${seed}, bytes ${bytes}`).toBe(readable)
    }
  })
})

describe('measuring text in bytes', () => {
  it('counts UTF-8 exactly', () => {
    expect(exceedsBytes('aaaa', 4)).toBe(false)
    expect(exceedsBytes('aaaaa', 4)).toBe(true)
    expect(exceedsBytes('éé', 4)).toBe(false)
    expect(exceedsBytes('ééa', 4)).toBe(true)
    expect(exceedsBytes('😀', 4)).toBe(false)
    expect(exceedsBytes('€€', 5)).toBe(true)
  })
})
