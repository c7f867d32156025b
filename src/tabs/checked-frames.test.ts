import { describe, expect, it } from 'vitest'
import { followerFrame, hallFrame, leaderFrame } from './checked-frames.ts'

const error = { code: 'network', message: 'Gone.' }
const abilities = { protocol: 'sse', write: false, ping: true, appends: 0 }
const append = { producer: { id: 'p', epoch: 0, sequence: 3 }, records: ['1', new Uint8Array([2])] }

const doors = { hallFrame, leaderFrame, followerFrame }

const good: [keyof typeof doors, object][] = [
  ['hallFrame', { type: 'seek', member: 'm', position: null, beginning: 'now' }],
  ['hallFrame', { type: 'ask', member: 'm', position: 'p' }],
  ['hallFrame', { type: 'leading', leader: 'l' }],
  ['hallFrame', { type: 'failed', error }],
  ['leaderFrame', { type: 'dialling', leader: 'l' }],
  ['leaderFrame', { type: 'welcome', leader: 'l', abilities, position: null }],
  ['leaderFrame', { type: 'entries', leader: 'l', entries: [{ data: 0 }, { position: 'p' }] }],
  ['leaderFrame', { type: 'entries', leader: 'l', entries: [{ gap: { reason: 'trimmed', lost: 3 } }] }],
  ['leaderFrame', { type: 'floor', leader: 'l', milliseconds: 5 }],
  ['leaderFrame', { type: 'settled', leader: 'l', id: 1, index: 0, error: null }],
  ['leaderFrame', { type: 'answered', leader: 'l', id: 1, answer: { kind: 'stored' } }],
  ['leaderFrame', { type: 'answered', leader: 'l', id: 1, answer: { kind: 'barred', error } }],
  ['leaderFrame', { type: 'lost', leader: 'l', error }],
  ['followerFrame', { type: 'taken', leader: 'l', count: 0 }],
  ['followerFrame', { type: 'write', leader: 'l', id: 1, items: [undefined, 'a'] }],
  ['followerFrame', { type: 'append', leader: 'l', id: 1, append }],
  ['followerFrame', { type: 'leave', leader: 'l' }],
]

/** Each takes one frame from above and makes it wrong. */
const bad: [keyof typeof doors, object][] = [
  ['hallFrame', { type: 'seek', member: 1, position: null, beginning: 'now' }],
  ['hallFrame', { type: 'seek', member: 'm', position: undefined, beginning: 'now' }],
  ['hallFrame', { type: 'seek', member: 'm', position: null, beginning: 'later' }],
  ['hallFrame', { type: 'ask', member: 'm', position: 7 }],
  ['hallFrame', { type: 'leading' }],
  ['hallFrame', { type: 'failed', error: { code: 'network' } }],
  ['hallFrame', { type: 'failed', error: { ...error, status: '500' } }],
  ['leaderFrame', { type: 'dialling' }],
  ['leaderFrame', { type: 'welcome', leader: 'l', abilities: { ...abilities, appends: -1 }, position: null }],
  ['leaderFrame', { type: 'welcome', leader: 'l', abilities: null, position: null }],
  ['leaderFrame', { type: 'entries', leader: 'l', entries: { length: 2 ** 32 } }],
  ['leaderFrame', { type: 'entries', leader: 'l', entries: [{ data: 0 }, {}] }],
  ['leaderFrame', { type: 'entries', leader: 'l', entries: [{ data: 0, position: 1 }] }],
  ['leaderFrame', { type: 'entries', leader: 'l', entries: [{ gap: { reason: 'trimmed' } }] }],
  ['leaderFrame', { type: 'entries', leader: 'l', entries: [{ gap: { reason: 'bored', lost: null } }] }],
  ['leaderFrame', { type: 'floor', leader: 'l', milliseconds: Number.NaN }],
  ['leaderFrame', { type: 'floor', leader: 'l', milliseconds: -1 }],
  ['leaderFrame', { type: 'settled', leader: 'l', id: 1.5, index: 0, error: null }],
  ['leaderFrame', { type: 'settled', leader: 'l', id: 1, index: 0 }],
  ['leaderFrame', { type: 'answered', leader: 'l', id: 1, answer: { kind: 'perhaps' } }],
  ['leaderFrame', { type: 'answered', leader: 'l', id: 1, answer: { kind: 'early', expected: 2 ** 60 } }],
  ['leaderFrame', { type: 'answered', leader: 'l', id: 1, answer: { kind: 'refused' } }],
  ['leaderFrame', { type: 'lost', leader: 'l', error: 'gone' }],
  ['followerFrame', { type: 'taken', leader: 'l', count: Number.POSITIVE_INFINITY }],
  ['followerFrame', { type: 'write', leader: 'l', id: 1, items: 'text' }],
  ['followerFrame', { type: 'append', leader: 'l', id: 1, append: { ...append, records: [] } }],
  ['followerFrame', { type: 'append', leader: 'l', id: 1, append: { ...append, records: [1] } }],
  ['followerFrame', { type: 'append', leader: 'l', id: 1, append: { ...append, producer: { id: 'p' } } }],
  ['followerFrame', { type: 'leave', leader: {} }],
]

describe('the door of a channel', () => {
  it.each(good)('lets in by %s: %j', (door, frame) => {
    expect(doors[door](frame)).toBe(frame)
  })

  it.each(bad)('keeps out by %s: %j', (door, frame) => {
    expect(doors[door](frame)).toBeUndefined()
  })

  it.each(Object.keys(doors) as (keyof typeof doors)[])('keeps out by %s what is no frame', (door) => {
    const strangers = [undefined, null, 0, 'seek', [], () => {}, new Map(), {}, { type: 'x'.repeat(1_000_000) }]
    for (const value of [...strangers, { type: ['seek'] }, { type: 'constructor', leader: 'l' }])
      expect(doors[door](value)).toBeUndefined()
  })

  it('does not let the frames of one room into another', () => {
    for (const [door, frame] of good)
      for (const [other, check] of Object.entries(doors)) if (other !== door) expect(check(frame)).toBeUndefined()
  })
})
