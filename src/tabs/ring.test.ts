import { describe, expect, it } from 'vitest'
import type { Entry } from './frames.ts'
import { copyOf, Ring } from './ring.ts'

const ample = { messages: 1_000, bytes: 1_000_000 }

/** What somebody gets who stands at a position. */
function from(ring: Ring, position: string | null): unknown[] | undefined {
  const first = ring.find(position)
  if (first === undefined) return undefined
  const found: unknown[] = []
  for (let number = first; number < ring.end; number++) {
    const entry = ring.at(number)
    found.push(entry !== undefined && 'gap' in entry ? entry.gap.reason : entry?.data)
  }
  return found
}

function ringOf(entries: readonly Entry[], limits = ample): Ring {
  const ring = new Ring(limits)
  ring.continueFrom(null)
  for (const entry of entries) ring.push(entry)
  return ring
}

const letters = (text: string): Entry[] => [...text].map((data) => ({ data, position: `after ${data}` }))

describe('a ring', () => {
  it('gives what comes after a position, and everything to who begins', () => {
    const ring = ringOf(letters('abc'))
    expect(from(ring, null)).toEqual(['a', 'b', 'c'])
    expect(from(ring, 'after a')).toEqual(['b', 'c'])
    expect(from(ring, 'after c')).toEqual([])
    expect(from(ring, 'elsewhere')).toBeUndefined()
  })

  it('begins for who wants no history with what comes next', () => {
    const ring = ringOf(letters('abc'))
    expect(ring.find(null, 'now')).toBe(ring.end)
  })

  it('forgets the oldest by number, and knows the place before the oldest it has', () => {
    const ring = ringOf(letters('abcde'), { ...ample, messages: 3 })
    expect(from(ring, 'after b')).toEqual(['c', 'd', 'e'])
    expect(from(ring, 'after a')).toBeUndefined()
    expect(from(ring, null)).toBeUndefined()
  })

  it('forgets the oldest by weight, but never the newest', () => {
    const ring = ringOf(letters('abc'), { ...ample, bytes: 10 })
    ring.push({ data: 'x'.repeat(1_000), position: 'after x' })
    expect(ring.end - ring.start).toBe(1)
    expect(from(ring, 'after c')).toEqual(['x'.repeat(1_000)])
    expect(from(ring, 'after b')).toBeUndefined()
  })

  it('repeats what has the position one stands at rather than to lose it', () => {
    const page = ['a', 'b', 'c'].map((data): Entry => ({ data, position: 'page 1' }))
    const ring = ringOf([...page, { data: 'd', position: 'page 2' }])
    expect(from(ring, 'page 1')).toEqual(['b', 'c', 'd'])
    ring.push({ data: 'e', position: 'page 2' })
    expect(from(ring, 'page 2')).toEqual(['e'])
  })

  it('has no place for a position whose first message is gone, though others with the same are here', () => {
    const page = ['a', 'b', 'c', 'd'].map((data): Entry => ({ data, position: 'page 1' }))
    const ring = ringOf(page, { ...ample, messages: 2 })
    expect(from(ring, 'page 1')).toBeUndefined()
  })

  it('goes on where it ends, and begins anew anywhere else', () => {
    const ring = ringOf(letters('abc'))
    ring.continueFrom('after c')
    expect(from(ring, 'after a')).toEqual(['b', 'c'])
    ring.continueFrom('after a')
    expect(from(ring, 'after a')).toEqual([])
    expect(from(ring, 'after b')).toBeUndefined()
    expect(from(ring, null)).toBeUndefined()
  })

  it('keeps bookmarks and gaps in their places', () => {
    const ring = ringOf([{ position: 'mark' }, { gap: { reason: 'trimmed', lost: null } }, ...letters('a')])
    expect(from(ring, 'mark')).toEqual(['trimmed', 'a'])
  })

  it('has no history for anybody where there are no positions', () => {
    const ring = ringOf([{ data: 'a' }, { data: 'b' }])
    expect(from(ring, null)).toEqual([])
  })
})

it('a copy shares nothing with what it was made of', () => {
  const entry = { data: { list: [1] }, position: 'here' }
  const copy = copyOf(entry)
  entry.data.list.push(2)
  expect(copy).toEqual({ data: { list: [1] }, position: 'here' })
})
