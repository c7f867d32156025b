import { expect, test } from 'vitest'
import { COURSE, expectSurvival, TIMEOUT } from './suite.ts'
import { Switching } from './switching.ts'

test('across forced changes of the carrier every record arrives once and in order, both ways', {
  timeout: TIMEOUT,
}, async () => {
  const switching = new Switching({ every: Math.floor(COURSE.kills / 24), patience: COURSE.patience })
  await expectSurvival(switching.contender, {
    silent: 0,
    before: (round, proxy) => switching.before(round, proxy),
  })
  await switching.finished()
  expect(switching.switches).toBeGreaterThanOrEqual(20)
})
