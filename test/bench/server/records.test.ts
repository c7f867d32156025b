import { expect, test } from 'vitest'
import { MarkCount, recordText } from './records.ts'

test('a record is 200 bytes of JSON with one mark, whatever its number', () => {
  for (const seq of [1, 999, 1_000_000]) {
    expect(Buffer.byteLength(recordText(seq))).toBe(200)
    expect(JSON.parse(recordText(seq))).toMatchObject({ seq })
    expect(recordText(seq).split('§')).toHaveLength(2)
  }
})

test('every mark is counted once, wherever the bytes are cut', () => {
  const bytes = Buffer.from(`${recordText(1)}${recordText(2)}`)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const count = new MarkCount()
    count.take(bytes.subarray(0, cut))
    count.take(bytes.subarray(cut))
    expect(count.marks, `cut at ${cut}`).toBe(2)
  }
})

test('half a mark is none', () => {
  const count = new MarkCount()
  count.take(Buffer.from([0xc2]))
  count.take(Buffer.from([0x81, 0xa7]))
  expect(count.marks).toBe(0)
})
