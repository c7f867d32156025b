import { describe, expect, test } from 'vitest'
import type { StreamHead } from '../../src/server/stores/store.ts'
import type { GapPolicy } from '../../src/transports/durable.ts'
import { Truth } from './truth.ts'
import { View } from './view.ts'

const gens = ['0192f0a1b2c3d4e5', '0192f0a1b2c3d4e6']
const config = { contentType: 'application/json', ttlMs: null, expiresAt: null, owner: null }

function headOf(life: number, earliest: number, tail: number): StreamHead {
  const gen = gens[life] ?? ''
  return { path: 'log', gen, terms: [{ term: 1, after: 0 }], earliest, tail, state: 'open', config, bytes: 0 }
}

/** A log of r1 to r9, of which a reader under this policy has the first three. */
function started(policy: GapPolicy = 'restart') {
  const truth = new Truth()
  const bodies = Array.from({ length: 9 }, (_, index) => JSON.stringify({ id: `r${index + 1}` }))
  truth.note(headOf(0, 0, 0), [])
  truth.note(headOf(0, 0, 9), bodies)
  const view = new View(truth, policy)
  for (const name of ['r1', 'r2', 'r3']) view.hear(name)
  return {
    truth,
    view,
    trim: (earliest: number) => truth.note(headOf(0, earliest, 9), []),
    replace: () => truth.note(headOf(1, 0, 1), [JSON.stringify({ id: 'n1' })]),
  }
}

describe('a reader of a whole log', () => {
  test('has each record once and in order', () => {
    const { view } = started()
    for (const name of ['r4', 'r5', 'r6', 'r7', 'r8', 'r9']) view.hear(name)
    view.standsAt({ life: 0, seq: 9 })
    expect(view.complaints).toEqual([])
    expect(view.heard).toEqual({ records: 9, gaps: 0 })
  })

  test.each(['r3', 'r5', 'r1', 'x1'])('complains of %s behind the third', (name) => {
    const { view } = started()
    view.hear(name)
    expect(view.complaints).toHaveLength(1)
  })

  test('complains of a position that is not behind what it has', () => {
    const { view } = started()
    view.standsAt({ life: 0, seq: 4 })
    expect(view.complaints).toHaveLength(1)
  })

  test('complains of a gap where nothing is gone', () => {
    const { view } = started()
    view.lose({ reason: 'trimmed', lost: 2 })
    expect(view.complaints).toHaveLength(1)
  })

  test('may begin where the log begins, and nowhere else', () => {
    const { truth, trim } = started()
    trim(5)
    for (const [name, complaints] of [
      ['r1', 0],
      ['r6', 0],
      ['r5', 1],
    ] as const) {
      const view = new View(truth, 'fail')
      view.hear(name)
      expect(view.complaints).toHaveLength(complaints)
    }
  })
})

describe('a reader of a log that was trimmed', () => {
  test('is told how much, and goes on behind it', () => {
    const { trim, view } = started()
    trim(5)
    view.lose({ reason: 'trimmed', lost: 2 })
    view.hear('r6')
    expect(view.complaints).toEqual([])
  })

  test.each([1, 3, 0, null])('complains of %s records instead of two', (lost) => {
    const { trim, view } = started()
    trim(5)
    view.lose({ reason: 'trimmed', lost })
    expect(view.complaints).toHaveLength(1)
  })

  test('complains when nobody has told it', () => {
    const { trim, view } = started()
    trim(5)
    view.hear('r6')
    expect(view.complaints).toHaveLength(1)
  })

  test('complains of the same gap twice, unless it did not read in between', () => {
    const { trim, view } = started()
    trim(5)
    view.lose({ reason: 'trimmed', lost: 2 }, false)
    view.lose({ reason: 'trimmed', lost: 2 })
    expect(view.complaints).toEqual([])
    view.lose({ reason: 'trimmed', lost: 2 })
    expect(view.complaints).toHaveLength(1)
  })

  test('may go on at the tail when it jumps, and is not told how much it passes over', () => {
    const { trim, view } = started('jump')
    trim(5)
    view.lose({ reason: 'trimmed', lost: null })
    view.hear('r8')
    expect(view.complaints).toEqual([])
    view.hear('r7')
    expect(view.complaints).toHaveLength(1)
  })

  test('goes on behind the snapshot that it has taken', () => {
    const { trim, truth, view } = started('refetch')
    trim(5)
    view.lose({ reason: 'trimmed', lost: 2 })
    view.take({ life: 0, seq: 9 })
    truth.note(headOf(0, 5, 10), [JSON.stringify({ id: 'r10' })])
    view.hear('r10')
    expect(view.complaints).toEqual([])
  })
})

describe('a reader of a log that was deleted and created again', () => {
  test('is told so, and begins with the new one', () => {
    const { replace, view } = started()
    replace()
    view.lose({ reason: 'generation', lost: null })
    view.hear('n1')
    expect(view.complaints).toEqual([])
  })

  test('complains when nobody has told it, and of what is not there any more', () => {
    const { replace, view } = started()
    replace()
    view.hear('n1')
    expect(view.complaints).toHaveLength(1)
    const other = started()
    other.replace()
    other.view.lose({ reason: 'generation', lost: null })
    other.view.hear('r4')
    expect(other.view.complaints).toHaveLength(1)
  })
})
