import { describe, expect, test } from 'vitest'
import { closeAdvice, closeReason, DRAINING, HELLO_TIMEOUT, NORMAL, pauseFromReason } from './close-codes.ts'

describe('close codes', () => {
  test('tell the client what to do by their hundreds digit, unknown ones included', () => {
    expect([4000, 4099, 4100, 4199, HELLO_TIMEOUT, 4299, DRAINING, 4399].map(closeAdvice)).toEqual([
      'stop',
      'stop',
      'refresh-token',
      'refresh-token',
      'retry',
      'retry',
      'return',
      'return',
    ])
  })

  test('of other ranges are not ours to advise on', () => {
    expect([NORMAL, 3999, 4400, 5000].map(closeAdvice)).toEqual([null, null, null, null])
  })

  test('carry a pause in their reason, and give it back', () => {
    expect(closeReason('rate_limited', 1500.4)).toBe('rate_limited ms=1500')
    expect(pauseFromReason(closeReason('rate_limited', 1500))).toBe(1500)
    expect(pauseFromReason(closeReason('draining'))).toBeUndefined()
    expect(pauseFromReason('slow ms=-5')).toBeUndefined()
    expect(pauseFromReason('slow ms=99999999999999')).toBeUndefined()
  })
})
