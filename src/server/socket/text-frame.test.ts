import { expect, test } from 'vitest'
import { textFrame } from './text-frame.ts'

/** Reads a frame by RFC 6455 section 5.2. */
function read(frame: Buffer): { first: number | undefined; size: number; text: string } {
  const short = frame[1] ?? 0
  const header = short < 126 ? 2 : short === 126 ? 4 : 10
  const size = header === 2 ? short : header === 4 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2))
  return { first: frame[0], size, text: frame.subarray(header).toString() }
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('a frame of %i bytes has its header', (size) => {
  const text = 'x'.repeat(size)
  expect(read(textFrame(text))).toEqual({ first: 0x81, size, text })
})

test('a size counts bytes, not characters', () => {
  const text = 'größer €'.repeat(10)
  expect(read(textFrame(text))).toEqual({ first: 0x81, size: Buffer.byteLength(text), text })
})

test('half a surrogate pair becomes the replacement character, as it does everywhere', () => {
  expect(read(textFrame('a\ud800'))).toEqual({ first: 0x81, size: 4, text: 'a�' })
})
