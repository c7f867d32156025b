import { test } from 'vitest'
import { ours } from './contenders/ours.ts'
import { expectSurvival, TIMEOUT } from './suite.ts'

test('over long-polling every record arrives once and in order, both ways, across 200 cuts of each', {
  timeout: TIMEOUT,
}, async () => {
  // Whoever holds a poll back says nothing for 25 s: that a connection is silently dead shows only after that.
  await expectSurvival(ours('long-poll'), { silent: 0 })
})
