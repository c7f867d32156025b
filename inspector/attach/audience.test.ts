/**
 * How long a viewer is believed to look.
 *
 * @module
 */
import { expect, it, onTestFinished, vi } from 'vitest'
import { Audience } from './audience.ts'

it('counts a viewer out that is not heard of any more, or says that it leaves', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let isWatched = false
  const audience = new Audience((watched) => {
    isWatched = watched
  })
  audience.hear('a', true)
  vi.advanceTimersByTime(10_000)
  audience.hear('a', true)
  vi.advanceTimersByTime(14_999)
  expect(isWatched).toBe(true)
  vi.advanceTimersByTime(2)
  expect([isWatched, vi.getTimerCount()]).toEqual([false, 0])
  audience.hear('a', true)
  audience.hear('b', true)
  audience.hear('a', false)
  expect(isWatched).toBe(true)
  audience.hear('b', false)
  expect([isWatched, vi.getTimerCount()]).toEqual([false, 0])
})
