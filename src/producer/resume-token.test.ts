import { expect, test } from 'vitest'
import { createActor } from 'xstate'
import { durableConnection } from '../durable.ts'
import { producerIn, type ResumeToken, resumed, resumeTokenOf } from './resume-token.ts'

const producer = { id: 'p', epoch: 0, waiting: 0 }

test.each<[string, unknown]>([
  ['an id that is none', { ...producer, id: 'a b' }],
  ['an id of another type', { ...producer, id: 5 }],
  ['an epoch below zero', { ...producer, epoch: -1 }],
  ['an epoch that cannot be followed by another', { ...producer, epoch: Number.MAX_SAFE_INTEGER }],
  ['an epoch that is a text', { ...producer, epoch: '0' }],
  ['a count that is none', { ...producer, waiting: Number.NaN }],
  ['a text', 'p'],
])('%s is refused: a token comes from where anybody may write', (_name, forged) => {
  const token = { position: null, producer: forged } as ResumeToken
  expect(() => producerIn(token)).toThrow(expect.objectContaining({ code: 'bad_option' }))
})

test('a token without a producer, or none at all, is a beginning', () => {
  expect(producerIn(undefined)).toBeUndefined()
  expect(producerIn({ position: null, producer: null })).toBeUndefined()
  expect(resumed({ resume: { position: 'o1', producer: null } })).toEqual({ position: 'o1' })
  expect(resumed({ resume: { position: null, producer: null } })).toEqual({})
})

test('a connection that has not sent hands its token on as it is', () => {
  const resume = { position: 'o1', producer: { id: 'p', epoch: 3, waiting: 1 } }
  const actor = createActor(durableConnection, { input: { url: 'http://127.0.0.1:9/v1/stream/a', resume } }).start()
  expect(resumeTokenOf(actor)).toEqual(resume)
  const fresh = createActor(durableConnection, { input: { url: 'http://127.0.0.1:9/v1/stream/a' } }).start()
  expect(resumeTokenOf(fresh)).toEqual({ position: null, producer: null })
})
