import { expect, test } from 'vitest'
import type { AppMessage } from '../protocol/messages.ts'
import { Batch } from './batch.ts'

const gone = (t: number): AppMessage => ({ kind: 'gone', t, actor: 'x:0', status: 'done' })

test('what a full batch lets go is counted once, and a count that finds it full is added to its own', () => {
  const out: AppMessage[] = []
  const batch = new Batch(2, (messages) => out.push(...messages))
  batch.add([gone(1), gone(2), gone(3), { kind: 'dropped', t: 4, count: 40 }, gone(5)], 'later')
  batch.flush()
  expect(out).toEqual([gone(1), gone(2), { kind: 'dropped', t: 2, count: 42 }])
})
