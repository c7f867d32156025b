import { describe, expect, test } from 'vitest'
import { byteWords, countWords, entryWords, gapWords } from '../../../inspector/page/panels/facts.ts'
import { createFiltered, placeOf } from '../../../inspector/page/panels/filtered.ts'
import { changedPaths, parsed, redactions, redactionWords } from '../../../inspector/page/panels/json.ts'
import { labelOf, lanesOf, placed } from '../../../inspector/page/panels/lanes.ts'
import { mostRows, sliceOf } from '../../../inspector/page/panels/slice.ts'
import type { FrameMessage } from '../../../inspector/protocol/messages.ts'
import type { Arrow } from '../../../inspector/session/sequence.ts'
import type { Entry } from '../../../inspector/session/view.ts'

function entry(seq: number): Entry {
  return { kind: 'event', seq, t: seq, actor: 'a', source: null, type: `tick ${seq}` }
}

/** A small generator of numbers from 0 to 1: the same seed, the same numbers. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('the slice that is in the document', () => {
  test('covers what is seen, and is never longer than it may be', () => {
    const seed = Date.now()
    const random = chance(seed)
    for (let round = 0; round < 500; round += 1) {
      const viewport = {
        count: Math.floor(random() * 50_000),
        rowHeight: 20 + Math.floor(random() * 20),
        top: Math.floor(random() * 900_000),
        height: Math.floor(random() * 1_000),
      }
      const { from, to } = sliceOf(viewport)
      const said = `seed ${seed}, ${JSON.stringify(viewport)}`
      expect(to - from, said).toBeLessThanOrEqual(mostRows)
      expect(from, said).toBeGreaterThanOrEqual(0)
      expect(to, said).toBeLessThanOrEqual(viewport.count)
      const first = Math.floor(viewport.top / viewport.rowHeight)
      const last = Math.min(viewport.count, Math.ceil((viewport.top + viewport.height) / viewport.rowHeight))
      if (first >= viewport.count) continue
      expect(from, said).toBeLessThanOrEqual(first)
      expect(to, said).toBeGreaterThanOrEqual(last)
    }
  })

  test('of a list that became shorter than it is scrolled is its end', () => {
    expect(sliceOf({ count: 100, rowHeight: 24, top: 99_999, height: 240 }).to).toBe(100)
  })
})

describe('the entries that a query lets through', () => {
  test('are what reading all of them again would give, whatever comes and goes', () => {
    const seed = Date.now()
    const random = chance(seed)
    const filtered = createFiltered()
    let entries: readonly Entry[] = []
    let [seq, divisor] = [0, 2]
    let matches = (one: Entry): boolean => one.seq % divisor === 0
    for (let round = 0; round < 400; round += 1) {
      const luck = random()
      if (luck < 0.6) {
        const more = Array.from({ length: Math.floor(random() * 9) }, () => {
          seq += 1 + Math.floor(random() * 3)
          return entry(seq)
        })
        entries = [...entries, ...more]
      } else if (luck < 0.8) entries = entries.slice(Math.floor(random() * entries.length * 1.2))
      else if (luck < 0.85) {
        const by = 1 + Math.floor(random() * 4)
        divisor = by
        matches = (one) => one.seq % by === 0
      } else if (luck < 0.9) entries = entries.filter(() => random() < 0.9)
      const kept = filtered.update(entries, matches)
      expect(kept, `seed ${seed}, round ${round}`).toEqual(entries.filter(matches))
      expect(filtered.update(entries, matches)).toBe(kept)
    }
  })

  test('are found by their number', () => {
    const entries = [entry(2), entry(5), entry(9)]
    expect([placeOf(entries, 5), placeOf(entries, 6), placeOf(entries, null), placeOf([], 5)]).toEqual([1, -1, -1, -1])
  })
})

describe('the words of a row', () => {
  const frame: FrameMessage = {
    kind: 'frame',
    seq: 1,
    t: 5,
    actor: 'a',
    direction: 'in',
    what: 'message',
    bytes: 1_234,
    position: null,
    text: 'one\n  two',
  }
  const event: Entry = { kind: 'event', seq: 1, t: 0, actor: 'a', source: null, type: 'go' }

  test('of a frame are its text in one line and its size', () => {
    expect(entryWords(frame, () => 'a')).toMatchObject({ icon: 'in', words: 'message one two', source: '1.2 kB' })
    expect(entryWords({ ...frame, what: 'error', text: null }, () => 'a')).toMatchObject({
      icon: 'error',
      words: 'error',
    })
  })

  test('are one line that can be seen and reads as it was written', () => {
    const words = (type: string): string => entryWords({ ...event, type }, () => 'a').words
    expect(['', ' \n', 'two\nlines', '\u202eevil', 'x'.repeat(999)].map((type) => words(type).length)).toEqual([
      7, 7, 9, 5, 240,
    ])
    expect([words(''), words('\u202eevil')]).toEqual(['(empty)', '\ufffdevil'])
  })

  test('of a state that is long say where it begins and where it ends', () => {
    const state = (value: unknown): Entry => {
      return { kind: 'step', seq: 1, t: 0, actor: 'a', because: 0, taken: null, value, tags: [], status: 'active' }
    }
    const brief = (value: unknown): string => entryWords(state(value), () => 'a').brief
    const flowing = { connected: { flow: 'flowing', liveness: 'alive' } }
    expect(brief(flowing)).toBe('connected…flowing, alive')
    expect(entryWords(state(flowing), () => 'a').words).toBe('connected.flow.flowing, connected.liveness.alive')
    expect(brief({ reconnecting: 'waiting' })).toBe('reconnecting.waiting')
    expect(brief({ reconnecting: { restoring: 'authenticating' } })).toBe('reconnecting…authenticating')
    expect(brief({ upload: { part: 'sending' }, download: { part: 'reading' } })).toBe('sending, reading')
    expect(brief('aVeryLongNameOfAStateThatStandsAlone')).toBe('aVeryLongNameOfAStateThatStandsAlone')
    expect(brief(null)).toBe('active')
  })

  test('leave out the source of what an actor sends itself', () => {
    const raised: Entry = { kind: 'event', seq: 1, t: 0, actor: 'a', source: 'a', type: 'xstate.after.900.a.b' }
    expect(entryWords(raised, () => 'name')).toMatchObject({ source: '', icon: 'timer', words: 'after 900 ms' })
    expect(entryWords({ ...raised, source: null }, (id) => id ?? 'app').source).toBe('app')
  })

  test('give counts, sizes and gaps that can be read', () => {
    expect([countWords(1_204_000), countWords(999), byteWords(0), byteWords(2_500_000)]).toEqual([
      '1\u202f204\u202f000',
      '999',
      '',
      '2.5 MB',
    ])
    expect([gapWords(undefined, frame), gapWords({ t: 1 }, frame)]).toEqual(['', '+4 ms'])
  })
})

describe('a text from an app', () => {
  test('that is no JSON is shown as it is', () => {
    expect(parsed('a: 1')).toEqual({ kind: 'text', text: 'a: 1' })
    expect(parsed('{a:1}').kind).toBe('text')
    expect(parsed('{"a":1')).toEqual({ kind: 'cut', text: '{"a":1' })
    expect(parsed('{"__proto__":{"x":1}}')).toMatchObject({ kind: 'value' })
  })

  test('has its redactions marked, with how long they were', () => {
    expect(redactions('key=•••• ≤32&rest')).toEqual(['key=', '•••• ≤32', '&rest'])
    expect(redactions('a • b')).toEqual(['a • b'])
    expect(['•••• >128', '•••• ≤8', '••••'].map(redactionWords)).toEqual([
      'more than 128 characters',
      'at most 8 characters',
      'of a length that is not told',
    ])
  })

  test('differs from the one before where it differs, and around it', () => {
    const before = { a: 1, list: [1, { deep: true }], 'x/y': 1, same: { s: 1 } }
    const after = { a: 1, list: [1, { deep: false }], 'x/y': 2, same: { s: 1 }, fresh: null }
    const changes = changedPaths(before, after)
    expect([...changes.keys()].sort()).toEqual(['', '/fresh', '/list', '/list/1', '/list/1/deep', '/x~1y'])
    expect([changes.get('/x~1y'), changes.get('/fresh')]).toEqual([1, undefined])
    expect(changedPaths(before, structuredClone(before)).size).toBe(0)
    expect(changedPaths({ a: {} }, { a: [] }).has('/a')).toBe(true)
    expect(changedPaths({ a: { gone: 1 } }, { a: {} }).has('/a')).toBe(true)
  })

  test('nested thousands deep is compared without hanging or throwing', () => {
    const deep = (end: string): unknown => JSON.parse(`${'['.repeat(8_000)}${end}${']'.repeat(8_000)}`)
    expect(changedPaths(deep('1'), deep('2')).size).toBeGreaterThan(0)
  })
})

describe('a label of the sequence', () => {
  const lanes = ['app', 'one', 'two'].map((id) => ({ id, title: id, kind: 'actor' as const }))
  const arrow = (words: string, from: string, to: string): Arrow => {
    return { t: 0, until: 0, seq: 1, from, to, kind: 'user', words, count: 1 }
  }

  test.each([320, 368, 760])('stays inside of a diagram of %i pixels, however long it is', (available) => {
    const words = ['a', 'message ×7', 'w'.repeat(30), 'w'.repeat(5_000), '数'.repeat(30)]
    const arrows = words.flatMap((text) => [
      arrow(text, 'app', 'one'),
      arrow(text, 'two', 'two'),
      arrow(text, 'two', 'app'),
    ])
    const room = lanesOf({ lanes, arrows }, available)
    expect(room.width).toBeGreaterThanOrEqual(available)
    for (const one of arrows) {
      const { left, labelWidth } = placed(one, room)
      expect(left).toBeGreaterThanOrEqual(0)
      expect(left + labelWidth).toBeLessThanOrEqual(room.width)
    }
  })

  test('that is too long keeps its end, where the count of a fold stands', () => {
    expect(labelOf({ words: `${'w'.repeat(99)} ×7` })).toMatch(/^w+…w+ ×7$/)
  })
})
