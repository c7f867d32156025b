import { test } from 'vitest'
import { ours } from './contenders/ours.ts'
import { expectSurvival, TIMEOUT } from './suite.ts'

test('over an event stream every record arrives once and in order, both ways, with a cut of each for every hundred', {
  timeout: TIMEOUT,
}, async () => {
  await expectSurvival(ours('sse'))
})
