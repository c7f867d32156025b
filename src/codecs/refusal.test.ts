import { expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { type Refused, refuse } from './refusal.ts'

const message: Message = { data: '{', position: '7' }
const error = new TransportError('decode_failed', 'A message could not be decoded.')

function carriedOut(refused: Refused | undefined): string[] {
  const did: string[] = []
  const outcomes = {
    pass: () => void did.push('pass'),
    say: (said: TransportError) => void did.push(`say ${said.code}`),
    fail: (failure: TransportError) => void did.push(`fail ${failure.code}`),
  }
  refuse(refused, message, error, outcomes)
  return did
}

test.each<[Refused | undefined, string[]]>([
  [undefined, ['pass', 'say decode_failed']],
  ['error', ['pass', 'say decode_failed']],
  ['drop', ['pass']],
  ['fail', ['fail decode_failed']],
])('%s leads to %j', (refused, did) => {
  expect(carriedOut(refused)).toEqual(did)
})

test('a function gets the message as it came and the reason, and nothing else is said', () => {
  const heard: unknown[] = []
  expect(carriedOut((...given) => heard.push(given))).toEqual(['pass'])
  expect(heard).toEqual([[message, error]])
})
