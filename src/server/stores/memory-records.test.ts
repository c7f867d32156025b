import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { MemoryRecords } from './memory-records.ts'
import type { StoredRecord } from './store.ts'

const ALL = { records: Infinity, bytes: Infinity }
const record = (seq: number): StoredRecord => ({ seq, at: seq, size: 1, body: `${seq}` })
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const seqs = (records: Iterable<StoredRecord>) => [...records].map(({ seq }) => seq)

describe('records in memory', () => {
  test('stay right however often the beginning moves', () => {
    const records = new MemoryRecords()
    for (let seq = 1; seq <= 10_000; seq++) {
      records.add([record(seq)])
      records.drop(seq - 7)
      if (seq % 997 !== 0) continue
      expect(seqs(records.oldestFirst())).toEqual(numbers(seq - 6, seq))
      expect(seqs(records.read(seq - 4, ALL))).toEqual(numbers(seq - 3, seq))
    }
  })

  test('stay right when many go at once, or all', () => {
    const records = new MemoryRecords()
    records.add(numbers(1, 5_000).map(record))
    records.drop(4_000)
    expect(seqs(records.read(4_000, { records: 2, bytes: Infinity }))).toEqual([4_001, 4_002])
    records.drop(5_000)
    expect([seqs(records.oldestFirst()), seqs(records.read(5_000, ALL))]).toEqual([[], []])
    records.add([record(5_001)])
    expect(seqs(records.read(5_000, ALL))).toEqual([5_001])
  })

  test('are not held any more once they are forgotten', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const records = new MemoryRecords()
    const gone = new WeakRef(addLarge(records, 1))
    addLarge(records, 2)
    records.drop(1)
    // What a weak reference has given is held until the turn is over, so each look is in a turn of its own.
    await expect
      .poll(() => {
        collect()
        return gone.deref() === undefined
      })
      .toBe(true)
    expect(seqs(records.oldestFirst())).toEqual([2])
  })
})

/** In a function of its own, so that no variable holds the body. */
function addLarge(records: MemoryRecords, seq: number): Uint8Array {
  const body = new Uint8Array(1024)
  records.add([{ seq, at: 0, size: body.length, body }])
  return body
}
