import { describe, expect, test } from 'vitest'
import { acknowledgedEntry, batchEntry, headEntry, readEntries } from './file-outbox-entries.ts'

const PRODUCER = { id: 'the producer', epoch: 3 }
const FIRST = { sequence: 5, records: ['{"a":1}', new Uint8Array([0, 10, 255])] }
const SECOND = { sequence: 6, records: ['line\nend', ''] }
const THIRD = { sequence: 7, records: ['}'] }
const LINES = [headEntry(PRODUCER, 5), batchEntry(FIRST, -1), batchEntry(SECOND, 5), batchEntry(THIRD, 5)]
const FILE = Buffer.concat(LINES)

const read = (bytes: Buffer) => readEntries(bytes, '/outbox/file')

describe('what was written', () => {
  test('is read as it was, without what was acknowledged', () => {
    const content = { producer: PRODUCER, next: 8, batches: [SECOND, THIRD], whole: true }
    expect(read(FILE)).toEqual(content)
    expect(read(Buffer.concat(LINES.slice(0, 2)))).toEqual({ ...content, next: 6, batches: [FIRST] })
    expect(read(Buffer.concat([FILE, acknowledgedEntry(7)]))).toEqual({ ...content, batches: [] })
  })

  test('may be an acknowledgement that is older than another one', () => {
    expect(read(Buffer.concat([FILE, acknowledgedEntry(6), acknowledgedEntry(5)])).batches).toEqual([THIRD])
  })
})

describe('a file that ends in the middle of a line', () => {
  test('is read up to that line, wherever the write was torn', () => {
    const kept = FILE.length - (LINES.at(-1)?.length ?? 0)
    for (let length = kept; length < FILE.length - 1; length++)
      expect(read(FILE.subarray(0, length))).toMatchObject({ next: 7, batches: [SECOND], whole: length === kept })
    // All that is missing is the end of the line.
    expect(read(FILE.subarray(0, -1))).toMatchObject({ next: 8, batches: [SECOND, THIRD], whole: false })
  })

  test('may end in what never reached the device, which reads as NUL', () => {
    const torn = Buffer.from(FILE)
    torn.fill(0, FILE.length - 20)
    expect(read(torn)).toMatchObject({ next: 7, batches: [SECOND], whole: false })
  })
})

describe('a damaged file', () => {
  test('is never taken for another content, whichever bit of it is wrong', () => {
    const content = read(FILE)
    for (let bit = 0; bit < FILE.length * 8; bit++) {
      const wrong = Buffer.from(FILE)
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const outcome = outcomeOf(() => ({ ...read(wrong), whole: true }))
      if (outcome !== 'outbox_failed') expect(outcome, `bit ${bit}`).toEqual(content)
    }
  })

  test.each([
    ['is empty', Buffer.alloc(0)],
    ['has no head', Buffer.concat(LINES.slice(1))],
    ['has two heads', Buffer.concat([...LINES, headEntry(PRODUCER, 8)])],
    ['lacks a batch', Buffer.concat([...LINES.slice(0, 2), ...LINES.slice(3)])],
    ['has a batch twice', Buffer.concat([...LINES, batchEntry(THIRD, 5)])],
    ['is of another kind', Buffer.from('SQLite format 3\n')],
    ['has a torn line before its last one', Buffer.concat([...LINES.slice(0, 2), FILE.subarray(0, 30), FILE])],
  ])('is refused when it %s', (_what, bytes) => {
    expect(() => read(bytes)).toThrow(
      expect.objectContaining({
        code: 'outbox_failed',
        message: 'The file of the outbox is damaged; move it away to begin anew.',
      }),
    )
  })
})

function outcomeOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
