import { expect, test } from 'vitest'
import type { TransportError } from '../errors.ts'
import type { Outgoing } from '../link.ts'
import { draftsOf, type RecordKind } from './drafts.ts'

/** What becomes of these values: the records of each append, and the codes of those refused. */
function drafted(kind: RecordKind, ...values: unknown[]) {
  const refused: (string | undefined)[] = []
  const items = values.map(
    (data): Outgoing => ({ data, settle: (error) => refused.push((error as TransportError | undefined)?.code) }),
  )
  const drafts = draftsOf(items, kind)
  const owners = drafts.flatMap((draft) => draft.items.map((item) => items.indexOf(item)))
  return { appends: drafts.map(({ records }) => records), refused, owners }
}

test('values of a JSON stream leave together, each as the JSON text of one record', () => {
  expect(drafted('json', { a: 1 }, [1, 2], 'text', null)).toEqual({
    appends: [['{"a":1}', '[1,2]', '"text"', 'null']],
    refused: [],
    owners: [0, 1, 2, 3],
  })
})

test('no append is larger than a frame of 64 KiB holds, unless it is a single record', () => {
  // Three bytes a character: the worst there is.
  const { appends } = drafted('json', ...Array.from({ length: 40 }, () => '€'.repeat(1_000)), '€'.repeat(30_000), 1)
  for (const records of appends.slice(0, 3)) {
    expect(Buffer.byteLength(records.join(','))).toBeLessThan(64 * 1024 - 1_000)
  }
  expect(appends.map(({ length }) => length)).toEqual([16, 16, 8, 1, 1])
})

test('texts and bytes leave alone: nothing would keep them apart in one body', () => {
  const bytes = new Uint8Array([1])
  expect(drafted('text', 'a', 'b').appends).toEqual([['a'], ['b']])
  expect(drafted('json', 1, bytes, 2, new ArrayBuffer(1), 3, 4).appends).toEqual([
    ['1'],
    [bytes],
    ['2'],
    [new Uint8Array(1)],
    ['3', '4'],
  ])
})

test('what cannot be written is refused at once, and holds up nobody', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  expect(drafted('json', 1, undefined, 1n, cycle, () => 1, 2)).toEqual({
    appends: [['1', '2']],
    refused: Array(4).fill('encode_failed'),
    owners: [0, 5],
  })
  expect(drafted('text', 'a', 5).refused).toEqual(['encode_failed'])
})
