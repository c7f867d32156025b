import { expect, test } from 'vitest'
import { phaseOf } from './phase.ts'

const snapshot = (value: unknown, tags: string[], status = 'active') => ({ value, status, tags: new Set(tags) })

test.each([
  ['idle without a tag', snapshot('idle', []), 'idle'],
  ['pending while it connects', snapshot('connecting', ['pending']), 'pending'],
  ['online when it is', snapshot({ connected: { flow: 'flowing', liveness: 'alive' } }, ['online']), 'online'],
  ['paused when the flow is', snapshot({ connected: { flow: 'paused', liveness: 'alive' } }, ['online']), 'paused'],
  ['degraded before anything milder', snapshot({ reconnecting: 'waiting' }, ['pending', 'degraded']), 'degraded'],
  ['failed before anything else', snapshot('error', ['failed', 'degraded']), 'failed'],
  ['failed when the machine itself is', snapshot('idle', [], 'error'), 'failed'],
])('a machine is %s', (_, given, phase) => {
  expect(phaseOf(given)).toBe(phase)
})
